import { describe, expect, it } from 'vitest';
import { cronProblem, dueSlots, nextDue } from '../../../src/engine/checklists/due-slots.ts';

/** Due times within two days around a change, as UTC. */
function around(
  cron: string,
  timezone: string,
  from: string,
  until: string,
  holidays: readonly string[] = [],
) {
  return dueSlots({ cron, timezone, holidays }, { after: Date.parse(from), until: Date.parse(until) }).map(
    (at) => new Date(at).toISOString().slice(0, 16),
  );
}

describe('dueSlots around daylight-saving changes', () => {
  it.each([
    // The clock goes from 02:00 to 03:00: 02:30 does not exist, so it is due right after.
    [
      '30 2 * * *',
      'Europe/Berlin',
      '2026-03-28T00:00Z',
      '2026-03-30T12:00Z',
      ['2026-03-28T01:30', '2026-03-29T01:00', '2026-03-30T00:30'],
    ],
    // It goes from 03:00 to 02:00: 02:30 comes twice and counts once.
    [
      '30 2 * * *',
      'Europe/Berlin',
      '2026-10-24T00:00Z',
      '2026-10-26T12:00Z',
      ['2026-10-24T00:30', '2026-10-25T00:30', '2026-10-26T01:30'],
    ],
    [
      '30 2 * * *',
      'America/New_York',
      '2026-03-07T00:00Z',
      '2026-03-09T12:00Z',
      ['2026-03-07T07:30', '2026-03-08T07:00', '2026-03-09T06:30'],
    ],
    [
      '30 1 * * *',
      'America/New_York',
      '2026-10-31T00:00Z',
      '2026-11-02T12:00Z',
      ['2026-10-31T05:30', '2026-11-01T05:30', '2026-11-02T06:30'],
    ],
    // Lord Howe moves by half an hour: 02:00 to 02:30, and 02:00 back to 01:30.
    [
      '15 2 * * *',
      'Australia/Lord_Howe',
      '2026-10-02T12:00Z',
      '2026-10-05T00:00Z',
      ['2026-10-02T15:45', '2026-10-03T15:30', '2026-10-04T15:15'],
    ],
    [
      '45 1 * * *',
      'Australia/Lord_Howe',
      '2026-04-03T00:00Z',
      '2026-04-05T20:00Z',
      ['2026-04-03T14:45', '2026-04-04T14:45', '2026-04-05T15:15'],
    ],
    // At nine in the morning nothing is skipped or doubled; only UTC moves.
    [
      '0 9 * * *',
      'Europe/Berlin',
      '2026-10-24T00:00Z',
      '2026-10-25T12:00Z',
      ['2026-10-24T07:00', '2026-10-25T08:00'],
    ],
    [
      '0 9 * * *',
      'America/New_York',
      '2026-03-07T00:00Z',
      '2026-03-08T23:00Z',
      ['2026-03-07T14:00', '2026-03-08T13:00'],
    ],
    [
      '0 9 * * *',
      'Australia/Lord_Howe',
      '2026-10-02T12:00Z',
      '2026-10-04T00:00Z',
      ['2026-10-02T22:30', '2026-10-03T22:00'],
    ],
  ])('%s in %s from %s', (cron, zone, from, until, expected) => {
    expect(around(cron, zone, from, until)).toEqual(expected);
  });

  it('finds no second time when it is asked in the middle of the hour that comes twice', () => {
    expect(around('30 2 * * *', 'Europe/Berlin', '2026-10-25T00:30Z', '2026-10-25T20:00Z')).toEqual([]);
  });

  it('finds the same times in small steps as in one', () => {
    const timing = { cron: '30 2 * * *', timezone: 'Europe/Berlin', holidays: [] };
    const from = Date.parse('2026-10-24T22:00Z');
    const until = Date.parse('2026-10-25T06:00Z');
    const step = 30_000;
    const found: number[] = [];
    let after = from;
    for (let at = from + step; at <= until; at += step) {
      const slots = dueSlots(timing, { after, until: at });
      found.push(...slots);
      after = slots.at(-1) ?? after;
    }
    expect(found).toEqual(dueSlots(timing, { after: from, until }));
  });
});

describe('dueSlots', () => {
  it('leaves out holidays of the zone, not of UTC', () => {
    // 09:00 in Lord Howe on 25 December is still the 24th in UTC.
    expect(
      around('0 9 * * *', 'Australia/Lord_Howe', '2026-12-23T12:00Z', '2026-12-26T12:00Z', ['2026-12-25']),
    ).toEqual(['2026-12-23T22:00', '2026-12-25T22:00']);
  });

  it('has nothing to do before its time, when time stands still, or goes back', () => {
    expect(around('0 9 * * *', 'UTC', '2026-11-02T09:00Z', '2026-11-03T08:59Z')).toEqual([]);
    expect(around('0 9 * * *', 'UTC', '2026-11-02T09:00Z', '2026-11-02T09:00Z')).toEqual([]);
    expect(around('0 9 * * *', 'UTC', '2026-11-02T09:00Z', '2026-11-01T09:00Z')).toEqual([]);
  });

  it('says when it is due next', () => {
    const timing = { cron: '0 9 * * 1', timezone: 'Europe/Berlin', holidays: ['2026-11-02'] };
    expect(new Date(nextDue(timing, Date.parse('2026-10-30T00:00Z')) ?? 0).toISOString()).toBe(
      '2026-11-09T08:00:00.000Z',
    );
  });
});

describe('cronProblem', () => {
  it.each(['0 9 * * 1-5', '*/5 * * * *', '0 9 1 * *'])('takes %s', (pattern) =>
    expect(cronProblem(pattern)).toBeUndefined(),
  );
  it.each(['', '0 9', '0 9 * * * *', '61 9 * * *', 'x 9 * * *', '0 9 30 2 *'])('refuses %j', (pattern) =>
    expect(cronProblem(pattern)).toContain(`"${pattern}"`),
  );
});
