import { describe, expect, it } from 'vitest';
import { hostCpuSaturationRule } from '../../../../src/core/diagnosis/rules/host-cpu-saturation.ts';
import { hostDiskFullRule } from '../../../../src/core/diagnosis/rules/host-disk-full.ts';
import { hostDiskIoRule } from '../../../../src/core/diagnosis/rules/host-disk-io.ts';
import { hostMemoryPressureRule } from '../../../../src/core/diagnosis/rules/host-memory-pressure.ts';
import type { Evidence } from '../../../../src/core/evidence.ts';
import { factsOf, outcome, seen, serviceOf } from './evidence-of.ts';

const process = (pid: string, container: string | null, cpu: number, memory = 0) => ({
  pid,
  command: `work-${pid}`,
  cpu_cores: cpu,
  memory_bytes: memory,
  container,
});
const unavailable = (probe: string): Evidence => ({
  status: 'unavailable',
  reason: 'unsupported',
  message: 'no /proc',
  probe,
  service: 'host',
  target: 'host:host',
  targetKind: 'host',
  collectedAt: 0,
  durationMs: 0,
});

describe('host.cpu_saturation', () => {
  const load = (metrics: Record<string, number>, processes: readonly ReturnType<typeof process>[] = []) =>
    seen('host.load', 'host', { cpus: 2, ...metrics }, { tables: { processes } });
  const busyBy = (container: string | null) =>
    load({ cpu_busy_ratio: 1, cpu_pressure_ratio: 1 }, [
      process('7', container, 1.9),
      process('8', 'api', 0.1),
    ]);

  it.each([
    ['idle', load({ cpu_busy_ratio: 0.2, cpu_pressure_ratio: 0 }), 'ruled out'],
    ['busy, and work waits', load({ cpu_busy_ratio: 1, cpu_pressure_ratio: 1 }), 'found 0.8'],
    [
      'busy because of many small ones',
      load({ cpu_busy_ratio: 1, cpu_pressure_ratio: 1 }, [
        process('7', 'batch', 0.3),
        process('8', null, 0.2),
      ]),
      'found 0.8',
    ],
    ['busy because of another container', busyBy('batch'), 'found 0.95'],
    ['busy because of a process of the host', busyBy(null), 'found 0.95'],
    ['busy because of the asked-about service', busyBy('api'), 'found 0.6'],
    ['busy, but nothing waits', load({ cpu_busy_ratio: 0.95, cpu_pressure_ratio: 0.02 }), 'ruled out'],
    ['no pressure in this kernel, long queue', load({ cpu_busy_ratio: 1, load1_per_cpu: 3 }), 'found 0.8'],
    ['no pressure in this kernel, short queue', load({ cpu_busy_ratio: 1, load1_per_cpu: 1 }), 'found 0.5'],
    ['waiting for the disk is not busy', load({ cpu_busy_ratio: 0.1, iowait_ratio: 0.9 }), 'ruled out'],
    ['CPU not measured', load({}), 'undecided'],
    ['no host probe at all', unavailable('host.load'), 'undecided'],
  ])('%s', (_, evidence, expected) => {
    expect(outcome(hostCpuSaturationRule, factsOf([evidence]))).toBe(expected);
  });

  it('adds the processes of a container up and names it', () => {
    const evidence = load({ cpu_busy_ratio: 1, cpu_pressure_ratio: 0.9 }, [
      process('9', null, 0.8),
      process('7', 'batch', 0.6),
      process('8', 'batch', 0.6),
    ]);
    const [verdict] = hostCpuSaturationRule.evaluate(factsOf([evidence]));
    expect(verdict).toMatchObject({
      cause: {
        summary: expect.stringContaining('container batch (work-7) uses 1.2 cores'),
        advice: [{ effect: 'reads', command: expect.stringMatching(/^docker inspect .* batch$/) }],
      },
    });
  });

  it('adds the processes of a server outside of containers up', () => {
    const backend = (pid: string) => ({
      ...process(pid, null, 0.3),
      command: `postgres: shop shop 172.17.0.${pid}(4242) SELECT`,
    });
    const evidence = load({ cpu_busy_ratio: 1, cpu_pressure_ratio: 0.9 }, [
      process('6', null, 0.4),
      ...['7', '8', '9', '10'].map(backend),
    ]);
    const [verdict] = hostCpuSaturationRule.evaluate(factsOf([evidence]));
    expect(verdict).toMatchObject({
      cause: {
        confidence: 0.95,
        summary: expect.stringContaining(
          '4 processes like 7 (postgres: shop shop 172.17.0.7(4242) SELECT) use 1.2 cores',
        ),
      },
    });
  });

  it('blames nobody, and limits nobody, where many share the CPUs', () => {
    const evidence = load({ cpu_busy_ratio: 1, cpu_pressure_ratio: 0.9 }, [
      process('7', 'batch', 0.3),
      process('8', null, 0.2),
    ]);
    const stats = seen('docker.stats', 'batch', { cpu_limit_cores: 2 }, { facts: { container: 'batch' } });
    const [verdict] = hostCpuSaturationRule.evaluate(factsOf([evidence, stats]));
    expect(verdict).toMatchObject({
      cause: {
        summary:
          'CPUs of the machine 100 % busy; many processes share them, most of all container batch (work-7) with 0.3 cores.',
        advice: [{ effect: 'reads', command: expect.stringMatching(/^ps /) }],
      },
    });
  });

  it.each([
    [2, '1'],
    [1.5, '0.75'],
    [0.4, '0.2'],
  ])('never raises a limit of %d cores', (limit, less) => {
    const evidence = busyBy('batch');
    const stats = seen(
      'docker.stats',
      'batch',
      { cpu_limit_cores: limit },
      { facts: { container: 'batch' } },
    );
    const [verdict] = hostCpuSaturationRule.evaluate(factsOf([evidence, stats]));
    expect(verdict).toMatchObject({
      cause: {
        advice: [
          { command: `docker update --cpus ${less} batch`, undo: `docker update --cpus ${limit} batch` },
        ],
      },
    });
  });
});

