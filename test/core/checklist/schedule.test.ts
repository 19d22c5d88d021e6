import { describe, expect, it } from 'vitest';
import { SchedulesFile, toSchedules } from '../../../src/core/checklist/schedules-file.ts';

const defaults = { channel: '#general', timezone: 'UTC' };
const schedules = (file: object) => toSchedules(SchedulesFile.parse(file), defaults);
const one = (entry: object) => schedules({ schedules: [{ checklist: 'daily', ...entry }] })[0];

describe('toSchedules', () => {
  it.each([
    [{ on: 'weekdays', at: '09:00' }, '0 9 * * 1,2,3,4,5'],
    [{ on: 'weekend', at: '00:05' }, '5 0 * * 0,6'],
    [{ on: 'every_day', at: '23:59' }, '59 23 * * *'],
    [{ on: ['fri', 'mon'], at: '07:30' }, '30 7 * * 1,5'],
    [{ cron: '0 9 1 * *' }, '0 9 1 * *'],
  ])('%j is %s', (entry, cron) => expect(one(entry)?.cron).toBe(cron));

  it('takes what an entry leaves out from the file, then from the program', () => {
    expect(one({ cron: '0 9 * * *' })).toMatchObject({ channel: '#general', timezone: 'UTC', holidays: [] });
    const [first, second] = schedules({
      channel: '#ops',
      timezone: 'Europe/Berlin',
      remind_after: '4h',
      holidays: ['2026-12-25'],
      schedules: [
        { checklist: 'daily', cron: '0 9 * * *' },
        { checklist: 'daily', cron: '0 9 * * *', channel: '#db', timezone: 'UTC', on_holidays: true },
      ],
    });
    expect(first).toMatchObject({
      channel: '#ops',
      timezone: 'Europe/Berlin',
      remindAfterMs: 14_400_000,
      holidays: ['2026-12-25'],
    });
    expect(second).toMatchObject({ channel: '#db', timezone: 'UTC', holidays: [] });
    expect(first?.id).not.toBe(second?.id);
  });

  it.each([
    [{ on: 'weekdays' }, 'cron, or on and at'],
    [{ cron: '0 9 * * *', at: '09:00' }, 'cron, or on and at'],
    [{ cron: '0 9 * * *', on: 'weekdays', at: '09:00' }, 'cron, or on and at'],
    [{ on: 'weekdays', at: '9 Uhr' }, '"09:00"'],
    [{ cron: '0 9 * * *', timezone: 'Berlin' }, 'IANA'],
    [{ cron: '0 9 * * *', channel: '#a b' }, 'one channel'],
  ])('refuses %j', (entry, message) => {
    const parsed = SchedulesFile.safeParse({ schedules: [{ checklist: 'daily', ...entry }] });
    expect(parsed.error?.issues.map((issue) => issue.message).join()).toContain(message);
  });

  it('keeps the list of holidays that an entry names', () => {
    const file = {
      holidays: ['2026-12-25'],
      holiday_lists: { germany: ['2026-10-03'], usa: ['2026-07-03'] },
      schedules: [
        { checklist: 'daily', cron: '0 9 * * *' },
        { checklist: 'daily', cron: '1 9 * * *', holidays: 'usa' },
        { checklist: 'daily', cron: '2 9 * * *', holidays: 'none' },
        { checklist: 'daily', cron: '3 9 * * *', on_holidays: true },
        { checklist: 'daily', cron: '4 9 * * *', holidays: 'default' },
      ],
    };
    const days = (content: object) => schedules(content).map(({ keeps, holidays }) => [keeps, holidays]);
    expect(days(file)).toEqual([
      ['default', ['2026-12-25']],
      ['usa', ['2026-07-03']],
      ['none', []],
      ['none', []],
      ['default', ['2026-12-25']],
    ]);
    expect(days({ ...file, holidays: 'germany' })[0]).toEqual(['default', ['2026-10-03']]);
  });

  it('reminds never where an entry says so', () => {
    const entry = { checklist: 'daily', cron: '0 9 * * *', remind_after: 'never' };
    expect(schedules({ remind_after: '4h', schedules: [entry] })[0]?.remindAfterMs).toBeUndefined();
  });
});
