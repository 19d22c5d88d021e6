import { afterAll, beforeAll, expect, it } from 'vitest';
import { dueSlots } from '../../../src/engine/checklists/due-slots.ts';
import { workOnChecklists } from '../../../src/engine/checklists/work-on-checklists.ts';
import type { Database } from '../../../src/engine/ports/stores.ts';
import { chance } from '../../support/chance.ts';
import { type TestDatabase, testDatabase } from '../../support/database.ts';
import { checklistHarness, checklistOf, schedulesOf } from './checklist-harness.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase();
});
afterAll(() => test.close());

const FROM = Date.parse('2026-10-02T00:00:00Z');
const UNTIL = Date.parse('2026-11-04T00:00:00Z');
const TICK_MS = 30_000;
/** The hours that the clocks of each zone skip or repeat in this month, and an ordinary morning. */
const SCHEDULES = schedulesOf(
  { checklist: 'daily', cron: '30 2 * * *', timezone: 'Europe/Berlin', channel: '#berlin' },
  { checklist: 'daily', cron: '30 1 * * *', timezone: 'America/New_York', channel: '#new-york' },
  { checklist: 'daily', cron: '15 2 * * *', timezone: 'Australia/Lord_Howe', channel: '#lord-howe' },
  { checklist: 'daily', on: 'weekdays', at: '09:00', timezone: 'Europe/Berlin', channel: '#berlin' },
);

/** A worker that dies now and then: its transaction is not committed, and the rest of its work is not done. */
function dying(database: Database, dies: () => boolean): Database {
  return {
    ...database,
    transaction: (work) =>
      database.transaction(async (stores) => {
        const result = await work(stores);
        if (dies()) throw new Error('killed');
        return result;
      }),
  };
}

it('posts every round of a month once, in its hour, with three workers that die at random', async () => {
  const engine = checklistHarness({
    database: test.database,
    at: new Date(FROM).toISOString(),
    schedules: SCHEDULES,
    checklists: [checklistOf('daily', [{ id: 'write', title: 'Write it down' }])],
  });
  const random = chance(20_261_025);
  const workers = Array.from({ length: 3 }, () =>
    workOnChecklists({ ...engine, database: dying(test.database, () => random() < 0.2) }),
  );
  await engine.look();
  const due = SCHEDULES.flatMap((schedule) =>
    dueSlots(schedule, { after: FROM, until: UNTIL }).map((at) => ({ schedule: schedule.id, at })),
  ).sort((a, b) => a.at - b.at);
  // Looks before each time, at it and after it, as the queue would every thirty seconds.
  const looks = new Set(due.flatMap(({ at }) => [-1, 0, 1, 2].map((step) => at + step * TICK_MS)));
  for (const at of [...looks].sort((a, b) => a - b)) {
    engine.clock.at = at;
    await Promise.allSettled(workers.map((look) => look()));
    engine.jobs.length = 0;
  }

  const rounds = await test.database.checklists.recent({ limit: 1000 });
  const posted = rounds.map(({ schedule, dueAt }) => `${schedule} ${dueAt}`).sort();
  expect(posted).toEqual(due.map(({ schedule, at }) => `${schedule} ${at}`).sort());
  expect(posted).toHaveLength(33 * 3 + 23);
  for (const { createdAt, dueAt, missed } of rounds) {
    expect(createdAt - dueAt).toBeGreaterThanOrEqual(0);
    expect(createdAt - dueAt).toBeLessThanOrEqual(3 * TICK_MS);
    expect(missed).toBe(0);
  }
  const { rows } = await test.pool.query(
    `select count(*)::int as cards from outbox where key like 'checklist/%/card'`,
  );
  expect(rows).toEqual([{ cards: posted.length }]);
}, 60_000);
