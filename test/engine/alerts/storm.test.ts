import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../support/database.ts';
import { API, alert, batch, type Harness, HOST, harness } from '../harness.ts';

let test: TestDatabase;
let engine: Harness;
beforeAll(async () => {
  test = await testDatabase();
});
beforeEach(async () => {
  await test.pool.query(
    'truncate deliveries, alert_occurrences, alert_groups, runs, outbox, channel_budgets cascade',
  );
  engine = harness({ database: test.database, services: [API, HOST] });
});
afterAll(() => test.close());

const ALERTS = 300;
/** An idle machine does some hundreds; what grows with the square of the storm falls below this on any. */
const LEAST_PER_SECOND = 15;

/** Senders and workers at work at once, as many as a process has. */
async function storm(groups: number): Promise<number> {
  const startedAt = performance.now();
  let next = 0;
  const sender = async () => {
    for (let index = next++; index < ALERTS; index = next++) {
      const labels = { alertname: 'HighCpu', service: 'api', group: String(index % groups) };
      await engine.accept(
        batch([alert({ fingerprint: `s${index}`, labels })], { groupKey: `g${index % groups}` }),
      );
    }
  };
  await Promise.all([1, 2, 3, 4].map(sender));
  const jobs = engine.jobs.splice(0);
  const worker = async () => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) await engine.run(job);
  };
  await Promise.all([1, 2, 3, 4].map(worker));
  return (ALERTS / (performance.now() - startedAt)) * 1000;
}

describe('a storm of alerts', () => {
  it.each([1, 20])('in %d groups is one message and one run for each group', async (groups) => {
    const perSecond = await storm(groups);
    const stored = await test.database.groups.recent({ limit: 1000 });
    expect(stored).toHaveLength(groups);
    expect(stored.reduce((sum, { firing }) => sum + firing, 0)).toBe(ALERTS);
    expect(await test.database.runs.recent({ limit: 1000 })).toHaveLength(groups);
    const { rows } = await test.pool.query('select key from outbox');
    expect(rows).toHaveLength(groups);
    expect(perSecond).toBeGreaterThan(LEAST_PER_SECOND);
  });
});
