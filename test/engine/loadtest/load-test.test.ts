import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createLoadTestHandlers } from '../../../src/app/load-test-handlers.ts';
import type { Service } from '../../../src/core/inventory/service.ts';
import { LoadProfileFile, toLoadProfile } from '../../../src/core/loadtest/load-profile.ts';
import { endAbandoned } from '../../../src/engine/loadtest/end-load-test.ts';
import { runLoadTest } from '../../../src/engine/loadtest/run-load-test.ts';
import { deliver } from '../../../src/engine/outbox/deliver.ts';
import type { OutboxStore } from '../../../src/engine/ports/outbox-store.ts';
import { createLoadGenerator } from '../../../src/loadtest/load-generator.ts';
import { createLoadTestRenderer } from '../../../src/slack/loadtest/create-load-test-renderer.ts';
import { type TestDatabase, testDatabase } from '../../support/database.ts';
import { freePort } from '../../support/free-port.ts';
import { loadProfilesOf } from '../../support/load-profiles.ts';
import { silentLog } from '../../support/silent-log.ts';
import { Crash, type FakeSlack, type Fate, fakeSlack } from '../fake-slack.ts';
import { harness } from '../harness.ts';

let test: TestDatabase;
let server: Server;
let answer: RequestListener;
let baseUrl: string;
const ids = { last: 0 };
const never = new AbortController().signal;

beforeAll(async () => {
  test = await testDatabase();
  server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  answer = (_request, response) => response.end('ok');
});
afterEach(() => test.pool.query('truncate load_tests, outbox, channel_budgets, runs cascade'));
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await test.close();
});

const profileOf = (phases: readonly object[]) =>
  toLoadProfile('quick', LoadProfileFile.parse({ config: { phases } }));

function setUp({
  seconds = 3,
  url = baseUrl,
  phases = [{ duration: seconds, arrivalRate: 30 }] as readonly object[],
  slack = fakeSlack(),
} = {}) {
  const service: Service = {
    name: 'shop',
    role: 'node',
    source: 'configured',
    targets: [
      { kind: 'http', id: 'http:shop', service: 'shop', zone: 'default', baseUrl: url, paths: ['/'] },
    ],
    dependsOn: [],
    environment: 'staging',
    kpis: {},
    aliases: [],
    gaps: [],
  };
  const services = [service];
  const engine = harness({ database: test.database, services, slack });
  const charts = { render: async () => [] };
  // The clock of the machine: a load test takes real time.
  const parts = { ...engine, charts, now: Date.now, loadTestRenderer: createLoadTestRenderer() };
  const handlers = createLoadTestHandlers({
    ...parts,
    loadProfiles: loadProfilesOf(profileOf(phases)),
  });
  const run = runLoadTest({ ...parts, generator: createLoadGenerator(), turnWithinMs: 500 });
  const press = (actionId: string, value: object, selected?: string) => {
    ids.last += 1;
    return handlers.onAction({
      actionId,
      value: JSON.stringify(value),
      ...(selected !== undefined && { selected }),
      userId: 'U1',
      channelId: 'C1',
      messageTs: '1.0',
      triggerId: `t${ids.last}`,
      responseUrl: 'https://example.com/',
    });
  };
  return {
    engine,
    services,
    handlers,
    press,
    sweep: endAbandoned(parts),
    /** Sends what waits; a sender that is killed in the middle is followed by another. Answers message and thread. */
    async told() {
      const life = { dead: false };
      const send = deliver({
        outbox: outboxOf(life),
        runs: test.database.runs,
        messenger: mortal(slack, life),
        now: () => engine.clock.at,
        log: silentLog,
        onSent() {},
        onFailed() {},
      });
      engine.clock.at = Math.max(engine.clock.at, Date.now());
      do {
        life.dead = false;
        await send(never).catch((error: unknown) => {
          if (!(error instanceof Crash)) throw error;
        });
        // What a killed sender held waits so long.
        engine.pass(30_000);
      } while ((await test.database.outbox.nextDueAt(engine.clock.at)) !== undefined);
      const card = slack.messages.find(({ threadTs }) => threadTs === undefined);
      return { card, thread: slack.messages.filter(({ threadTs }) => threadTs === card?.ts) };
    },
    /** What a worker does with the jobs that wait. */
    work: (signal = never) =>
      Promise.all(
        engine.jobs
          .splice(0)
          .filter(({ name }) => name === 'load_test')
          .map(({ data }) => run(String(data.testId), signal)),
      ),
  };
}

