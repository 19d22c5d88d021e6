import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { roundKey } from '../../../src/core/checklist/round.ts';
import type { Service } from '../../../src/core/inventory/service.ts';
import { LoadProfileFile, toLoadProfile } from '../../../src/core/loadtest/load-profile.ts';
import type { LoadPlan, LoadResult } from '../../../src/core/loadtest/load-test.ts';
import { planLoad } from '../../../src/core/loadtest/plan-load.ts';
import { askForRound } from '../../../src/engine/checklists/ask-for-round.ts';
import { pressTicks } from '../../../src/engine/checklists/change-item.ts';
import { historySource } from '../../../src/engine/checklists/history-source.ts';
import type { ItemSource } from '../../../src/engine/checklists/item-sources.ts';
import { linkEvidence } from '../../../src/engine/checklists/link-evidence.ts';
import { loadTestSource } from '../../../src/engine/checklists/load-test-source.ts';
import { refreshBaselines } from '../../../src/engine/monitor/refresh-baselines.ts';
import { type TestDatabase, testDatabase } from '../../support/database.ts';
import { loadProfilesOf } from '../../support/load-profiles.ts';
import { silentLog } from '../../support/silent-log.ts';
import { checklistHarness, checklistOf } from './checklist-harness.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase();
});
beforeEach(async () => {
  await test.pool.query(
    'truncate checklist_rounds, checklist_schedules, checklist_presses, runs, outbox, channel_budgets, load_tests cascade',
  );
});
afterAll(() => test.close());

const HOUR = 3_600_000;
const LIGHT = toLoadProfile(
  'light',
  LoadProfileFile.parse({ config: { phases: [{ duration: 10, arrivalRate: 5 }] } }),
);
const serviceOf = (name: string, environment?: string): Service => ({
  name,
  role: 'node',
  source: 'configured',
  targets: [
    {
      kind: 'http',
      id: `http:${name}`,
      service: name,
      zone: 'default',
      baseUrl: 'http://127.0.0.1:1',
      paths: ['/'],
    },
  ],
  dependsOn: [],
  ...(environment !== undefined && { environment }),
  kpis: {},
  aliases: [],
  gaps: [],
});
const result = (p95Ms: number): LoadResult => ({
  durationMs: 10_000,
  asked: 50,
  answered: 50,
  serverErrors: 0,
  unanswered: 0,
  latency: { p50Ms: p95Ms / 2, p90Ms: p95Ms, p95Ms, p99Ms: p95Ms, maxMs: p95Ms },
  outcomes: [],
  windows: [],
  senderLateMs: 0,
});

function engineWith(services: readonly Service[]) {
  const sources: ItemSource[] = [];
  const weekly = checklistOf('weekly', [
    { id: 'load_test', title: 'Run load tests', person: 'Start one.', fill: { loadtest: 'light' } },
  ]);
  const engine = checklistHarness({
    database: test.database,
    at: '2026-11-02T10:00:00Z',
    checklists: [weekly],
    sources,
  });
  sources.push(
    loadTestSource({
      database: test.database,
      inventory: { services: async () => services },
      loadProfiles: loadProfilesOf(LIGHT),
      linkTo: async ({ channel, ts }) => `https://slack.example/${channel}/${ts}`,
      log: silentLog,
    }),
  );
  let last = 0;
  const post = async () => {
    last += 1;
    const { round } = await askForRound(engine)({
      checklist: weekly,
      channel: 'C1',
      userId: 'U1',
      timezone: 'UTC',
      fresh: true,
      id: `r${last}`,
    });
    await engine.look();
    return round.id;
  };
  const ran = async (service: string, p95Ms: number | undefined) => {
    last += 1;
    const id = `t${last}`;
    const known = services.find(({ name }) => name === service) ?? serviceOf(service, 'staging');
    const plan = planLoad(known, LIGHT) as LoadPlan;
    await test.database.loadTests.create({
      id,
      plan,
      requestedBy: 'U1',
      channel: 'C1',
      createdAt: engine.clock.at,
    });
    engine.pass(20_000);
    await test.database.loadTests.finish(id, {
      state: p95Ms === undefined ? 'lost' : 'finished',
      at: engine.clock.at,
      result: p95Ms === undefined ? undefined : result(p95Ms),
      stop: undefined,
    });
    await engine.look();
  };
  const item = async (roundId: string) => (await test.database.checklists.round(roundId))?.items[0];
  const card = async (roundId: string) => {
    await engine.tell();
    return engine.slack.messages.find(({ key }) => key === roundKey(roundId))?.content;
  };
  return { engine, post, ran, item, card };
}

