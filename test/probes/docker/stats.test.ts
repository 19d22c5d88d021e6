import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDockerClient, type DockerClient } from '../../../src/probes/docker/client.ts';
import { dockerStatsProbe } from '../../../src/probes/docker/stats.ts';
import { probeContract } from '../../contract/probe-contract.ts';
import { startContainer, type TestContainer } from '../../support/docker.ts';
import { describeWith } from '../../support/requirements.ts';
import { collect, containerTarget, numbers } from './collect.ts';

const METRICS = [
  'cpu_cores',
  'cpu_limit_cores',
  'cpu_ratio',
  'throttled_ratio',
  'memory_used_bytes',
  'memory_limit_bytes',
  'memory_ratio',
  'network_rx_bytes_per_second',
  'network_tx_bytes_per_second',
  'network_errors_per_second',
  'network_dropped_per_second',
  'block_read_bytes_per_second',
  'block_write_bytes_per_second',
  'online_cpus',
  'pids',
  'pids_limit',
  'pids_ratio',
  'cpu_pressure_ratio',
  'memory_pressure_some_ratio',
  'io_pressure_some_ratio',
  'memory_limit_hits_per_second',
  'restart_count',
  'oom_events',
  'die_events',
  'running',
];
/** Fills its cgroup until the kernel kills it. */
const EAT_MEMORY = 'const all = []; setInterval(() => all.push(Buffer.alloc(8e6, 1)), 20)';

describeWith(['docker'], 'docker.stats', () => {
  let docker: DockerClient;
  let busy: TestContainer;
  let stopped: TestContainer;
  let killed: TestContainer;
  let sick: TestContainer;

  beforeAll(async () => {
    docker = createDockerClient();
    [busy, stopped, killed, sick] = await Promise.all([
      startContainer({
        cmd: ['node', '-e', 'for (;;);'],
        cpus: 0.1,
        memory: '128m',
        labels: { 'test.app': 'busy' },
        args: ['--pids-limit', '60'],
      }),
      startContainer({ cmd: ['sh', '-c', 'exit 3'] }),
      startContainer({ cmd: ['node', '-e', EAT_MEMORY], memory: '48m' }),
      startContainer({
        cmd: ['sleep', '300'],
        healthcheck: { cmd: 'echo password=hunter22; exit 1', timeout: '10s' },
      }),
    ]);
    await stopped.waitFor('{{.State.Status}}', 'exited');
    await killed.waitFor('{{.State.Status}}', 'exited');
  });

  afterAll(async () => {
    await Promise.all([busy, stopped, killed, sick].map((container) => container?.remove()));
    await docker.close();
  });

  probeContract({
    healthy: () => ({ probe: dockerStatsProbe({ docker }), target: containerTarget(busy.name) }),
    unreachable: () => ({
      probe: dockerStatsProbe({ docker: createDockerClient({ host: 'tcp://u:hunter22@127.0.0.1:1' }) }),
      target: containerTarget('x'),
    }),
    metrics: METRICS,
    tables: ['health_checks'],
    secrets: ['hunter22'],
  });

  it('measures CPU against the limit, not against the machine', async () => {
    const observation = await collect(dockerStatsProbe({ docker }), containerTarget(busy.name));
    const seen = numbers(observation);
    expect(seen.cpu_limit_cores).toBe(0.1);
    expect(seen.cpu_ratio).toBeGreaterThan(0.6);
    expect(seen.throttled_ratio).toBeGreaterThan(0.5);
    expect(seen.memory_limit_bytes).toBe(128 * 1024 * 1024);
    expect(seen.memory_ratio).toBeLessThan(0.9);
    expect(seen.online_cpus).toBeGreaterThanOrEqual(1);
    expect(observation.facts?.memory_swap_bytes).toBe(String(128 * 1024 * 1024));
    expect(seen.pids_limit).toBe(60);
    expect(seen.pids_ratio).toBeCloseTo((seen.pids ?? 0) / 60);
    expect(observation.facts?.oom_kills_since_start).toBe('0');
    const [gap] = (observation.gaps ?? []).filter(({ what }) => what.startsWith('pressure'));
    // Machines with cgroup v1 alone do not have it.
    if (gap) expect(gap.reason).toMatch(/cgroup v2/);
    else expect(seen.cpu_pressure_ratio).toBeGreaterThan(0.3);
    expect(observation.windowMs).toBeGreaterThanOrEqual(2000);
    expect(observation.series?.map(({ name, points }) => [name, points.length])).toEqual([
      ['cpu_ratio', 3],
      ['memory_used_bytes', 4],
    ]);
  });

  it('shows the last health checks, without secrets', async () => {
    await sick.waitFor('{{.State.Health.Status}}', 'unhealthy', 20_000);
    const observation = await collect(dockerStatsProbe({ docker }), containerTarget(sick.name), {
      samples: 2,
      interval: '100ms',
    });
    const [at, took, code, output] = observation.tables?.[0]?.rows[0] ?? [];
    expect(Number(at)).toBeGreaterThan(Date.now() - 60_000);
    expect(Number(took)).toBeGreaterThanOrEqual(0);
    expect([code, output]).toEqual(['1', 'password=[redacted]']);
    expect(observation.facts?.health_output).toBe('password=[redacted]');
  });

  it('leaves a gap where it cannot see the cgroup', async () => {
    const kernel = { procRoot: '/nowhere', cgroupRoot: '/nowhere' };
    const observation = await collect(dockerStatsProbe({ docker, kernel }), containerTarget(busy.name), {
      samples: 2,
      interval: '100ms',
    });
    expect(observation.gaps).toContainEqual(
      expect.objectContaining({ mend: expect.stringContaining('cgroup: host') }),
    );
    expect(numbers(observation).pids).toBeGreaterThan(0);
  });

  it('finds a container by its label', async () => {
    const target = { ...containerTarget('busy'), container: { label: 'test.app', value: 'busy' } };
    const observation = await collect(dockerStatsProbe({ docker }), target, { samples: 2 });
    expect(observation.facts?.container).toBe(busy.name);
  });

  it('reports no CPU and no memory of a stopped container, which is not the same as none used', async () => {
    const observation = await collect(dockerStatsProbe({ docker }), containerTarget(stopped.name));
    expect(numbers(observation)).toEqual({ running: 0, restart_count: 0, oom_events: 0, die_events: 1 });
    expect(observation.facts).toMatchObject({ status: 'exited', exit_code: '3', oom_killed: 'false' });
  });

  it('counts out-of-memory kills', async () => {
    const observation = await collect(dockerStatsProbe({ docker }), containerTarget(killed.name));
    expect(numbers(observation).oom_events).toBeGreaterThanOrEqual(1);
    expect(observation.facts).toMatchObject({ exit_code: '137', oom_killed: 'true' });
  });

  it('leaves a gap when the engine hides its events', async () => {
    const hidden: DockerClient = {
      ...docker,
      events: (query, signal) => createDockerClient({ host: '/nowhere.sock' }).events(query, signal),
    };
    const observation = await collect(dockerStatsProbe({ docker: hidden }), containerTarget(stopped.name));
    expect(numbers(observation)).toEqual({ running: 0, restart_count: 0 });
    expect(observation.gaps?.[0]?.what).toMatch(/out-of-memory/);
  });
});