const START = { service: 'shop', playbook: 'quick' };
const verdictOf = async () => {
  const [run] = await test.database.runs.recent({ limit: 1 });
  return (await test.database.runs.get(run?.id ?? ''))?.report?.verdict;
};
const states = async () =>
  (await test.pool.query('select state, stop from load_tests order by created_at')).rows;

it('asks first, then sends, and tells the result in the place of the progress', async () => {
  const { engine, handlers, press, work } = setUp();
  const offer = await handlers.onCommand({ service: 'shop', profile: 'quick' });
  expect(JSON.stringify(offer)).toContain('90 requests in 3 s, at most 30/s');
  expect(JSON.stringify(offer)).toContain('Start the load test?');
  // The button of a checklist asks the same question.
  expect(await press('perfbot_load_offer', START)).toEqual(offer);
  expect(await press('perfbot_load_offer', {}, JSON.stringify(START))).toEqual(offer);
  expect(engine.jobs).toEqual([]);

  expect(await press('perfbot_load_start', START)).toEqual({ kind: 'silent' });
  await work();
  await engine.deliver(never);
  // Whether this machine keeps up beside other tests is not what is asked here.
  expect(await verdictOf()).toMatch(/^shop (keeps up|does not keep up|is too slow under this load): /);
  const { rows } = await test.pool.query(`select key, position from outbox where thread_of is null`);
  expect(rows).toHaveLength(1);
  expect(await states()).toEqual([{ state: 'finished', stop: null }]);

  await press('perfbot_load_start', START);
  await work();
  expect(await verdictOf()).toMatch(/last time/);
}, 30_000);

/** Of a sender that is dead nothing is heard any more. */
function outboxOf(life: { readonly dead: boolean }): OutboxStore {
  return new Proxy(test.database.outbox, {
    get: (outbox, name) =>
      life.dead ? () => Promise.reject(new Crash()) : Reflect.get(outbox, name, outbox),
  });
}

function mortal(slack: FakeSlack, life: { dead: boolean }): FakeSlack {
  const post: FakeSlack['post'] = (message) =>
    slack.post(message).catch((error: unknown) => {
      life.dead = error instanceof Crash;
      throw error;
    });
  return { ...slack, post };
}

const THREE_PHASES = [
  { name: 'Warm up', duration: 2, arrivalRate: 10, rampTo: 20 },
  { duration: 2, arrivalRate: 30 },
  { pause: 1 },
];
const partOf = (content: { metadata: { event_payload: { part: string } } }) =>
  content.metadata.event_payload.part;

