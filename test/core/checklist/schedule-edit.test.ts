import { describe, expect, it } from 'vitest';
import type { Schedule } from '../../../src/core/checklist/schedule.ts';
import {
  describeTiming,
  fromWeeklyTime,
  type ScheduleEdit,
  toWeeklyTime,
  withEdits,
} from '../../../src/core/checklist/schedule-edit.ts';

function schedule(overrides: Partial<Schedule> = {}): Schedule {
  return {
    id: 'daily|#ops|0 9 * * 1-5|UTC',
    checklist: 'daily',
    channel: '#ops',
    cron: '0 9 * * 1-5',
    timezone: 'UTC',
    remindAfterMs: 60_000,
    remindIn: '#leads',
    keeps: 'default',
    holidays: ['2026-12-25'],
    paused: false,
    ...overrides,
  };
}
const edit: ScheduleEdit = {
  checklist: 'daily',
  channel: '#ops',
  cron: '0 10 * * 1',
  timezone: 'Europe/Berlin',
  paused: false,
  reminder: undefined,
  keeps: undefined,
  editedBy: 'U1',
  editedAt: 5,
};
const lists = { germany: ['2026-10-03'], usa: ['2026-07-03'] };
const defaults = { timezone: 'UTC', remindAfterMs: 1, holidays: { usual: ['2027-01-01'], lists } };

describe('what is set in Slack', () => {
  it('takes the place of all that the file says about the checklist in the channel, and nothing else', () => {
    const file = [
      schedule(),
      schedule({ id: 'second', cron: '0 15 * * *' }),
      schedule({ id: 'other', channel: '#db' }),
    ];
    const current = withEdits(file, [edit], defaults);
    expect(current.map(({ id }) => id)).toEqual(['daily|#ops|0 10 * * 1|Europe/Berlin', 'other']);
    expect(current[0]).toMatchObject({
      remindAfterMs: 60_000,
      remindIn: '#leads',
      holidays: ['2026-12-25'],
      inFile: [{ cron: '0 9 * * 1-5' }, { cron: '0 15 * * *' }],
    });
  });

  it('has the defaults of the file where the file has no schedule', () => {
    expect(withEdits([], [edit], defaults)).toMatchObject([
      { remindAfterMs: 1, remindIn: undefined, keeps: 'default', holidays: ['2027-01-01'], inFile: [] },
    ]);
  });

  it('has its own reminder and list of holidays where those were set', () => {
    const off = { remindAfterMs: undefined, remindIn: undefined };
    expect(withEdits([schedule()], [{ ...edit, reminder: off, keeps: 'usa' }], defaults)).toMatchObject([
      { ...off, keeps: 'usa', holidays: ['2026-07-03'] },
    ]);
    expect(withEdits([], [{ ...edit, keeps: 'none' }], defaults)).toMatchObject([
      { remindAfterMs: 1, keeps: 'none', holidays: [] },
    ]);
  });

  it('keeps what the file says when the file has lost the list that was chosen', () => {
    const inFile = [schedule({ keeps: 'germany', holidays: lists.germany })];
    expect(withEdits(inFile, [{ ...edit, keeps: 'france' }], defaults)).toMatchObject([
      { keeps: 'germany', holidays: ['2026-10-03'], lostList: 'france' },
    ]);
    // A name that every object knows is no list.
    expect(withEdits(inFile, [{ ...edit, keeps: 'constructor' }], defaults)[0]?.lostList).toBe('constructor');
  });
});

it.each([
  ['0 9 * * 1-5', ['mon', 'tue', 'wed', 'thu', 'fri'], '09:00', 'Monday to Friday at 09:00'],
  ['5 23 * * *', ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'], '23:05', 'every day at 23:05'],
  ['30 7 * * 1,4', ['mon', 'thu'], '07:30', 'Monday, Thursday at 07:30'],
  ['0 0 * * 0,6', ['sun', 'sat'], '00:00', 'Saturday, Sunday at 00:00'],
  ['0 0 * * 7', ['sun'], '00:00', 'Sunday at 00:00'],
])('%s is days and a time', (cron, days, time, words) => {
  expect(toWeeklyTime(cron)).toEqual({ days, time });
  expect(describeTiming(cron)).toBe(words);
  const again = fromWeeklyTime({ days: days as never, time });
  expect(again && toWeeklyTime(again)).toEqual({ days, time });
});

it.each([
  ['0 9 1 * *', 'day 1 of each month at 09:00'],
  ['*/5 * * * *', 'cron */5 * * * *'],
  ['0 9 * 6 1', 'cron 0 9 * 6 1'],
  ['0 9-17 * * 1', 'cron 0 9-17 * * 1'],
  ['75 9 * * 1', 'cron 75 9 * * 1'],
])('%s is not', (cron, words) => {
  expect(toWeeklyTime(cron)).toBeUndefined();
  expect(describeTiming(cron)).toBe(words);
});

it('no day is no pattern', () => expect(fromWeeklyTime({ days: [], time: '09:00' })).toBeUndefined());
