import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diagnose } from '../../../src/core/diagnosis/diagnose.ts';
import { rowsOf } from '../../../src/core/diagnosis/facts.ts';
import { RULES } from '../../../src/core/diagnosis/rules.ts';
import type { CollectedEvidence } from '../../../src/core/evidence.ts';
import type { Service } from '../../../src/core/inventory/service.ts';
import type { TargetOf } from '../../../src/core/inventory/target.ts';
import { type Playbook, PlaybookDefinition } from '../../../src/core/playbook/playbook.ts';
import { toAnyProbe } from '../../../src/engine/any-probe.ts';
import { planSteps } from '../../../src/engine/runs/plan-steps.ts';
import { createDockerClient, type DockerClient } from '../../../src/probes/docker/client.ts';
import { discoverServices } from '../../../src/probes/docker/discover.ts';
import { httpTimingProbe } from '../../../src/probes/http/timing.ts';
import { nginxAccessProbe } from '../../../src/probes/nginx/access.ts';
import { probeContract } from '../../contract/probe-contract.ts';
import { createNetwork, startContainer, type TestContainer } from '../../support/docker.ts';
import { startNginxContainer } from '../../support/nginx.ts';
import { describeWith } from '../../support/requirements.ts';
import { collect, numbers } from '../docker/collect.ts';
import { collected, factsFrom, observe, serviceNamed } from '../observe.ts';

const READ_TIMEOUT_MS = 500;
const BIG_BYTES = 4_000_000;
const BACKEND = `
require('node:http').createServer((request, response) => {
  if (request.url.endsWith('/block')) for (const end = Date.now() + 800; Date.now() < end; );
  if (request.url.startsWith('/slow')) return setTimeout(() => response.end('late'), 1500);
  response.end(request.url === '/big' ? Buffer.alloc(${BIG_BYTES}, 'x') : 'ok');
}).listen(3000, () => console.log('ready'));
`;
const TIMED = `log_format timed escape=json '{"request":"$request","status":"$status","bytes":"$body_bytes_sent","request_time":"$request_time","upstream_addr":"$upstream_addr","upstream_status":"$upstream_status","upstream_connect_time":"$upstream_connect_time","upstream_header_time":"$upstream_header_time","upstream_response_time":"$upstream_response_time"}';`;