describe('host.memory_pressure', () => {
  const memory = (metrics: Record<string, number>) =>
    seen('host.memory', 'host', metrics, { tables: { processes: [process('7', 'batch', 0, 8e9)] } });
  it.each([
    ['plenty', memory({ memory_used_ratio: 0.5, memory_pressure_some_ratio: 0 }), 'ruled out'],
    [
      'a container at its own limit',
      memory({ memory_used_ratio: 0.4, memory_pressure_some_ratio: 0.6, memory_pressure_full_ratio: 0.5 }),
      'ruled out',
    ],
    [
      'short, and work waits',
      memory({ memory_used_ratio: 0.96, memory_pressure_some_ratio: 0.4 }),
      'found 0.9',
    ],
    [
      'short, all work waits now and then',
      memory({ memory_used_ratio: 0.96, memory_pressure_some_ratio: 0.1, memory_pressure_full_ratio: 0.06 }),
      'found 0.9',
    ],
    [
      'short, nothing waits yet',
      memory({ memory_used_ratio: 0.93, memory_pressure_some_ratio: 0 }),
      'found 0.45',
    ],
    ['short, no pressure in this kernel', memory({ memory_used_ratio: 0.93 }), 'found 0.6'],
    ['available memory not measured', memory({ memory_total_bytes: 1 }), 'undecided'],
  ])('%s', (_, evidence, expected) => {
    expect(outcome(hostMemoryPressureRule, factsOf([evidence]))).toBe(expected);
  });
});

