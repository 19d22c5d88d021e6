import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { diagnose } from '../../../../src/core/diagnosis/diagnose.ts';
import { appAcceptQueueFullRule } from '../../../../src/core/diagnosis/rules/app-accept-queue-full.ts';
import { appConnectionChurnRule } from '../../../../src/core/diagnosis/rules/app-connection-churn.ts';
import { appFdExhaustionRule } from '../../../../src/core/diagnosis/rules/app-fd-exhaustion.ts';
import { depDownstreamSlowRule } from '../../../../src/core/diagnosis/rules/dep-downstream-slow.ts';
import type { Evidence, Observation } from '../../../../src/core/evidence.ts';
import type { Service } from '../../../../src/core/inventory/service.ts';
import type { TargetOf } from '../../../../src/core/inventory/target.ts';
import { createDockerClient, type DockerClient } from '../../../../src/probes/docker/client.ts';
import { dockerSocketsProbe } from '../../../../src/probes/docker/sockets/sockets.ts';
import { dockerStatsProbe } from '../../../../src/probes/docker/stats.ts';
import { httpTimingProbe } from '../../../../src/probes/http/timing.ts';
import { probeContract } from '../../../contract/probe-contract.ts';
import { startContainer, type TestContainer } from '../../../support/docker.ts';
import { createProcTree } from '../../../support/proc-tree.ts';
import { describeWith } from '../../../support/requirements.ts';
import { collect, containerTarget, numbers } from '../collect.ts';

const METRICS = [
  'open_files',
  'open_files_limit',
  'open_files_ratio',
  'threads',
  'connections_outgoing',
  'connections_incoming',
  'largest_peer_connections',
  'connections_time_wait',
  'connections_close_wait',
  'connections_unanswered',
  'connections_opened_per_second',
  'connections_accepted_per_second',
  'connections_failed_per_second',
  'connections_reset_per_second',
  'accept_queue',
  'listen_overflows',
  'listen_drops',
  'retransmits_per_second',
  'retransmit_ratio',
  'unread_bytes',
  'unsent_bytes',
];
const RULES = [appAcceptQueueFullRule, appConnectionChurnRule, appFdExhaustionRule, depDownstreamSlowRule];
const SLOW_MS = 400;

/** Answers late on one port and at once on another; its queue for new connections is short. */
const DOWNSTREAM = `
  const http = require('node:http');
  http.createServer((_, answer) => setTimeout(() => answer.end('late'), ${SLOW_MS})).listen(7000);
  http.createServer((_, answer) => answer.end('x')).listen({ port: 7001, backlog: 8 });
  console.log('ready');
`;
/** Waits for the late port with 20 connections that it keeps, and asks the quick one 50 times a second without keeping any. */
const API = `
  const http = require('node:http');
  const host = process.env.DOWNSTREAM;
  const agent = new http.Agent({ keepAlive: true });
  const ask = (options, then) =>
    http.get({ host, ...options }, (answer) => answer.resume().on('end', then)).on('error', () => {});
  const forever = () => ask({ port: 7000, agent }, forever);
  for (let i = 0; i < 20; i += 1) forever();
  setInterval(() => ask({ port: 7001, agent: false }, () => {}), 20);
  http.createServer((_, answer) => ask({ port: 7000, agent }, () => answer.end('done'))).listen(3000);
  console.log('ready');
`;
const LIMITED = "require('node:http').createServer(() => {}).listen(3000, () => console.log('ready'))";

