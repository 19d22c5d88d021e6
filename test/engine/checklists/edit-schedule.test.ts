import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { currentSchedules } from '../../../src/engine/checklists/current-schedules.ts';
import { editSchedule, resetSchedule, viewPlace } from '../../../src/engine/checklists/edit-schedule.ts';
import { setSchedules } from '../../../src/engine/checklists/set-schedule.ts';
import { upcoming } from '../../../src/engine/checklists/upcoming.ts';
import type { WantedSchedule } from '../../../src/engine/checklists/wanted-schedule.ts';
import { type TestDatabase, testDatabase } from '../../support/database.ts';
import { checklistHarness, schedulesOf } from './checklist-harness.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase();
});
beforeEach(async () => {
  await test.pool.query(
    'truncate checklist_rounds, checklist_schedules, checklist_presses, checklist_edits, runs, outbox, channel_budgets cascade',
  );
});
afterAll(() => test.close());

const NINE = schedulesOf({ checklist: 'daily', on: 'every_day', at: '09:00' });
const PLACE = { checklist: 'daily', channel: '#ops' };
const HOUR = 3_600_000;
const at = (text: string) => Date.parse(text);

// A Monday, an hour before the checklist of the file is due.
async function started(schedules = NINE) {
  const engine = checklistHarness({ database: test.database, at: '2026-11-02T08:00:00Z', schedules });
  await engine.settle();
  const view = () => viewPlace(engine, test.database.checklists, PLACE);
  const edit = async (wanted: Partial<WantedSchedule> = {}) =>
    editSchedule(engine)({
      ...PLACE,
      cron: '0 10 * * *',
      timezone: 'UTC',
      paused: false,
      remindAfterMs: undefined,
      remindIn: undefined,
      keeps: 'default',
      skipNext: false,
      pausedUntil: undefined,
      userId: 'U1',
      seen: (await view()).version,
      ...wanted,
    });
  const dues = async () =>
    (await test.database.checklists.recent({ limit: 50 })).map(({ dueAt }) => new Date(dueAt).toISOString());
  const until = async (text: string) => {
    while (engine.clock.at < at(text)) {
      engine.pass(HOUR / 2);
      await engine.settle();
    }
  };
  const next = async () => {
    const [schedule] = (await view()).schedules;
    const [state] = (await view()).states;
    return schedule && upcoming(schedule, state, { now: engine.clock.at, count: 3 });
  };
  return { engine, view, edit, dues, until, next };
}

