import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../support/database.ts';

const NOON = Date.UTC(2026, 10, 23, 12);

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase();
});
afterAll(() => test.close());

const look = (at: number, facts: Record<string, string>, service = 'api') => ({
  target: `container:${service}`,
  service,
  at,
  facts,
});
const first = { started_at: '2026-11-23T10:00:00Z', image: 'shop:1' };
const second = { started_at: '2026-11-23T12:00:20Z', image: 'shop:2' };

it('keeps what changed between two looks, once', async () => {
  const { changes } = test.database;
  expect(await changes.see([look(NOON, first), look(NOON, first, 'web')])).toEqual([]);
  const replaced = {
    target: 'container:api',
    service: 'api',
    at: NOON + 20_000,
    what: 'replaced (image shop:1 to shop:2)',
  };
  const later = [look(NOON + 30_000, second), look(NOON + 30_000, first, 'web')];
  expect(await changes.see(later)).toEqual([replaced]);
  expect(await changes.see(later)).toEqual([]);
  expect(await changes.between({ from: NOON, to: NOON + 60_000 })).toEqual([replaced]);
  expect(await changes.between({ from: NOON, to: NOON + 60_000, services: ['web'] })).toEqual([]);
  expect(await changes.between({ from: NOON + 21_000, to: NOON + 60_000 })).toEqual([]);
});

it('forgets them with the rest of the history', async () => {
  await test.database.upkeep.purge(NOON + 100_000, 100);
  const { rows } = await test.pool.query(
    'select (select count(*) from target_changes)::int as changes, (select count(*) from target_facts)::int as facts',
  );
  expect(rows).toEqual([{ changes: 0, facts: 0 }]);
});
