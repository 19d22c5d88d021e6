import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Round } from '../../src/core/checklist/round.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase();
});
beforeEach(async () => {
  await test.pool.query(
    'truncate checklist_rounds, checklist_schedules, checklist_presses, checklist_edits cascade',
  );
});
afterAll(() => test.close());

function round(id: string, overrides: Partial<Round> = {}): Round {
  return {
    id,
    checklist: 'daily',
    title: 'Daily',
    channel: '#ops',
    schedule: 's1',
    dueAt: 1000,
    createdAt: 1000,
    timezone: 'UTC',
    missed: 0,
    requestedBy: undefined,
    state: 'open',
    revision: 1,
    remindAt: undefined,
    remindIn: undefined,
    runs: [],
    items: [
      {
        position: 0,
        id: 'a',
        title: 'NUL \0 and \ud800 half',
        person: undefined,
        fill: undefined,
        filling: undefined,
        checked: false,
        checkedBy: undefined,
        checkedAt: undefined,
        note: undefined,
        notedBy: undefined,
        owner: 'U0123456789',
        ownerBy: undefined,
        openSince: undefined,
      },
    ],
    ...overrides,
  };
}

describe('rounds', () => {
  it('come back as they were, but for what PostgreSQL refuses', async () => {
    const { checklists } = test.database;
    const stored = round('r1');
    expect(await checklists.addRound(stored)).toBe(true);
    const [item] = stored.items;
    expect(await checklists.round('r1')).toStrictEqual({
      ...stored,
      items: [{ ...item, title: 'NUL \uFFFD and \uFFFD half' }],
    });
    expect(await checklists.round('r2')).toBeUndefined();
  });

  it('of one schedule and due time are one, whoever is first', async () => {
    const { checklists } = test.database;
    const added = await Promise.all(
      Array.from({ length: 8 }, (_, index) => checklists.addRound(round(`r${index}`))),
    );
    expect(added.filter(Boolean)).toHaveLength(1);
    expect(await checklists.addRound(round('later', { dueAt: 2000 }))).toBe(true);
    expect(await checklists.addRound(round('other', { schedule: 's2' }))).toBe(true);
    // Without a schedule somebody asked for them.
    expect(await checklists.addRound(round('asked-1', { schedule: undefined }))).toBe(true);
    expect(await checklists.addRound(round('asked-2', { schedule: undefined }))).toBe(true);
    expect(await checklists.addRound(round('asked-2', { schedule: undefined }))).toBe(false);
  });

  it('are found by what is to be done with them', async () => {
    const { checklists } = test.database;
    await checklists.addRound(round('filling', { state: 'filling', dueAt: 1, createdAt: 1, remindAt: 5 }));
    await checklists.addRound(round('open', { dueAt: 2, createdAt: 2, remindAt: 5 }));
    await checklists.addRound(round('other', { dueAt: 3, createdAt: 3, channel: '#db' }));
    expect(await checklists.filling(10)).toEqual(['filling']);
    expect(await checklists.toRemind(4, 10)).toEqual([]);
    expect(await checklists.toRemind(5, 10)).toEqual(['open']);
    await checklists.saveRound(round('open', { dueAt: 2, createdAt: 2 }));
    expect(await checklists.toRemind(5, 10)).toEqual([]);
    const ids = async (query: Parameters<typeof checklists.recent>[0]) =>
      (await checklists.recent(query)).map(({ id }) => id);
    expect(await ids({ limit: 10 })).toEqual(['other', 'open', 'filling']);
    expect(await ids({ checklist: 'daily', channel: '#ops', limit: 1 })).toEqual(['open']);
    expect(await ids({ checklist: 'weekly', limit: 10 })).toEqual([]);
  });
});

describe('schedules', () => {
  it('start when they are first seen, and keep what was decided', async () => {
    const lock = (at: number) =>
      test.database.transaction(({ checklists }) => checklists.lockSchedule('s', at));
    expect(await lock(10)).toEqual({
      id: 's',
      settledUntil: 10,
      pausedBy: undefined,
      pausedUntil: undefined,
      skipNextBy: undefined,
    });
    const state = { id: 's', settledUntil: 20, pausedBy: 'U1', pausedUntil: 99, skipNextBy: 'U2' };
    await test.database.checklists.saveSchedule(state);
    expect(await lock(99)).toEqual(state);
    expect(await test.database.checklists.scheduleStates(['s', 'unknown'])).toEqual([state]);
  });

  it('may be set by people, the last one counts', async () => {
    const { checklists } = test.database;
    const edit = {
      checklist: 'daily',
      channel: '#ops',
      cron: '0 9 * * *',
      timezone: 'UTC',
      paused: false,
      reminder: undefined,
      keeps: undefined,
      editedBy: 'U1',
      editedAt: 5,
    };
    await checklists.saveEdit(edit);
    await checklists.saveEdit({ ...edit, cron: '0 10 * * *', paused: true, editedBy: 'U2', editedAt: 6 });
    await checklists.saveEdit({ ...edit, channel: 'C1' });
    const own = { reminder: { remindAfterMs: 14_400_000, remindIn: 'C9' }, keeps: 'germany' };
    await checklists.saveEdit({ ...edit, channel: 'C2', ...own });
    // Not reminded of is something else than as the file says.
    const off = { reminder: { remindAfterMs: undefined, remindIn: undefined }, keeps: 'none' };
    await checklists.saveEdit({ ...edit, channel: 'C3', ...off });
    expect((await checklists.edits()).slice(-2)).toEqual([
      { ...edit, channel: 'C2', ...own },
      { ...edit, channel: 'C3', ...off },
    ]);
    await checklists.deleteEdit({ ...edit, channel: 'C2' });
    await checklists.saveEdit({ ...edit, channel: 'C3' });
    expect((await checklists.edits()).at(-1)).toEqual({ ...edit, channel: 'C3' });
    await checklists.deleteEdit({ ...edit, channel: 'C3' });
    expect(await checklists.edits()).toEqual([
      { ...edit, cron: '0 10 * * *', paused: true, editedBy: 'U2', editedAt: 6 },
      { ...edit, channel: 'C1' },
    ]);
    await checklists.deleteEdit({ checklist: 'daily', channel: '#ops' });
    expect(await checklists.edits()).toEqual([{ ...edit, channel: 'C1' }]);
  });

  it('are locked for one worker at a time', async () => {
    const order: string[] = [];
    const work = (name: string, ms: number) =>
      test.database.transaction(async ({ checklists }) => {
        await checklists.lockSchedule('s', 1);
        order.push(`${name} in`);
        await new Promise((resolve) => setTimeout(resolve, ms));
        order.push(`${name} out`);
      });
    await Promise.all([work('a', 50), work('b', 50)]);
    expect(order[1]?.endsWith('out')).toBe(true);
    expect(order[0]?.[0]).toBe(order[1]?.[0]);
  });
});

describe('presses', () => {
  it('are kept for each person and element, the last one', async () => {
    const { checklists } = test.database;
    await checklists.addRound(round('r1'));
    const query = { roundId: 'r1', element: 'e', userId: 'U1' };
    expect(await checklists.lastPress(query)).toBeUndefined();
    await checklists.savePress({ ...query, ticked: [1, 2] });
    await checklists.savePress({ ...query, ticked: [] });
    expect(await checklists.lastPress(query)).toEqual([]);
    expect(await checklists.lastPress({ ...query, userId: 'U2' })).toBeUndefined();
  });
});