describeWith(['docker'], 'docker.sockets', () => {
  let docker: DockerClient;
  let downstream: TestContainer;
  let api: TestContainer;
  let limited: TestContainer;

  beforeAll(async () => {
    docker = createDockerClient();
    [downstream, limited] = await Promise.all([
      startContainer({ cmd: ['node', '-e', DOWNSTREAM] }),
      startContainer({ cmd: ['node', '-e', LIMITED], args: ['--ulimit', 'nofile=64'] }),
    ]);
    await Promise.all([downstream, limited].map((container) => container.waitForLog('ready')));
    api = await startContainer({
      cmd: ['node', '-e', API],
      env: { DOWNSTREAM: await addressOf(downstream) },
      ports: ['127.0.0.1::3000'],
    });
    await api.waitForLog('ready');
  });

  afterAll(async () => {
    await Promise.all([api, limited, downstream].map((container) => container?.remove()));
    await docker.close();
  });

  probeContract({
    healthy: () => ({ probe: dockerSocketsProbe({ docker }), target: containerTarget(api.name) }),
    unreachable: () => ({
      probe: dockerSocketsProbe({ docker: createDockerClient({ host: 'tcp://u:hunter22@127.0.0.1:1' }) }),
      target: containerTarget('x'),
    }),
    metrics: METRICS,
    tables: ['peers', 'clients', 'listeners', 'states', 'processes'],
    params: { window: '300ms' },
    secrets: ['hunter22'],
  });

  it('names the slow downstream by its connections (F26)', async () => {
    const target: TargetOf<'http'> = {
      kind: 'http',
      id: 'http:api',
      service: 'api',
      zone: 'default',
      baseUrl: `http://127.0.0.1:${await api.port(3000)}`,
      paths: ['/'],
    };
    const [sockets, stats, timing] = await Promise.all([
      collect(dockerSocketsProbe({ docker }), containerTarget(api.name)),
      collect(dockerStatsProbe({ docker }), containerTarget(api.name)),
      collect(httpTimingProbe(), target, { requests: 4 }),
    ]);
    const [peer] = tableOf(sockets, 'peers');
    expect(peer).toMatchObject({ peer: `${await addressOf(downstream)}:7000`, name: downstream.name });
    expect(peer?.connections).toBeGreaterThanOrEqual(20);
    expect(numbers(stats).network_rx_bytes_per_second).toBeGreaterThan(1000);
    const evidence = [
      evidenceOf('docker.sockets', sockets),
      evidenceOf('docker.stats', stats),
      evidenceOf('http.timing', timing),
    ];
    const { causes } = diagnose(RULES, factsOf(evidence));
    expect(causes[0]).toMatchObject({ id: 'dep.downstream_slow', title: 'Waits for payments' });
    expect(causes[0]?.confidence).toBeCloseTo(0.65);
    expect(causes[0]?.summary).toContain(`payments (${peer?.peer})`);
    expect(causes[0]?.advice[0]?.command).toContain(downstream.name);
  });

  it('tells connections that are used once from those that are kept, at both ends (F43)', async () => {
    const probe = dockerSocketsProbe({ docker });
    const [caller, called] = await Promise.all([
      collect(probe, containerTarget(api.name)),
      collect(probe, containerTarget(downstream.name)),
    ]);
    expect(numbers(caller).connections_opened_per_second).toBeGreaterThan(15);
    expect(numbers(called).connections_accepted_per_second).toBeGreaterThan(15);
    // Who closes first waits: here the server.
    expect(numbers(called).connections_time_wait).toBeGreaterThan(50);
    const [client] = tableOf(called, 'clients').toSorted((a, b) => Number(b.time_wait) - Number(a.time_wait));
    expect(client).toMatchObject({ name: api.name, port: '7001' });
    for (const seen of [caller, called]) {
      const { causes } = diagnose(RULES, factsOf([evidenceOf('docker.sockets', seen)]));
      expect(causes.map(({ id }) => id)).toEqual(['app.connection_churn']);
    }
  });

  it('sees that a process has used up its descriptors, which its log does not tell (F13)', async () => {
    const probe = dockerSocketsProbe({ docker });
    const before = await collect(probe, containerTarget(limited.name), { window: '100ms' });
    expect(numbers(before)).toMatchObject({ open_files_limit: 64, connections_incoming: 0 });
    expect(diagnose(RULES, factsOf([evidenceOf('docker.sockets', before)])).causes).toEqual([]);
    const callers = openConnections(await addressOf(limited), 3000, 120);
    onTestFinished(() => callers.forEach((socket) => void socket.destroy()));
    await expect
      .poll(async () => numbers(await collect(probe, containerTarget(limited.name), { window: '100ms' })), {
        timeout: 10_000,
      })
      .toMatchObject({ open_files_ratio: expect.closeTo(1, 1) });
    const seen = await collect(probe, containerTarget(limited.name), { window: '100ms' });
    // What they are is shown to root and to the user of the process.
    if (process.getuid?.() === 0) expect(seen.facts?.open_files_by_kind).toMatch(/^[34]\d sockets/);
    const { causes } = diagnose(RULES, factsOf([evidenceOf('docker.sockets', seen)]));
    expect(causes[0]).toMatchObject({ id: 'app.fd_exhaustion' });
    expect(causes[0]?.summary).toMatch(/6\d of 64 files/);
  });

  it('leaves a gap where it does not see the processes, or cannot tell connections apart', async () => {
    const empty = createProcTree({ uptime: '1 1' });
    onTestFinished(empty.remove);
    const elsewhere = await collect(
      dockerSocketsProbe({ docker, procRoot: empty.root }),
      containerTarget(api.name),
    );
    expect(elsewhere.metrics).toEqual([]);
    expect(elsewhere.gaps).toMatchObject([{ mend: expect.stringContaining('pid: host') }]);
    const onHostNetwork: typeof docker = {
      ...docker,
      async inspect(container, signal) {
        const details = await docker.inspect(container, signal);
        return { ...details, HostConfig: { ...details.HostConfig, NetworkMode: 'host' } };
      },
    };
    const shared = await collect(dockerSocketsProbe({ docker: onHostNetwork }), containerTarget(api.name));
    expect(Object.keys(numbers(shared)).sort()).toEqual([
      'open_files',
      'open_files_limit',
      'open_files_ratio',
      'threads',
    ]);
    expect(shared.gaps?.[0]?.reason).toMatch(/network of the host/);
  });

  it('looks at the main process when the engine does not list the others', async () => {
    const hidden: DockerClient = {
      ...docker,
      top: (id, ps, signal) => createDockerClient({ host: '/nowhere.sock' }).top(id, ps, signal),
    };
    const seen = await collect(dockerSocketsProbe({ docker: hidden }), containerTarget(limited.name), {
      window: '100ms',
    });
    expect(numbers(seen).open_files_limit).toBe(64);
    expect(seen.gaps?.[0]?.what).toMatch(/main process/);
  });

  it('sees a server that takes no connections (SIGSTOP), and callers that get no answer', async () => {
    const pid = Number(await downstream.inspect('{{.State.Pid}}'));
    await downstream.signal('STOP');
    onTestFinished(() => downstream.signal('CONT'));
    const probe = dockerSocketsProbe({ docker });
    // 50 callers a second and a queue of 8.
    await expect
      .poll(
        async () => numbers(await collect(probe, containerTarget(downstream.name), { window: '200ms' })),
        {
          timeout: 15_000,
        },
      )
      .toMatchObject({ accept_queue: expect.toSatisfy((queue: number) => queue >= 8) });
    const [stopped, caller] = await Promise.all([
      collect(probe, containerTarget(downstream.name)),
      collect(probe, containerTarget(api.name)),
    ]);
    expect(numbers(stopped).listen_overflows).toBeGreaterThan(0);
    expect(tableOf(stopped, 'processes')[0]?.state).toBe('T');
    expect(numbers(caller).connections_unanswered).toBeGreaterThan(0);
    const { causes } = diagnose(RULES, factsOf([evidenceOf('docker.sockets', stopped)]));
    expect(causes[0]).toMatchObject({ id: 'app.accept_queue_full' });
    expect(causes[0]?.advice.at(-1)?.command).toBe(`kill -CONT ${pid}`);
  });

  /** The inventory calls the two containers `api` and `payments`. */
  function factsOf(evidence: readonly Evidence[]) {
    const service = (name: string, alias: string): Service => ({
      name,
      role: 'node',
      source: 'configured',
      targets: [],
      dependsOn: [],
      kpis: { response_time_p95: SLOW_MS / 2 },
      aliases: [alias],
      gaps: [],
    });
    const services = [service('api', api.name), service('payments', downstream.name)];
    return { subject: services[0], services, evidence, usual: () => undefined };
  }
});

function evidenceOf(probe: string, observation: Observation): Evidence {
  return {
    ...observation,
    status: 'collected',
    probe,
    target: probe.startsWith('docker') ? 'container:api' : 'http:api',
    targetKind: probe.startsWith('docker') ? 'container' : 'http',
    service: 'api',
    collectedAt: Date.now(),
    durationMs: 1,
  };
}

function tableOf(observation: Observation, name: string): readonly Record<string, unknown>[] {
  const table = observation.tables?.find((candidate) => candidate.name === name);
  return (table?.rows ?? []).map((cells) =>
    Object.fromEntries((table?.columns ?? []).map((column, index) => [column.name, cells[index]])),
  );
}

function addressOf(container: TestContainer): Promise<string> {
  return container.inspect('{{.NetworkSettings.IPAddress}}');
}

function openConnections(host: string, port: number, count: number): readonly Socket[] {
  return Array.from({ length: count }, () => connect(port, host).on('error', () => {}));
}