it('tells in the thread what happened, in order and once, whoever is killed while it is sent', async () => {
  const fates: Fate[] = [];
  const slack = fakeSlack((call) => (call === 'post' && fates.shift()) || 'ok');
  const { press, work, told } = setUp({ phases: THREE_PHASES, slack });
  await press('perfbot_load_start', START);
  const running = work();
  // While it runs the first part is told, and the message has the button.
  await expect
    .poll(async () => (await test.pool.query(`select from outbox where key like '%/part/0'`)).rowCount, {
      timeout: 15_000,
    })
    .toBe(1);
  const { card: live, thread: begun } = await told();
  expect(live?.content.text).toMatch(/Phase \d of 3.* answered · .* left/);
  expect(JSON.stringify(live?.content.blocks)).toContain('perfbot_load_stop');
  expect(begun.map(({ content }) => partOf(content))).toEqual(['begun', 'phase']);

  await running;
  fates.push('crash_after', 'crash_before', 'ok', 'crash_after', 'lost_after', 'crash_before');
  const { card, thread } = await told();
  expect(card?.content.text).toMatch(/\d+ of \d+ requests answered/);
  expect(JSON.stringify(card?.content.blocks)).not.toContain('perfbot_load_stop');
  expect(thread.map(({ content }) => partOf(content)).slice(0, 5)).toEqual([
    'begun',
    'phase',
    'phase',
    'phase',
    'verdict',
  ]);
  expect(fates).toEqual([]);
  expect(new Set(thread.map(({ key }) => key)).size).toBe(thread.length);
  const [first, climb, hold, rest] = thread.map(({ content }) => content.text);
  expect(first).toMatch(/Started by U1: profile quick on shop\nquick: 91 requests in 5 s/);
  expect(first).toContain('Phase 1 of 3, Warm up: 10 to 20/s for 2 s');
  expect(climb).toMatch(
    /^Phase 1 of 3, Warm up is over: asked [\d.]+\/s \(10 to 20\/s\), answered [\d.]+\/s · p95 .* · 0 % failed/,
  );
  expect(hold).toMatch(/^Phase 2 of 3 is over: asked [\d.]+\/s, answered [\d.]+\/s · p95/);
  expect(rest).toMatch(/^Phase 3 of 3, pause is over/);
}, 60_000);

it('a worker that stood still says nothing more after its test was closed', async () => {
  const { press, work, sweep, told } = setUp({ seconds: 60 });
  await press('perfbot_load_start', START);
  const running = work();
  await expect
    .poll(
      async () => {
        await test.pool.query('update load_tests set lease_until = 0 where lease_until is not null');
        await sweep();
        return (await states())[0]?.state;
      },
      { timeout: 15_000 },
    )
    .toBe('lost');
  await running;
  const { card, thread } = await told();
  expect(card?.content.text).toContain('No result: the worker that sent the load is gone');
  expect(JSON.stringify(card?.content.blocks)).not.toContain('perfbot_load_stop');
  expect(thread.map(({ content }) => partOf(content))).toEqual(['begun', 'verdict']);
}, 30_000);

it('runs one test of a service at a time, and none twice', async () => {
  const { engine, press, work } = setUp({ seconds: 2 });
  await press('perfbot_load_start', START);
  expect(JSON.stringify(await press('perfbot_load_start', START))).toContain('under load already');
  const [job] = engine.jobs.filter(({ name }) => name === 'load_test');
  if (job) engine.jobs.push(job);
  let requests = 0;
  answer = (_request, response) => {
    requests += 1;
    response.end('ok');
  };
  await work();
  // 60 and the first look, not twice that.
  expect(requests).toBeLessThan(75);
  expect(await states()).toHaveLength(1);
}, 30_000);

it('takes turns with heavy probes at its target', async () => {
  const { press, work } = setUp({ seconds: 3 });
  const { turns } = test.database;
  const other = await turns.take('http:shop');
  await press('perfbot_load_start', START);
  await work();
  expect(await verdictOf()).toMatch(/^No result: another run is looking at the service/);
  await other?.release();
  await test.pool.query('truncate load_tests');

  await press('perfbot_load_start', START);
  const running = work();
  await expect
    .poll(async () => (await test.pool.query('select from load_tests where lease_until > 0')).rowCount, {
      timeout: 10_000,
    })
    .toBe(1);
  expect(await turns.take('http:shop')).toBeUndefined();
  await running;
  const after = await turns.take('http:shop');
  expect(after).toBeDefined();
  await after?.release();
}, 30_000);

