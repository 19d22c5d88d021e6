import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Service } from '../../../src/core/inventory/service.ts';
import { toAnyProbe } from '../../../src/engine/any-probe.ts';
import { judgeSamples } from '../../../src/engine/monitor/judge-samples.ts';
import { MONITORED } from '../../../src/engine/monitor/monitored.ts';
import { sampleServices } from '../../../src/engine/monitor/sample-services.ts';
import { httpTimingProbe } from '../../../src/probes/http/timing.ts';
import { type TestDatabase, testDatabase } from '../../support/database.ts';
import { API, harness, playbook } from '../harness.ts';

const INTERVAL = 30_000;
/** Four times as fast as the monitor asks, so that the test is over soon. */
const PER_SECOND = 20;

const FALLBACK = playbook('look', {
  title: 'Look at it',
  description: 'For tests',
  triggers: { fallback: true },
  steps: [{ title: 'Load', probes: [{ probe: 'http.timing', on: 'all' }] }],
});

let test: TestDatabase;
let shop: Shop;
beforeAll(async () => {
  test = await testDatabase();
});
beforeEach(async () => {
  await test.pool.query(
    'truncate deliveries, alert_occurrences, alert_groups, runs, outbox, monitor_targets, monitor_alerts cascade',
  );
  shop = await openShop();
});
afterEach(async () => {
  shop.server.closeAllConnections();
  await new Promise((resolve) => shop.server.close(resolve));
});
afterAll(() => test.close());

interface Shop {
  readonly server: Server;
  readonly broken: Set<string>;
  /** When each request came, and the most that were open at once. */
  readonly asked: { readonly path: string; readonly at: number }[];
  mostAtOnce(): number;
}

async function openShop(): Promise<Shop> {
  const broken = new Set<string>();
  const asked: Shop['asked'] = [];
  let open = 0;
  let most = 0;
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push({ path, at: performance.now() });
    open += 1;
    most = Math.max(most, open);
    setTimeout(() => {
      open -= 1;
      response.writeHead(broken.has(path) ? 500 : 200).end('items');
    }, 5);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, broken, asked, mostAtOnce: () => most };
}

function monitored(paths: readonly string[]) {
  const { port } = shop.server.address() as AddressInfo;
  const base = { service: 'api', zone: 'default', id: 'http:api' };
  const target = {
    ...base,
    kind: 'http',
    baseUrl: `http://127.0.0.1:${port}`,
    health: '/health',
    paths,
  } as const;
  // One in ten may fail here, so that it is not the share of failed requests that tells.
  const service: Service = { ...API, targets: [target], kpis: { error_rate: 0.5 } };
  const probe = toAnyProbe(httpTimingProbe());
  const h = harness({ database: test.database, services: [service], probes: [probe], playbooks: [FALLBACK] });
  const sample = sampleServices({
    ...h,
    monitored: MONITORED.filter((one) => one.probe === 'http.timing').map((one) => ({
      ...one,
      params: { ...one.params, requests_per_second: PER_SECOND },
    })),
    samples: test.database.samples,
    monitor: test.database.monitor,
    zone: 'default',
    intervalMs: INTERVAL,
    spreadMs: 0,
    judge: judgeSamples({ monitor: test.database.monitor, accept: h.accept, now: h.now }),
    limit: (task) => task(),
  });
  const round = async () => {
    h.pass(INTERVAL);
    await sample(h.signal);
    // The runs of playbooks ask the server as well; here only the monitor is watched.
    for (const job of h.jobs.splice(0)) if (job.name === 'intake') await h.run(job);
    h.jobs.length = 0;
  };
  return { h, round };
}

const routes = (count: number) => Array.from({ length: count }, (_, index) => `/items/${index}`);

describe('a route that answers 500', () => {
  it.each([4, 20])('is found in two looks among %i, without a burst', async (count) => {
    const paths = routes(count);
    const { h, round } = monitored(paths);
    const path = paths.at(-1) ?? '';
    shop.broken.add(path);
    await round();
    expect(await h.database.groups.recent({ limit: 5 })).toEqual([]);
    shop.asked.length = 0;
    await round();
    const groups = await h.database.groups.recent({ limit: 5 });
    expect(groups).toMatchObject([{ severity: 'critical', state: 'firing', title: 'High error rate' }]);
    const [alert] = await h.database.groups.alerts(groups[0]?.id ?? '');
    expect(alert?.annotations.summary).toContain(`GET ${path} (2 × 500)`);
    expect(new Set(shop.asked.map((one) => one.path))).toEqual(new Set([...paths, '/health']));
    expect(shop.mostAtOnce()).toBe(1);
    const lasted = (shop.asked.at(-1)?.at ?? 0) - (shop.asked[0]?.at ?? 0);
    // The first may come late on a busy machine; a burst would be over in a tenth of the time.
    expect(lasted / (((shop.asked.length - 1) * 1000) / PER_SECOND)).toBeGreaterThan(0.6);
  });

  it('is over when it answers, and was no alert when it failed once', async () => {
    const paths = routes(5);
    const { h, round } = monitored(paths);
    for (const path of [paths[0], paths[1]]) {
      shop.broken.add(path ?? '');
      await round();
      shop.broken.clear();
      await round();
    }
    expect(await h.database.groups.recent({ limit: 5 })).toEqual([]);
    shop.broken.add('/health');
    for (let looks = 0; looks < 2; looks += 1) await round();
    expect(await h.database.groups.recent({ limit: 5 })).toMatchObject([{ state: 'firing' }]);
    shop.broken.clear();
    for (let looks = 0; looks < 3; looks += 1) await round();
    expect(await h.database.groups.recent({ limit: 5 })).toMatchObject([{ state: 'resolved' }]);
  });

  it('has its turn where there are more routes than one look asks', async () => {
    const paths = routes(30);
    const { round } = monitored(paths);
    shop.broken.add(paths[29] ?? '');
    for (let looks = 0; looks < 2; looks += 1) await round();
    expect(new Set(shop.asked.map((one) => one.path)).size).toBe(31);
  });
});
