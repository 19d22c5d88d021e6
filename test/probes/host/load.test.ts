import { afterEach, describe, expect, it } from 'vitest';
import { metricValue, type Observation } from '../../../src/core/evidence.ts';
import { hostProbes } from '../../../src/probes/host/registry.ts';
import { probeContract } from '../../contract/probe-contract.ts';
import { createProcTree, type ProcTree } from '../../support/proc-tree.ts';

const TARGET = { kind: 'host', id: 'host:host', service: 'host', zone: 'default' } as const;
const ID = 'ab'.repeat(32);
const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** stat of a process that has used `ticks` of CPU; the name holds what breaks naive parsers. */
const stat = (pid: number, name: string, ticks: number) =>
  `${pid} (${name}) S 1 1 1 0 -1 4194304 0 0 0 0 ${ticks} 0 0 0 20 0 1 0 500 1000 25 0`;

const BEFORE = {
  stat: 'cpu  100 0 100 700 100 0 0 0 0 0\ncpu0 50 0 50 350 50 0 0 0 0 0\ncpu1 50 0 50 350 50 0 0 0 0 0\n',
  uptime: '1000.00 1500.00\n',
  loadavg: '6.00 3.00 1.00 3/200 4242\n',
  'pressure/cpu':
    'some avg10=0.00 avg60=0.00 avg300=0.00 total=1000000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n',
  '2/comm': 'kthreadd\n',
  'sys/fs/file-nr': '5000\t0\t20000\n',
  '7/stat': stat(7, 'busy (loop) x', 100),
  '7/cmdline': 'node\0server.js\0--db-password\0hunter2\0postgres://app:s3cret@db/shop\0',
  '7/status': 'Name:\tbusy\nVmRSS:\t   2048 kB\n',
  '7/cgroup': `9:memory:/docker/${ID}\n`,
  '8/stat': stat(8, 'idle', 50),
};
/** Two seconds later: 320 of 400 ticks busy, 40 waiting for a disk; process 7 used 1.5 cores; 1.5 s of waiting. */
const AFTER = {
  stat: 'cpu  300 0 200 740 140 0 0 20 0 0\ncpu0 150 0 100 370 70 0 0 10 0 0\ncpu1 150 0 100 370 70 0 0 10 0 0\n',
  uptime: '1002.00 1500.40\n',
  'pressure/cpu': 'some avg10=0.00 avg60=0.00 avg300=0.00 total=2500000\n',
  '7/stat': stat(7, 'busy (loop) x', 400),
};

let trees: ProcTree[] = [];
const tree = (files: Readonly<Record<string, string>>) => {
  const made = createProcTree(files);
  trees.push(made);
  return made;
};
afterEach(() => {
  for (const made of trees) made.remove();
  trees = [];
});

async function collect(
  before: Record<string, string>,
  after: Record<string, string>,
  options: Parameters<typeof hostProbes>[0] = {},
): Promise<Observation> {
  const proc = tree(before);
  const probe = hostProbes({ procRoot: proc.root, cgroupRoot: tree({}).root, ...options })[0];
  const running = probe?.collect({
    target: TARGET,
    params: { window: 400 },
    signal: new AbortController().signal,
    now: Date.now,
    log: silent,
  });
  setTimeout(() => proc.write(after), 250);
  return running ?? { metrics: [] };
}

describe('host.load', () => {
  probeContract({
    healthy: () => ({
      probe: hostProbes()[0] as NonNullable<ReturnType<typeof hostProbes>[0]>,
      target: TARGET,
    }),
    metrics: [
      'cpu_busy_ratio',
      'cpus',
      'load1_per_cpu',
      'iowait_ratio',
      'steal_ratio',
      'cpu_pressure_ratio',
      'open_files',
      'open_files_ratio',
    ],
    tables: ['processes'],
    params: { window: '300ms' },
  });

  it('divides differences by the window of the kernel clock', async () => {
    const observation = await collect(BEFORE, AFTER);
    expect(metricValue(observation, 'cpu_busy_ratio')).toBeCloseTo(0.8);
    expect(metricValue(observation, 'iowait_ratio')).toBeCloseTo(0.1);
    expect(metricValue(observation, 'steal_ratio')).toBeCloseTo(0.05);
    expect(metricValue(observation, 'cpu_pressure_ratio')).toBeCloseTo(0.75);
    expect(metricValue(observation, 'load1_per_cpu')).toBe(3);
    expect(metricValue(observation, 'open_files')).toBe(5000);
    expect(metricValue(observation, 'open_files_ratio')).toBe(0.25);
    expect(observation.windowMs).toBe(2000);
    expect(observation.gaps).toEqual([]);
  });

  it('puts the busiest process first, with its container and without its secrets', async () => {
    const names = new Map([[ID, 'shop-api']]);
    const observation = await collect(BEFORE, AFTER, { containerNames: async () => names });
    const row = observation.tables?.[0]?.rows[0];
    expect(row).toEqual([
      '7',
      'node server.js --db-password [redacted] postgres://app:[redacted]@db/shop',
      1.5,
      2048 * 1024,
      'shop-api',
    ]);
  });

  it('shows the short id when nobody names the container', async () => {
    const containerNames = () => Promise.reject(new Error('no docker'));
    const observation = await collect(BEFORE, AFTER, { containerNames });
    expect(observation.tables?.[0]?.rows[0]?.[4]).toBe(ID.slice(0, 12));
  });

  it('says what a kernel without PSI and a pid namespace of its own hide', async () => {
    const { 'pressure/cpu': _, '2/comm': __, ...files } = BEFORE;
    const { 'pressure/cpu': ___, ...after } = AFTER;
    const observation = await collect(files, after);
    expect(metricValue(observation, 'cpu_pressure_ratio')).toBeUndefined();
    expect(observation.gaps?.map(({ what }) => what)).toEqual(['cpu pressure', 'processes of the host']);
  });

  it.each([
    ['cgroup v2', { 'cpu.max': '50000 100000\n', 'memory.max': '536870912\n' }],
    [
      'cgroup v1',
      {
        'cpu/cpu.cfs_quota_us': '50000\n',
        'cpu/cpu.cfs_period_us': '100000\n',
        'memory/memory.limit_in_bytes': '536870912\n',
      },
    ],
  ])('states the limits of its own container as a fact (%s)', async (_, cgroup) => {
    const observation = await collect(BEFORE, AFTER, { cgroupRoot: tree(cgroup).root });
    expect(observation.facts?.perfbot_limit).toContain('0.5 cores and 537 MB');
  });

  it('uses what Node knows where there is no /proc', async () => {
    const observation = await collect({}, {});
    expect(metricValue(observation, 'cpus')).toBeGreaterThan(0);
    expect(observation.gaps).toHaveLength(1);
    expect(metricValue(observation, 'cpu_pressure_ratio')).toBeUndefined();
  });
});