it('stops when a person says so, when requests fail, and when the worker has to stop', async () => {
  const { press, work, told } = setUp({ seconds: 60 });
  await press('perfbot_load_start', START);
  const running = work();
  await expect
    .poll(async () => (await test.pool.query('select lease_until from load_tests')).rows[0]?.lease_until, {
      timeout: 10_000,
    })
    .toBeTruthy();
  const { rows } = await test.pool.query('select id from load_tests');
  await press('perfbot_load_stop', { runId: rows[0].id });
  await running;
  expect(await verdictOf()).toMatch(/^Stopped by a person, after/);
  const lines = (await told()).thread.map(({ content }) => content.text);
  expect(lines[1]).toMatch(/^Phase 1 of 1 ended after .* of 60 s: asked/);
  expect(lines[2]).toMatch(/^⏹️ Stopped by U1 after .* of 60 s in Phase 1 of 1/);
  expect(JSON.stringify(await press('perfbot_load_stop', { runId: rows[0].id }))).toContain('is over');

  let asked = 0;
  answer = (_request, response) => {
    // The first look is answered well; of the requests of the test every second one fails.
    asked += 1;
    response.writeHead(asked > 1 && asked % 2 === 0 ? 500 : 200).end();
  };
  await press('perfbot_load_start', START);
  await work();
  expect(await verdictOf()).toMatch(/^Stopped: \d+(\.\d+)? % of \d+ requests fail, limit 5 %/);

  answer = (_request, response) => response.end('ok');
  await press('perfbot_load_start', START);
  await work(AbortSignal.timeout(1500));
  expect(await verdictOf()).toMatch(/^Stopped: perfbot was stopped/);
}, 60_000);

it('stops when services.yaml does not allow it any more, and begins none then', async () => {
  const { services, press, work } = setUp({ seconds: 60 });
  const [allowed] = services;
  await press('perfbot_load_start', START);
  const running = work();
  await expect
    .poll(async () => (await test.pool.query('select from load_tests where lease_until > 0')).rowCount, {
      timeout: 10_000,
    })
    .toBe(1);
  if (allowed) services.splice(0, 1, { ...allowed, environment: 'production' });
  await running;
  expect(await verdictOf()).toMatch(/^Stopped: services\.yaml does not allow load tests there any more/);

  if (allowed) services.splice(0, 1, allowed);
  await press('perfbot_load_start', START);
  services.splice(0);
  await work();
  expect(await verdictOf()).toBe('No result: shop is not in services.yaml any more.');
}, 30_000);

it('sends nothing to a target that is down', async () => {
  const { press, work } = setUp({ url: `http://127.0.0.1:${await freePort()}` });
  await press('perfbot_load_start', START);
  await work();
  expect(await verdictOf()).toBe('No result: nobody listens there.');
});

it('stops when the target is far too slow', async () => {
  answer = (_request, response) => setTimeout(() => response.end('ok'), 4500);
  const { press, work } = setUp({ seconds: 60 });
  await press('perfbot_load_start', START);
  await work();
  expect(await verdictOf()).toMatch(/^Stopped: (none of the last|the 95th percentile is at)/);
}, 40_000);

it('closes a test whose worker was killed, and lets the next one begin', async () => {
  const { press, sweep, work, engine } = setUp({ seconds: 2 });
  await press('perfbot_load_start', START);
  const { rows } = await test.pool.query('select id from load_tests');
  await test.database.loadTests.begin(rows[0].id, Date.now() - 1);
  await work();
  expect(await verdictOf()).toBeUndefined();
  await sweep();
  await sweep();
  expect(await verdictOf()).toMatch(/^No result: the worker that sent the load is gone/);
  expect(await states()).toMatchObject([{ state: 'lost' }]);
  await press('perfbot_load_start', START);
  expect(engine.jobs.filter(({ name }) => name === 'load_test')).toHaveLength(1);
});

it('refuses what may not be put under load', async () => {
  const { handlers } = setUp();
  expect(JSON.stringify(await handlers.onCommand({ service: 'shop', profile: 'quik' }))).toContain(
    'Did you mean `quick`',
  );
  expect(JSON.stringify(await handlers.onCommand({ service: 'shopp', profile: 'quick' }))).toContain(
    'Did you mean `shop`',
  );
});
