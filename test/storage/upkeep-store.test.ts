import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepHouse } from '../../src/engine/monitor/keep-house.ts';
import { alert, batch, harness, START } from '../engine/harness.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { silentLog } from '../support/silent-log.ts';

const DAY = 24 * 60 * 60_000;

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase();
});
afterAll(() => test.close());

async function counts(): Promise<Record<string, number>> {
  const tables = ['deliveries', 'alert_occurrences', 'alert_groups', 'group_alerts', 'runs', 'outbox'];
  const rows = await Promise.all(
    tables.map(async (table) => {
      const { rows: found } = await test.pool.query(`select count(*)::int as count from ${table}`);
      return [table, found[0]?.count];
    }),
  );
  return Object.fromEntries(rows);
}

describe('purge', () => {
  it('deletes what is over and old, once a day, and keeps what is still needed', async () => {
    const h = harness({ database: test.database });
    const send = async (fingerprint: string, status: 'firing' | 'resolved') => {
      const one = alert({
        fingerprint,
        status,
        startsAt: h.clock.at - 1000,
        labels: { alertname: 'HighCpu', service: fingerprint },
      });
      const ended = status === 'resolved' ? { endsAt: h.clock.at } : {};
      await h.accept(batch([{ ...one, ...ended }], { groupKey: fingerprint }));
      await h.work();
      await h.tell();
    };
    await send('over', 'firing');
    await send('over', 'resolved');
    await send('lasts', 'firing');
    const house = keepHouse({
      statements: test.database.statements,
      samples: test.database.samples,
      monitor: test.database.monitor,
      upkeep: test.database.upkeep,
      keepMs: 90 * DAY,
      refreshBaselines: async () => undefined,
      now: h.now,
      log: silentLog,
    });
    const before = await counts();
    await house(h.signal);
    expect(await counts()).toEqual(before);

    h.clock.at = START + 91 * DAY;
    await send('new', 'firing');
    await house(h.signal);
    const { rows: groups } = await test.pool.query('select service, state from alert_groups order by seq');
    expect(groups.map(({ state }) => state)).toEqual(['firing', 'firing']);
    expect(await counts()).toMatchObject({ deliveries: 1, alert_occurrences: 1, group_alerts: 2 });
    const { rows: cards } = await test.pool.query(`select key from outbox where key like 'group/%/card'`);
    expect(cards).toHaveLength(2);
    expect((await counts()).runs).toBe(1);

    h.pass(DAY / 2);
    await test.pool.query('update deliveries set received_at = 0');
    await house(h.signal);
    expect((await counts()).deliveries).toBe(1);
    h.pass(DAY / 2);
    await house(h.signal);
    expect((await counts()).deliveries).toBe(0);
  });

  it('takes at most so many rows at a time', async () => {
    await test.pool.query(
      `insert into deliveries (id, sender, received_at, handled_at, batch, alerts)
       select 'old' || i, 's', 1, 1, '{}', '[]' from generate_series(1, 25) i`,
    );
    expect(await test.database.upkeep.purge(2, 10)).toBe(10);
    expect(await test.database.upkeep.purge(2, 100)).toBe(15);
    expect(await test.database.upkeep.purge(2, 100)).toBe(0);
  });
});