describe('an item with a load test', () => {
  it('offers the test, and is ticked by the result that comes in after it was posted', async () => {
    const { engine, post, ran, item, card } = engineWith([serviceOf('shop', 'staging'), serviceOf('live')]);
    const id = await post();
    expect(await item(id)).toMatchObject({
      checked: false,
      filling: { severity: 'unknown', unmeasured: 1, loadtest: { profile: 'light', services: ['shop'] } },
    });
    const shown = JSON.stringify(await card(id));
    expect(shown).toContain('perfbot_load_offer');
    expect(shown).toContain('May be tested: shop');
    expect(shown).not.toContain('live');
    await ran('shop', 40);
    const ticked = await item(id);
    expect(ticked).toMatchObject({
      checked: true,
      filling: { severity: 'ok', numbers: [{ metric: 'loadtest/p95', value: 40 }, {}, {}] },
    });
    expect(ticked?.checkedBy).toBeUndefined();
    expect(JSON.stringify(await card(id))).not.toContain('perfbot_load_offer');
    // Nothing new: no edit.
    const { revision } = (await test.database.checklists.round(id)) ?? {};
    await engine.look();
    expect((await test.database.checklists.round(id))?.revision).toBe(revision);
  });

  it('arrives ticked when the test ran before it, with the one before that', async () => {
    const { engine, post, ran, item, card } = engineWith([serviceOf('shop', 'staging')]);
    await ran('shop', 40);
    engine.pass(HOUR);
    await ran('shop', 60);
    const id = await post();
    expect(await item(id)).toMatchObject({
      checked: true,
      filling: { numbers: [{ value: 60, before: 40, beforeWhat: 'last test' }, {}, {}] },
    });
    expect((await card(id))?.text).toContain('last test 40 ms (+50 %)');
    // A week later nobody has tested.
    engine.pass(7 * 24 * HOUR);
    expect(await item(await post())).toMatchObject({ checked: false, filling: { numbers: [] } });
  });

  it('links the message of the test', async () => {
    const { engine, post, ran, item } = engineWith([serviceOf('shop', 'staging')]);
    await ran('shop', 40);
    const key = 'run/t1/card';
    const content = {
      text: 't',
      blocks: [],
      metadata: { event_type: 'perfbot_report', event_payload: { part: 'card', key } },
    } as const;
    await test.database.outbox.put({ key, channel: 'C1', position: 0, content }, engine.clock.at);
    await engine.tell();
    const url = (await item(await post()))?.filling?.results?.[0]?.url;
    expect(url).toMatch(/^https:\/\/slack\.example\/C1\//);
  });

  it('stays open while a service is missing, too slow or without a result', async () => {
    const { post, ran, item } = engineWith([serviceOf('shop', 'staging'), serviceOf('cart', 'test')]);
    const id = await post();
    await ran('shop', 40);
    expect(await item(id)).toMatchObject({
      checked: false,
      filling: { unmeasured: 1, loadtest: { services: ['cart'] } },
    });
    await ran('cart', 9000);
    expect(await item(id)).toMatchObject({ checked: false, filling: { severity: 'warning', offending: 1 } });
    await ran('cart', 90);
    expect(await item(id)).toMatchObject({ checked: true });
    // perfbot takes back its own tick when a later result is worse.
    await ran('cart', undefined);
    expect(await item(id)).toMatchObject({ checked: false, filling: { severity: 'unknown' } });
  });

  it('keeps what a person decided, whatever comes in', async () => {
    const { engine, post, ran, item } = engineWith([serviceOf('shop', 'staging')]);
    const id = await post();
    const press = (shown: readonly number[], ticked: readonly number[]) =>
      pressTicks(engine)({ roundId: id, element: 'e', positions: [0], shown, ticked, userId: 'U7' });
    await press([], [0]);
    await ran('shop', 9000);
    expect(await item(id)).toMatchObject({
      checked: true,
      checkedBy: 'U7',
      filling: { severity: 'warning' },
    });
    await press([0], []);
    await ran('shop', 40);
    expect(await item(id)).toMatchObject({ checked: false, checkedBy: 'U7', filling: { severity: 'ok' } });
  });

  it('says so when no service allows it', async () => {
    const { post, item, card } = engineWith([serviceOf('live'), serviceOf('shop', 'production')]);
    const id = await post();
    expect((await item(id))?.filling?.loadtest).toBeUndefined();
    const content = await card(id);
    expect(content?.text).toContain('No service may be put under load');
    expect(JSON.stringify(content)).not.toContain('perfbot_load_offer');
  });
});

describe('items with history', () => {
  it('tell what moved since the last round, and the biggest changes of the week, with charts in the thread', async () => {
    const { database } = test;
    const weekly = checklistOf('weekly', [
      { id: 'trends', title: 'Trends', fill: { history: 'trends', settle: 'never' } },
      { id: 'baselines', title: 'Baselines', fill: { history: 'baselines' } },
    ]);
    const sources: ItemSource[] = [];
    const engine = checklistHarness({ database, at: '2026-11-16T10:00:00Z', checklists: [weekly], sources });
    const parts = { ...engine, charts: { render: async () => [] }, timezone: 'UTC', log: silentLog };
    const refresh = refreshBaselines({ ...parts, baselines: database.baselines, upkeep: database.upkeep });
    sources.push(historySource({ ...parts, refresh }));
    const at = engine.clock.at;
    const sample = (from: number, to: number, value: number) =>
      database.samples.add(
        Array.from({ length: Math.floor((to - from) / (HOUR / 4)) }, (_, index) => ({
          target: 'host:local',
          service: 'host',
          metric: 'cpu_busy_ratio',
          unit: 'ratio' as const,
          at: from + (index * HOUR) / 4,
          value,
        })),
      );
    const ask = async (id: string) => {
      const request = { checklist: weekly, channel: 'C1', userId: 'U1', timezone: 'UTC', fresh: true, id };
      const { round } = await askForRound(engine)(request);
      await engine.look();
      const known = await database.checklists.round(round.id);
      if (known === undefined) throw new Error('no round');
      return known;
    };
    // Within the seven days that raw values are kept.
    await sample(at - 5 * 24 * HOUR, at - HOUR, 0.2);
    const first = await ask('h1');
    expect(first.items).toMatchObject([
      {
        checked: false,
        filling: { severity: 'unknown', summary: expect.stringContaining('Not enough history') },
      },
      {
        checked: true,
        filling: {
          summary: '1 usual values computed again, nothing to compare with yet',
          numbers: [{ title: 'Usual CPU busy', value: 0.2 }],
        },
      },
    ]);
    engine.pass(6 * 24 * HOUR);
    await sample(engine.clock.at - 6 * 24 * HOUR, engine.clock.at - HOUR, 0.6);
    const second = await ask('h2');
    expect(second.state).toBe('open');
    expect(second.items[0]?.filling?.numbers).toMatchObject([
      { value: 0.6, before: 0.2, beforeWhat: 'the week before' },
    ]);
    expect(second.items[1]?.filling).toMatchObject({
      summary: '1 usual values computed again, 1 moved since the last round',
      numbers: [{ value: 0.6, before: 0.2 }],
    });
    await engine.tell();
    const card = engine.slack.messages.find(({ key }) => key === roundKey(second.id));
    const thread = engine.slack.messages.filter(({ threadTs }) => threadTs === card?.ts);
    expect(thread.map(({ content }) => content.text).join('\n')).toMatch(/Biggest change.*20 % to 60 %/);
    const link = linkEvidence({ ...engine, linkTo: async ({ ts }) => `https://slack.example/${ts}` });
    await link();
    await link();
    await engine.look();
    const linked = await database.checklists.round(second.id);
    const verdict = thread.find(({ content }) => /^Usual values|^Baseline/i.test(content.text));
    expect(linked?.items[1]?.filling?.evidence).toEqual([
      { title: 'Table and charts', url: `https://slack.example/${verdict?.ts}` },
    ]);
    expect(linked?.revision).toBe(second.revision + 1);
    // Everything about a round is in its thread.
    expect(engine.slack.messages.filter(({ threadTs }) => threadTs === undefined)).toHaveLength(2);
  });
});