describe('a schedule that is set in Slack', () => {
  it('counts instead of the file, and is kept', async () => {
    const { engine, edit, dues, until, view } = await started();
    await edit({ cron: '0 10 * * *' });
    await until('2026-11-03T12:00:00Z');
    expect(await dues()).toEqual(['2026-11-03T10:00:00.000Z', '2026-11-02T10:00:00.000Z']);
    expect((await view()).schedules).toMatchObject([{ edit: { editedBy: 'U1' }, inFile: NINE }]);
    // The file may say something else by now: what people set stands.
    engine.lists.schedules = schedulesOf({ checklist: 'daily', on: 'every_day', at: '07:00' });
    expect(await currentSchedules(engine.checklists, test.database.checklists)).toMatchObject([
      { cron: '0 10 * * *' },
    ]);
  });

  it('goes back to the file from now on: nothing is made up for', async () => {
    const { engine, edit, dues, until } = await started();
    await edit({ cron: '0 10 * * *' });
    await until('2026-11-04T12:00:00Z');
    await resetSchedule(engine)(PLACE);
    await until('2026-11-05T12:00:00Z');
    expect(await dues()).toEqual([
      '2026-11-05T09:00:00.000Z',
      '2026-11-04T10:00:00.000Z',
      '2026-11-03T10:00:00.000Z',
      '2026-11-02T10:00:00.000Z',
    ]);
  });

  it('is no longer one when it says the same as the file', async () => {
    const { edit, view } = await started();
    await edit({ cron: '0 10 * * *' });
    await edit({ cron: '0 9 * * *' });
    expect((await view()).schedules).toMatchObject([{ edit: undefined }]);
  });

  it('stands in for several of the file, and for none', async () => {
    const two = schedulesOf(
      { checklist: 'daily', on: 'every_day', at: '09:00' },
      { checklist: 'daily', on: 'every_day', at: '15:00' },
    );
    const { edit, dues, until } = await started(two);
    await edit({ cron: '0 9 * * *' });
    await until('2026-11-02T16:00:00Z');
    expect(await dues()).toEqual(['2026-11-02T09:00:00.000Z']);
    const alone = await started([]);
    await alone.edit({ channel: 'C0123456789' });
    await alone.until('2026-11-02T11:00:00Z');
    expect(await test.database.checklists.recent({ channel: 'C0123456789', limit: 9 })).toMatchObject([
      { dueAt: at('2026-11-02T10:00:00Z') },
    ]);
  });

  it('can be off, and starts from now when it is on again', async () => {
    const { edit, dues, until, next } = await started();
    await edit({ cron: '0 9 * * *', paused: true });
    expect(await next()).toEqual([]);
    await until('2026-11-03T12:00:00Z');
    expect(await dues()).toEqual([]);
    await edit({ cron: '0 9 * * *' });
    await until('2026-11-04T12:00:00Z');
    expect(await dues()).toEqual(['2026-11-04T09:00:00.000Z']);
  });

  it('pauses until a day and goes on by itself', async () => {
    const { edit, dues, until, next, view } = await started();
    await edit({ cron: '0 9 * * *', pausedUntil: at('2026-11-05T00:00:00Z') });
    expect((await next())?.map(({ at: due }) => new Date(due).toISOString())).toEqual([
      '2026-11-05T09:00:00.000Z',
      '2026-11-06T09:00:00.000Z',
      '2026-11-07T09:00:00.000Z',
    ]);
    await until('2026-11-05T12:00:00Z');
    expect(await dues()).toEqual(['2026-11-05T09:00:00.000Z']);
    expect((await test.database.checklists.recent({ limit: 1 }))[0]?.missed).toBe(0);
    expect((await view()).states).toMatchObject([{ pausedBy: undefined, pausedUntil: undefined }]);
  });

  it('leaves out the next round, once, and says which', async () => {
    const { edit, dues, until, next } = await started();
    await edit({ cron: '0 9 * * *', skipNext: true });
    expect((await next())?.map(({ skipped }) => skipped)).toEqual([true, false, false]);
    await until('2026-11-03T12:00:00Z');
    expect(await dues()).toEqual(['2026-11-03T09:00:00.000Z']);
  });

  it('knows of pauses that people typed, and ends them', async () => {
    const { engine, edit, view, next } = await started();
    await setSchedules(engine)({ schedules: NINE, change: 'pause', userId: 'U2' });
    expect(await next()).toEqual([]);
    await edit({ cron: '0 9 * * *' });
    expect((await view()).states).toMatchObject([{ pausedBy: undefined }]);
    expect(await next()).toHaveLength(3);
  });
});

describe('holidays of a schedule', () => {
  const lists = { germany: ['2026-11-03', '2026-11-04'], usa: ['2026-11-05'] };
  const withLists = async () => {
    const set = await started();
    set.engine.lists.defaults = { ...set.engine.lists.defaults, holidays: { usual: [], lists } };
    return set;
  };

  it('are those of the list that was chosen, as calendar days of its own zone', async () => {
    const { edit, dues, until } = await withLists();
    // Ten in the morning in Kiritimati is eight in the evening of the day before in UTC; in Pago Pago it is 21:00 UTC.
    await edit({ timezone: 'Pacific/Kiritimati', keeps: 'germany' });
    await until('2026-11-05T22:00:00Z');
    // The third and the fourth there begin at 10:00 UTC of the second and the third.
    expect(await dues()).toEqual(['2026-11-05T20:00:00.000Z', '2026-11-04T20:00:00.000Z']);
    await test.pool.query('truncate checklist_rounds, checklist_schedules, checklist_edits cascade');
    const west = await withLists();
    await west.edit({ timezone: 'Pacific/Pago_Pago', keeps: 'germany' });
    await west.until('2026-11-05T22:00:00Z');
    expect(await west.dues()).toEqual(['2026-11-05T21:00:00.000Z', '2026-11-02T21:00:00.000Z']);
  });

  it('that have passed are not made up for when another list is chosen', async () => {
    const { edit, dues, until, next } = await withLists();
    await edit({ cron: '0 9 * * *', keeps: 'germany' });
    await until('2026-11-04T12:00:00Z');
    expect(await dues()).toEqual(['2026-11-02T09:00:00.000Z']);
    await edit({ cron: '0 9 * * *', keeps: 'usa' });
    expect((await next())?.map(({ at: due }) => new Date(due).toISOString())[0]).toBe(
      '2026-11-06T09:00:00.000Z',
    );
    await until('2026-11-06T10:00:00Z');
    expect(await dues()).toEqual(['2026-11-06T09:00:00.000Z', '2026-11-02T09:00:00.000Z']);
    expect((await test.database.checklists.recent({ limit: 1 }))[0]?.missed).toBe(0);
  });

  it('do not take away a round that is due at the moment of the change', async () => {
    const { engine, edit, dues } = await withLists();
    engine.pass(HOUR + 1000);
    await edit({ cron: '0 9 * * *', keeps: 'usa' });
    await engine.settle();
    expect(await dues()).toEqual(['2026-11-02T09:00:00.000Z']);
  });
});

