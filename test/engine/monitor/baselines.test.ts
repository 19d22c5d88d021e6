import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refreshBaselines, refreshDueBaselines } from '../../../src/engine/monitor/refresh-baselines.ts';
import { type TestDatabase, testDatabase } from '../../support/database.ts';
import { silentLog } from '../../support/silent-log.ts';
import { alert, batch, cpuSamples, harness } from '../harness.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 10, 23, 14, 30);

let test: TestDatabase;
beforeEach(async () => {
  test = await testDatabase();
});
afterEach(() => test.close());

/** Raw samples every two and a half minutes. */
async function measure(from: number, to: number, value: (at: number) => number): Promise<void> {
  const { samples } = test.database;
  const points = cpuSamples({ from, until: to, everyMs: 2.5 * MINUTE }, value);
  for (let index = 0; index < points.length; index += 5000)
    await samples.add(points.slice(index, index + 5000));
}

const options = () => ({
  baselines: test.database.baselines,
  upkeep: test.database.upkeep,
  timezone: 'UTC',
  now: () => NOW,
  log: silentLog,
});

const usual = (slot: number) => test.database.baselines.usual({ targets: ['container:api'], slot });

describe('roll-ups', () => {
  it('keep the mean, the lowest and the highest of 5 minutes and of an hour, once', async () => {
    await measure(NOW - 3 * HOUR, NOW, (at) => (at % (5 * MINUTE) === 0 ? 0.2 : 0.4));
    await test.database.samples.rollUp(NOW);
    await test.database.samples.rollUp(NOW);
    const { rows: five } = await test.pool.query(
      'select count(*)::int, sum(count)::int as samples, min(lowest) as lowest, max(highest) as highest from samples_5m',
    );
    expect(five[0]).toEqual({ count: 35, samples: 70, lowest: 0.2, highest: 0.4 });
    const { rows: hours } = await test.pool.query('select at, count, mean from samples_1h order by at');
    expect(hours).toHaveLength(3);
    expect(hours[1]).toEqual({
      at: String(NOW - 150 * MINUTE),
      count: 24,
      mean: expect.closeTo(0.3),
    });
  });

  it('catch up after a pause and leave out the span that is not over', async () => {
    const start = NOW - 2 * DAY;
    await measure(start, NOW, () => 1);
    await test.database.samples.rollUp(start + HOUR);
    await test.database.samples.rollUp(NOW);
    const { rows } = await test.pool.query(
      'select min(at) as first, max(at) as last, count(*)::int from samples_5m',
    );
    expect(rows[0]).toEqual({ first: String(start), last: String(NOW - 10 * MINUTE), count: 2 * 288 - 1 });
  });

  it('go by partition when they are old', async () => {
    const { samples } = test.database;
    await measure(NOW - 20 * DAY, NOW - 20 * DAY + HOUR, () => 1);
    await measure(NOW - HOUR, NOW, () => 1);
    await samples.rollUp(NOW);
    await samples.dropBefore(NOW - 7 * DAY);
    await samples.dropRollUpsBefore({ fiveMinutes: NOW - 10 * DAY, hours: NOW - 730 * DAY });
    const left = async (table: string) =>
      Number(
        (await test.pool.query(`select count(*) from ${table} where at < $1`, [NOW - 10 * DAY])).rows[0]
          ?.count,
      );
    expect([await left('samples'), await left('samples_5m'), await left('samples_1h')]).toEqual([0, 0, 2]);
  });
});

describe('baselines', () => {
  it('know the hour of the week, and all hours where it has not enough history', async () => {
    await measure(NOW - 22 * DAY, NOW, (at) => (new Date(at).getUTCHours() === 14 ? 0.8 : 0.2));
    await test.database.samples.rollUp(NOW);
    expect(await refreshBaselines(options())()).toBe(1);
    const [monday14] = await usual(14);
    expect(monday14).toMatchObject({ slot: 14, median: 0.8, weeks: 3, service: 'api', unit: 'ratio' });
    await test.pool.query('delete from baselines where slot = 14');
    expect(await usual(14)).toMatchObject([{ slot: -1, median: 0.2 }]);
  });

  it('have not enough history in the first hour', async () => {
    await measure(NOW - 50 * MINUTE, NOW, () => 0.2);
    await test.database.samples.rollUp(NOW);
    expect(await refreshBaselines(options())()).toBe(0);
    expect(await usual(14)).toEqual([]);
  });

  it('are not bent by times in which alerts of the service fired', async () => {
    const h = harness({
      database: test.database,
      services: [
        {
          name: 'api',
          role: 'node',
          source: 'configured',
          targets: [],
          dependsOn: [],
          kpis: {},
          aliases: [],
          gaps: [],
        },
      ],
    });
    await measure(NOW - 10 * HOUR, NOW, (at) => (at >= NOW - 8 * HOUR ? 0.99 : 0.2));
    await test.database.samples.rollUp(NOW);
    await refreshBaselines(options())();
    expect(await usual(14)).toMatchObject([{ median: 0.99 }]);
    h.clock.at = NOW;
    await h.accept(batch([alert({ startsAt: NOW - 8 * HOUR })]));
    await h.work();
    await refreshBaselines(options())();
    expect(await usual(14)).toMatchObject([{ median: 0.2 }]);
  });

  it('are refreshed when it is time', async () => {
    await measure(NOW - 3 * HOUR, NOW, () => 0.2);
    await test.database.samples.rollUp(NOW);
    const refresh = refreshDueBaselines(options());
    await refresh(new AbortController().signal);
    expect(await test.database.upkeep.lastDone('baselines')).toBe(NOW);
    expect(await usual(14)).toMatchObject([{ computedAt: NOW }]);
    const later = refreshDueBaselines({ ...options(), now: () => NOW + 30 * MINUTE });
    await later(new AbortController().signal);
    expect(await test.database.upkeep.lastDone('baselines')).toBe(NOW);
  });
});