describeWith(['docker', 'nginx'], 'nginx.access', () => {
  let docker: DockerClient;
  let backend: TestContainer;
  let proxy: TestContainer;
  let plain: TestContainer;
  let other: TestContainer;
  let network: Awaited<ReturnType<typeof createNetwork>>;
  let addresses: Record<'old' | 'backend' | 'other' | 'proxy' | 'plain', string>;
  const addressOf = (container: TestContainer) =>
    container.inspect('{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}');
  const target = (container: string): TargetOf<'nginx'> => ({
    kind: 'nginx',
    id: 'nginx:proxy',
    service: 'proxy',
    zone: 'default',
    status: 'http://127.0.0.1/nginx_status',
    container: { name: container },
  });
  const services: readonly Service[] = [serviceNamed('proxy', 'nginx', ['api']), serviceNamed('api', 'node')];

  /** Asks nginx and waits for the line in its log. */
  async function ask(from: string, path: string, times = 1): Promise<readonly number[]> {
    const answers = await Promise.all(
      Array.from({ length: times }, () => fetch(`http://${from}:8080${path}`)),
    );
    await Promise.all(answers.map((answer) => answer.arrayBuffer()));
    return answers.map(({ status }) => status);
  }
  const look = async (container: TestContainer) =>
    collected(await observe(nginxAccessProbe({ docker }), target(container.name)));
  const direct = async (path: string) =>
    collected(
      await observe(
        httpTimingProbe(),
        {
          kind: 'http',
          id: 'http:api',
          service: 'api',
          zone: 'default',
          baseUrl: `http://${addresses.backend}:3000`,
          paths: [path],
        },
        { requests: 1 },
      ),
    );
  const causesOf = (evidence: readonly CollectedEvidence[]) =>
    diagnose(
      RULES.filter(({ ids }) => ids.some((id) => id.startsWith('proxy.'))),
      factsFrom(evidence, services, services[0]),
    );

  beforeAll(async () => {
    docker = createDockerClient();
    // The backend is replaced after nginx has learnt its address.
    network = await createNetwork();
    const args = ['--network', network.name, '--network-alias', 'api'];
    const ports = ['--expose', '3000'];
    const old = await startContainer({ cmd: ['node', '-e', BACKEND], args });
    backend = await startContainer({ cmd: ['node', '-e', BACKEND], args: [...args, ...ports] });
    other = await startContainer({
      cmd: ['node', '-e', BACKEND.replace('3000', "8080, '0.0.0.0', 4")],
      args: ['--network', network.name],
    });
    addresses = {
      old: await addressOf(old),
      backend: await addressOf(backend),
      other: await addressOf(other),
      proxy: '',
      plain: '',
    };
    const locations = (log: string) => `
      ${log}
      limit_req_zone $request_method zone=all:1m rate=10r/s;
      server {
        listen 8080 sndbuf=64k;
        location / { proxy_pass http://${addresses.backend}:3000; }
        location /held { limit_req zone=all burst=12; proxy_pass http://${addresses.backend}:3000; }
        location /other { proxy_pass http://${addresses.other}:8080; }
        location /stale { proxy_pass http://${addresses.old}:3000; }
        location /resolved { resolver 127.0.0.11 valid=1s; set $backend http://api:3000; proxy_pass $backend; }
        location /slow { proxy_read_timeout ${READ_TIMEOUT_MS}ms; proxy_pass http://${addresses.backend}:3000; }
      }`;
    proxy = await startNginxContainer({
      http: locations(`${TIMED} access_log /dev/stdout timed;`),
      network: network.name,
    });
    plain = await startNginxContainer({
      http: locations('access_log /dev/stdout;'),
      network: network.name,
      // Room for four connections to one address.
      args: ['--sysctl', 'net.ipv4.ip_local_port_range=61000 61003'],
    });
    addresses = { ...addresses, proxy: await addressOf(proxy), plain: await addressOf(plain) };
    await Promise.all([backend.waitForLog('ready'), old.remove()]);
    await Promise.all([proxy, plain].map((nginx) => nginx.waitForLog('start worker process')));
  });
  afterAll(async () => {
    await Promise.all([backend, other, proxy, plain].map((container) => container?.remove()));
    await network?.remove();
    await docker.close();
  });

  probeContract({
    healthy: () => ({ probe: nginxAccessProbe({ docker }), target: target(proxy.name) }),
    unreachable: () => ({ probe: nginxAccessProbe({ docker }), target: target('perfbot-test-nobody') }),
    metrics: [
      'requests',
      'requests_per_second',
      'connections_used_up',
      'requests_delayed',
      'requests_refused',
      'error_rate',
      'client_error_rate',
      'errors_502',
      'errors_504',
      'errors_unconnected',
      'response_time_p50_ms',
      'response_time_p95_ms',
      'response_time_max_ms',
      'upstream_time_p50_ms',
      'upstream_time_p95_ms',
      'upstream_connect_p95_ms',
      'client_time_p95_ms',
      'slow_client_ratio',
      'slow_client_bytes_p50',
    ],
    tables: ['routes', 'statuses', 'upstreams'],
  });

  it('looks at a discovered nginx without any configuration', async () => {
    const signal = new AbortController().signal;
    const found = await discoverServices({ docker, now: Date.now, signal });
    const service = found.find(({ name }) => name === proxy.name);
    expect(service).toMatchObject({ role: 'nginx' });
    expect(service?.targets.find(({ kind }) => kind === 'nginx')).toEqual({
      kind: 'nginx',
      id: `nginx:${proxy.name}`,
      service: proxy.name,
      zone: 'default',
      container: { name: proxy.name },
    });
  });

  it('says of an nginx without traffic that there is no line', async () => {
    const seen = await look(proxy);
    expect(numbers(seen)).toEqual({
      requests: 0,
      requests_per_second: 0,
      connections_used_up: 0,
      requests_delayed: 0,
      requests_refused: 0,
    });
    expect(seen.gaps?.map(({ what }) => what)).toEqual(['requests of nginx']);
  });

  it('groups requests by route and upstream, without ids and queries', async () => {
    await ask(addresses.proxy, '/items/17?token=hunter22', 15);
    await ask(addresses.proxy, '/items/18?token=hunter22', 15);
    await expect.poll(async () => numbers(await look(proxy)).requests).toBe(30);
    const seen = await look(proxy);
    expect(numbers(seen)).toMatchObject({ error_rate: 0, errors_502: 0, slow_client_ratio: 0 });
    expect(numbers(seen).response_time_p95_ms).toBeGreaterThanOrEqual(
      numbers(seen).response_time_p50_ms ?? 0,
    );
    expect(rowsOf(seen, 'routes')).toMatchObject([{ route: 'GET /items/:id', requests: 30 }]);
    expect(rowsOf(seen, 'upstreams')).toMatchObject([
      {
        address: `${addresses.backend}:3000`,
        requests: 30,
        address_is: 'container',
        container: backend.name,
      },
    ]);
    expect(JSON.stringify(seen)).not.toContain('hunter22');
    expect(causesOf([seen, await direct('/items')]).causes).toEqual([]);
  });

  it('names an old address of a replaced backend, and a timeout shorter than the handler', async () => {
    expect(await ask(addresses.proxy, '/stale', 4)).toEqual([502, 502, 502, 502]);
    expect(await ask(addresses.proxy, '/slow/report', 4)).toEqual([504, 504, 504, 504]);
    await expect.poll(async () => numbers(await look(proxy)).errors_504).toBe(4);
    const seen = await look(proxy);
    const row = (address: string) =>
      rowsOf(seen, 'upstreams').find((found) => found.address === `${address}:3000`);
    const [dead, slow] = [row(addresses.old), row(addresses.backend)];
    expect(dead).toMatchObject({
      address: `${addresses.old}:3000`,
      errors_502: 4,
      unconnected: 4,
      address_is: 'free',
      container: null,
    });
    expect(slow).toMatchObject({ address: `${addresses.backend}:3000`, errors_504: 4, timed_out: 4 });
    expect(Number(slow?.timeout_min_ms)).toBeGreaterThanOrEqual(READ_TIMEOUT_MS - 10);
    const { causes } = causesOf([seen, await direct('/slow/report')]);
    expect(causes.map(({ id }) => id)).toEqual(['proxy.stale_upstream', 'proxy.timeout']);
    expect(causes[0]?.summary).toContain(addresses.old);
    expect(causes[0]?.advice[0]?.command).toContain(`docker exec ${proxy.name}`);
    // What the advice says about names does help.
    expect(await ask(addresses.proxy, '/resolved')).toEqual([200]);
    expect(causes[1]?.summary).toContain('GET /slow/report');
    expect(causes[1]?.advice[1]?.command).toContain('location /slow/report { proxy_read_timeout');
  });

  it('names clients that take their answers slowly', async () => {
    const before = numbers(await look(proxy)).requests ?? 0;
    await Promise.all(Array.from({ length: 6 }, () => readSlowly(addresses.proxy)));
    await expect.poll(async () => numbers(await look(proxy)).requests, { timeout: 10_000 }).toBe(before + 6);
    const seen = await look(proxy);
    expect(numbers(seen).slow_client_ratio).toBeGreaterThan(0.1);
    expect(numbers(seen).slow_client_bytes_p50).toBeGreaterThanOrEqual(BIG_BYTES);
    expect(causesOf([seen, await direct('/items')]).causes.map(({ id }) => id)).toContain(
      'proxy.slow_client',
    );
  });

  it('finds both faults in the default formats too: the error log names the addresses', async () => {
    await Promise.all([ask(addresses.plain, '/stale', 4), ask(addresses.plain, '/slow/report', 4)]);
    await expect.poll(async () => numbers(await look(plain)).errors_504).toBe(4);
    const seen = await look(plain);
    expect(numbers(seen).response_time_max_ms).toBeUndefined();
    expect(seen.gaps?.[0]).toMatchObject({
      reason: 'the access log has the combined format, which writes none',
      mend: expect.stringContaining('log_format timed'),
    });
    const upstreams = rowsOf(seen, 'upstreams').toSorted((a, b) => Number(a.timed_out) - Number(b.timed_out));
    expect(upstreams).toMatchObject([
      { unconnected: 4, reason: expect.stringMatching(/No route|unreachable/), address_is: 'free' },
      { timed_out: 4, reason: 'Connection timed out', address_is: 'container' },
    ]);
    const { causes } = causesOf([seen, await direct('/items')]);
    expect(causes.map(({ id }) => id)).toEqual(['proxy.stale_upstream', 'proxy.timeout']);
  });

  describe('in a run about the service behind it', () => {
    async function run(subject: string) {
      const signal = new AbortController().signal;
      const known = await discoverServices({ docker, now: Date.now, signal });
      const service = known.find(({ name }) => name === subject);
      const probe = toAnyProbe(nginxAccessProbe({ docker }));
      const playbook: Playbook = {
        ...PlaybookDefinition.parse({
          title: 'In front',
          description: 'd',
          steps: [{ title: 'Look', probes: [{ probe: probe.name, on: 'proxies' }] }],
        }),
        name: 'in-front',
      };
      const probes = new Map([[probe.name, probe]]);
      const steps = planSteps({ runId: 'r', playbook, subject: service, services: known, probes });
      const seen = new Map<string, CollectedEvidence>();
      for (const { target } of steps)
        if (target.service === proxy.name && target.kind === 'nginx')
          seen.set(target.id, collected(await observe(nginxAccessProbe({ docker }), target)));
      return { known, service, evidence: [...seen.values()], ids: [...seen.keys()] };
    }

    it('counts what went to it, with its old address, and nothing of its neighbour', async () => {
      const before = numbers(await look(proxy)).requests ?? 0;
      await ask(addresses.proxy, '/other/items', 4);
      await expect.poll(async () => numbers(await look(proxy)).requests).toBe(before + 4);
      const { known, service, evidence, ids } = await run(backend.name);
      expect(ids).toEqual([`nginx:${proxy.name}>${backend.name}`]);
      const [seen] = evidence;
      expect(numbers(collected(seen)).requests).toBe(before);
      const rows = rowsOf(collected(seen), 'upstreams').map(({ address }) => address);
      expect(rows.toSorted()).toEqual([`${addresses.backend}:3000`, `${addresses.old}:3000`].toSorted());
      const timing = { ...(await direct('/items')), service: backend.name };
      const { causes } = diagnose(RULES, factsFrom([...evidence, timing], known, service));
      expect(causes.map((cause) => [cause.id, cause.service])).toEqual(
        expect.arrayContaining([
          ['proxy.stale_upstream', proxy.name],
          ['proxy.timeout', proxy.name],
        ]),
      );
      const neighbour = await run(other.name);
      expect(numbers(collected(neighbour.evidence[0]))).toMatchObject({ requests: 4, error_rate: 0 });
      const nobody = await run(plain.name);
      expect(nobody.evidence[0]).toMatchObject({ metrics: [], facts: { in_front: 'no' } });
    });

    it('names a limit of nginx while the service is quick: its clients are not slow', async () => {
      const before = numbers(await look(proxy)).requests ?? 0;
      const answers = await ask(addresses.proxy, '/held/items', 16);
      expect(answers.filter((status) => status === 503).length).toBeGreaterThan(0);
      await expect.poll(async () => numbers(await look(proxy)).requests).toBe(before + 16);
      const { known, service, evidence } = await run(backend.name);
      const measured = numbers(collected(evidence[0]));
      expect(measured.requests_delayed).toBeGreaterThan(3);
      expect(measured.requests_refused).toBeGreaterThan(0);
      const { causes } = diagnose(RULES, factsFrom(evidence, known, service));
      expect(causes.map(({ id }) => id)).toContain('proxy.request_limit');
      expect(causes.map(({ id }) => id)).not.toContain('proxy.slow_client');
    });
  });

  it('names a backend that accepts connections late', async () => {
    const slowest = async () => {
      // More connections than its queue holds, while it does not accept; on a busy machine it may still do so then.
      const blocked = ask(addresses.proxy, '/other/block');
      await new Promise((resolve) => setTimeout(resolve, 100));
      const late = await ask(addresses.proxy, '/other/items', 16);
      expect(new Set([...late, ...(await blocked)])).toEqual(new Set([200]));
      return Math.max(...rowsOf(await look(proxy), 'upstreams').map((row) => Number(row.connect_p95_ms)));
    };
    await expect.poll(slowest, { timeout: 40_000 }).toBeGreaterThan(500);
    expect(causesOf([await look(proxy)]).causes.map(({ id }) => id)).toContain('proxy.connect_slow');
  });

  it('tells ports of nginx that are used up from a backend that does not answer', async () => {
    // The connections that nginx gave up hold their ports for a minute.
    expect(await ask(addresses.plain, '/items', 3)).toEqual([502, 502, 502]);
    const upstreams = async () => rowsOf(await look(plain), 'upstreams').map(({ reason }) => reason);
    await expect.poll(upstreams).toContain('Cannot assign requested address');
    const { causes } = causesOf([await look(plain), await direct('/items')]);
    expect(causes.map(({ id }) => id)).toContain('proxy.ports_exhausted');
  });

  it('reads no more than it is asked to, and says so', async () => {
    const seen = await collect(nginxAccessProbe({ docker }), target(proxy.name), { tail: 10 });
    expect(numbers(seen).requests).toBeLessThanOrEqual(10);
    expect(seen.gaps?.map(({ what }) => what)).toContain('older lines of the access log');
  });
});

/** A client that reads nothing for a second, so that nginx has to wait for it. */
function readSlowly(host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(8080, host);
    socket.on('error', reject).on('close', () => resolve());
    socket.write('GET /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    socket.pause();
    setTimeout(() => socket.resume(), 1200);
  });
}