describe('two people who edit at once', () => {
  it('the later one wins, and hears what stood there', async () => {
    const { edit, view } = await started();
    const { version: seen } = await view();
    expect(await edit({ cron: '0 10 * * *', userId: 'U1', seen })).toEqual({ replaced: undefined });
    const { replaced } = await edit({ cron: '0 11 * * *', userId: 'U2', seen });
    expect(replaced?.schedules).toMatchObject([{ cron: '0 10 * * *', edit: { editedBy: 'U1' } }]);
    expect((await view()).schedules).toMatchObject([{ cron: '0 11 * * *', edit: { editedBy: 'U2' } }]);
  });

  it('in the same moment come one after the other', async () => {
    const { edit, view } = await started();
    const { version: seen } = await view();
    const results = await Promise.all(
      ['U1', 'U2', 'U3', 'U4'].map((userId, index) => edit({ cron: `0 ${10 + index} * * *`, userId, seen })),
    );
    expect(results.filter(({ replaced }) => replaced === undefined)).toHaveLength(1);
  });
});

describe('a day', () => {
  it('has one round when its time is changed while it falls due', async () => {
    const { engine, edit, dues, until } = await started();
    engine.clock.at = at('2026-11-02T09:00:00Z');
    await Promise.all([engine.look(), edit({ cron: '5 9 * * *' }), engine.look()]);
    await until('2026-11-03T10:00:00Z');
    // The old time when a look was first, the new one when the edit was.
    const [second, first, ...more] = await dues();
    expect(more).toEqual([]);
    expect(['2026-11-02T09:00:00.000Z', '2026-11-02T09:05:00.000Z']).toContain(first);
    expect(second).toBe('2026-11-03T09:05:00.000Z');
  });

  it.each([
    ['later the same day', '0 9 * * *', '0 15 * * *', ['3T15:00', '2T09:00']],
    ['earlier the same day', '0 9 * * *', '30 8 * * *', ['3T08:30', '2T09:00']],
    ['once more', '0 9 * * *', '0 9,15 * * *', ['3T15:00', '3T09:00', '2T15:00', '2T09:00']],
    ['the second of two times', '0 9,12 * * *', '0 9,14 * * *', ['3T14:00', '3T09:00', '2T14:00', '2T09:00']],
    ['two times that were one', '0 9,12 * * *', '0 16 * * *', ['3T16:00', '2T09:00']],
    ['another day of the week', '0 9 * * 1', '0 9 * * 2', ['3T09:00', '2T09:00']],
  ])('that had its round gets no second one by a change: %s', async (_, from, to, expected) => {
    const { edit, dues, until, next } = await started(schedulesOf({ checklist: 'daily', cron: from }));
    await until('2026-11-02T10:00:00Z');
    await edit({ cron: to });
    const shown = (await next())?.map(({ at: due }) => new Date(due).toISOString());
    await until('2026-11-03T17:00:00Z');
    const came = (await dues()).map((due) => due.slice(9, 16));
    expect(came).toEqual(expected);
    // What the dialogue said would come next is what came next.
    expect(shown?.[0]?.slice(9, 16)).toBe(came.at(-2));
  });

  it('that had no round yet has it at the new time', async () => {
    const { edit, dues, until } = await started();
    await edit({ cron: '0 12 * * *' });
    await until('2026-11-02T13:00:00Z');
    expect(await dues()).toEqual(['2026-11-02T12:00:00.000Z']);
  });

  it('that had its round gets no second one by a change of the file, there and back', async () => {
    const { engine, dues, until } = await started();
    await until('2026-11-02T09:30:00Z');
    engine.lists.schedules = schedulesOf({ checklist: 'daily', on: 'every_day', at: '10:00' });
    await until('2026-11-03T10:30:00Z');
    engine.lists.schedules = NINE;
    await until('2026-11-04T09:30:00Z');
    expect(await dues()).toEqual([
      '2026-11-04T09:00:00.000Z',
      '2026-11-03T10:00:00.000Z',
      '2026-11-02T09:00:00.000Z',
    ]);
    expect((await test.database.checklists.recent({ limit: 1 }))[0]?.missed).toBe(0);
  });
});