describe('host.disk_full', () => {
  const disk = (used: number, inodes = 0.1) =>
    seen(
      'host.disk',
      'host',
      { disk_used_ratio: used, inodes_used_ratio: inodes },
      {
        tables: {
          mounts: [
            { mount: '/', used_ratio: used, inodes_ratio: 0.1 },
            { mount: '/var', used_ratio: 0.2, inodes_ratio: inodes },
          ],
        },
      },
    );
  const log = seen(
    'docker.logs',
    'db',
    {},
    {
      tables: {
        patterns: [
          {
            pattern: 'could not extend file <*>: No space left on device',
            level: 'error',
            count: 3,
            count_before: 0,
            example: 'could not extend file "base/1": No space left on device',
          },
        ],
      },
    },
  );
  it.each([
    ['room', [disk(0.68)], 'ruled out'],
    ['nearly full', [disk(0.92)], 'found 0.5'],
    ['full', [disk(0.99)], 'found 0.9'],
    ['full of files', [disk(0.3, 1)], 'found 0.9'],
    ['room by now, but a write failed for lack of it', [disk(0.68), log], 'found 0.9'],
    ['not readable', [seen('host.disk', 'host', {})], 'undecided'],
  ])('%s', (_, evidence, expected) => {
    expect(outcome(hostDiskFullRule, factsOf(evidence))).toBe(expected);
  });

  it('names the file system that is full of files', () => {
    expect(hostDiskFullRule.evaluate(factsOf([disk(0.3, 0.99)]))[0]).toMatchObject({
      cause: { summary: expect.stringContaining('/var is 99 % full of files') },
    });
  });

  it('blames the service whose write failed', () => {
    const services = [serviceOf('api', 'node', ['db']), serviceOf('db', 'postgres')];
    expect(hostDiskFullRule.evaluate(factsOf([disk(0.68), log], { services }))[0]).toMatchObject({
      cause: { service: 'db' },
    });
  });
});

describe('host.disk_io', () => {
  const disk = (metrics: Record<string, number>) =>
    seen('host.disk', 'host', metrics, { tables: { devices: [{ device: 'sda' }] } });
  it.each([
    ['idle', { io_pressure_some_ratio: 0, disk_util_ratio: 0.05 }, 'ruled out'],
    ['four synchronous writers', { io_pressure_some_ratio: 0.91, disk_util_ratio: 0.97 }, 'found 0.85'],
    [
      'some waiting, slow requests',
      { io_pressure_some_ratio: 0.3, disk_util_ratio: 0.5, disk_await_ms: 150 },
      'found 0.6',
    ],
    ['busy, but nobody waits', { io_pressure_some_ratio: 0.02, disk_util_ratio: 0.99 }, 'ruled out'],
    [
      'waiting, and no disk shows why (many requests at once, or a file system that is elsewhere)',
      { io_pressure_some_ratio: 0.5, disk_util_ratio: 0.1, disk_await_ms: 0.3 },
      'found 0.45',
    ],
    ['no pressure in this kernel, and quick', { disk_util_ratio: 0.5, disk_await_ms: 3 }, 'ruled out'],
    ['busy, no pressure in this kernel', { disk_util_ratio: 0.97 }, 'found 0.5'],
    ['requests not measured', {}, 'undecided'],
  ])('%s', (_, metrics, expected) => {
    expect(outcome(hostDiskIoRule, factsOf([disk(metrics)]))).toBe(expected);
  });

  const BUSY = { io_pressure_some_ratio: 0.9, disk_util_ratio: 0.97 };
  const user = (pid: string, container: string | null, read: number, written: number) => ({
    pid,
    command: `work-${pid}`,
    read_bytes_per_second: read,
    write_bytes_per_second: written,
    memory_bytes: null,
    container,
  });
  const docker = seen('docker.stats', 'batch', { block_write_bytes_per_second: 3e6 });
  it.each([
    [
      'the processes of a container together',
      [user('7', 'api', 0, 4e6), user('8', 'db-1', 0, 3e6), user('9', 'db-1', 0, 3e6)],
      'Disk sda is 97 % busy; db-1 writes 6 MB/s, most of it in "work-8" (PID 8).',
    ],
    [
      'a process outside of containers',
      [user('7', null, 0, 4e6)],
      'Disk sda is 97 % busy; "work-7" (PID 7) writes 4 MB/s.',
    ],
    [
      'one that reads',
      [user('7', 'api', 9e6, 1e6)],
      'Disk sda is 97 % busy; api reads 9 MB/s, most of it in "work-7" (PID 7).',
    ],
    ['only what Docker tells', [user('7', 'api', 0, 1000)], 'Disk sda is 97 % busy; batch writes 3 MB/s.'],
  ])('names who uses the disk: %s', (_, processes, summary) => {
    const evidence = seen('host.disk', 'host', BUSY, { tables: { devices: [{ device: 'sda' }], processes } });
    const [verdict] = hostDiskIoRule.evaluate(factsOf([evidence, docker]));
    expect(verdict).toMatchObject({ cause: { summary } });
  });
});
