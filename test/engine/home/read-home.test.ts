import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { askForRound } from '../../../src/engine/checklists/ask-for-round.ts';
import { pressTicks } from '../../../src/engine/checklists/change-item.ts';
import { readHome } from '../../../src/engine/home/read-home.ts';
import { group } from '../../slack/support/examples.ts';
import { type TestDatabase, testDatabase } from '../../support/database.ts';
import { checklistHarness, DAILY, schedulesOf } from '../checklists/checklist-harness.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase();
});
beforeEach(async () => {
  await test.pool.query(
    'truncate checklist_rounds, checklist_schedules, checklist_edits, runs, outbox, channel_budgets, alert_groups, monitor_targets cascade',
  );
});
afterAll(() => test.close());

const started = () =>
  checklistHarness({
    database: test.database,
    at: '2026-11-02T08:00:00Z',
    schedules: schedulesOf({ checklist: 'daily', on: 'every_day', at: '09:00' }),
  });
const read = ({ checklists, now }: ReturnType<typeof started>) =>
  readHome({
    database: test.database,
    checklists,
    now,
    staleAfterMs: (service) => (service === 'seldom' ? 900_000 : 300_000),
  });

async function measured(service: string, at: number, reason?: string) {
  const look = { target: `http:${service}`, probe: 'http.timing', service };
  await test.database.monitor.claim([look], { at, until: at });
  const failure = reason === undefined ? {} : { failure: { reason, message: reason } };
  await test.database.monitor.release([{ ...look, at, ...failure }]);
}

it('is empty at first', async () => {
  expect(await read(started())).toMatchObject({
    services: [],
    alerts: [],
    open: [],
    next: [{ at: Date.parse('2026-11-02T09:00:00Z') }],
    runs: [],
  });
});

it('knows how services are from the last looks and the alerts that fire, never fine when nobody could look', async () => {
  const engine = started();
  const at = engine.clock.at;
  await measured('fine', at - 10_000);
  await measured('stale', at - 600_000);
  await measured('seldom', at - 600_000);
  await measured('blind', at - 10_000, 'timeout');
  await measured('slow', at - 10_000);
  const own = { service: 'slow', severity: 'critical', startedAt: at - 1000 } as const;
  await test.database.groups.save({ ...group, ...own, id: 'g1', title: 'High response time' });
  await test.database.groups.save({ ...group, ...own, id: 'g2', severity: 'warning', service: undefined });
  await test.database.groups.save({ ...group, ...own, id: 'g3', state: 'resolved', service: 'fine' });
  const { services, alerts } = await read(engine);
  expect(services.map(({ service, severity }) => [service, severity])).toEqual([
    ['slow', 'critical'],
    ['blind', 'unknown'],
    ['stale', 'unknown'],
    ['fine', 'ok'],
    ['seldom', 'ok'],
  ]);
  expect(services[0]?.alerts).toEqual(['High response time']);
  expect(alerts.map((alert) => alert.group.id)).toEqual(['g1', 'g2']);
});

it('lists what is open and what ran with their messages, and drops what is done', async () => {
  const engine = started();
  const request = { checklist: DAILY, channel: 'C1', userId: 'U1', timezone: 'UTC', fresh: true, id: 't1' };
  const { round } = await askForRound(engine)(request);
  expect((await read(engine)).open).toMatchObject([
    { item: { id: 'cpu' }, address: undefined },
    { item: { id: 'write' }, address: undefined },
  ]);
  await engine.settle();
  await engine.tell();
  const [card] = engine.slack.messages;
  const { open, runs } = await read(engine);
  expect(open).toMatchObject([{ item: { id: 'write' }, address: { ts: card?.ts } }]);
  expect(runs).toMatchObject([
    { run: { playbook: 'look', severity: 'ok', verdict: expect.any(String) }, address: { ts: card?.ts } },
  ]);
  expect(runs[0]?.run).not.toHaveProperty('report');
  const press = { roundId: round.id, element: 'e', positions: [1], shown: [], ticked: [1], userId: 'U1' };
  await pressTicks(engine)(press);
  expect((await read(engine)).open).toEqual([]);
});
