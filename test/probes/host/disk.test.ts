import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath as nodePath } from 'node:process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { metricValue } from '../../../src/core/evidence.ts';
import { hostDiskProbe } from '../../../src/probes/host/disk.ts';
import { openHost } from '../../../src/probes/host/host-files.ts';
import { parseMounts } from '../../../src/probes/host/mounts.ts';
import { probeContract } from '../../contract/probe-contract.ts';
import { createProcTree } from '../../support/proc-tree.ts';

const TARGET = { kind: 'host', id: 'host:host', service: 'host', zone: 'default' } as const;

async function collect(before: Record<string, string>, after: Record<string, string>) {
  const tree = createProcTree({ uptime: '10.00 1.00', ...before });
  onTestFinished(tree.remove);
  setTimeout(() => tree.write({ uptime: '12.00 1.00', ...after }), 120);
  return hostDiskProbe(openHost({ procRoot: tree.root })).collect({
    target: TARGET,
    params: { window: 200 },
    signal: new AbortController().signal,
    now: Date.now,
    log: { debug() {}, info() {}, warn() {}, error() {} },
  });
}

describe('host.disk', () => {
  probeContract({
    healthy: () => ({ probe: hostDiskProbe(openHost({})), target: TARGET }),
    metrics: [
      'disk_used_ratio',
      'inodes_used_ratio',
      'disk_util_ratio',
      'disk_await_ms',
      'io_pressure_some_ratio',
    ],
    tables: ['mounts', 'devices', 'processes'],
    params: { window: 200 },
  });

  it('computes await and util as iostat does, for whole disks only', async () => {
    const observation = await collect(
      {
        diskstats:
          ' 8 0 sda 100 0 0 50 100 0 0 50 0 1000 0\n 8 1 sda1 1 0 0 1 1 0 0 1 0 1 0\n 7 0 loop0 9 0 0 9 9 0 0 9 0 9 0\n',
        'pressure/io': 'some total=0\nfull total=0\n',
      },
      {
        diskstats:
          ' 8 0 sda 110 0 0 90 130 0 0 410 3 2900 0\n 8 1 sda1 9 0 0 9 9 0 0 9 0 9 0\n 7 0 loop0 99 0 0 99 99 0 0 99 0 99 0\n',
        'pressure/io': 'some total=1820000\nfull total=0\n',
      },
    );
    expect(metricValue(observation, 'disk_util_ratio')).toBeCloseTo(0.95);
    expect(metricValue(observation, 'disk_await_ms')).toBeCloseTo(10);
    expect(metricValue(observation, 'io_pressure_some_ratio')).toBeCloseTo(0.91);
    expect(observation.tables?.find(({ name }) => name === 'devices')?.rows).toEqual([
      ['sda', 5, 15, 10, expect.closeTo(0.95)],
    ]);
  });

  it('reports no time per request when no request finished', async () => {
    const observation = await collect({ diskstats: ' 8 0 sda 1 0 0 5 1 0 0 5 0 10 0\n' }, {});
    expect(metricValue(observation, 'disk_await_ms')).toBeUndefined();
    expect(observation.gaps?.map(({ what }) => what)).toContain('time per disk request');
  });
});

describe('who uses the disks', () => {
  const stat = (pid: number, started = 500) =>
    `${pid} (work) S 1 1 1 0 -1 4194304 0 0 0 0 9 0 0 0 20 0 1 0 ${started} 1000 25 0`;
  const io = (read: number, written: number) =>
    `rchar: 9\nwchar: 9\nread_bytes: ${read}\nwrite_bytes: ${written}\ncancelled_write_bytes: 0\n`;
  const diskstats = ' 8 0 sda 1 0 0 5 1 0 0 5 0 10 0\n';

  it('divides what each process read and wrote by the window, most first', async () => {
    const observation = await collect(
      {
        diskstats,
        '7/stat': stat(7),
        '7/io': io(0, 1e6),
        '8/stat': stat(8),
        '8/io': io(5e6, 0),
        '9/stat': stat(9),
        '9/io': io(4e6, 4e6),
      },
      {
        '7/io': io(0, 21e6),
        '8/io': io(9e6, 0),
        // It began within the window.
        '10/stat': stat(10, 900),
        '10/io': io(0, 2e6),
      },
    );
    const table = observation.tables?.find(({ name }) => name === 'processes');
    expect(table?.rows.map(([pid, , read, written]) => [pid, read, written])).toEqual([
      ['7', 0, 10e6],
      ['8', 2e6, 0],
      ['10', 0, 1e6],
    ]);
    expect(observation.gaps?.filter(({ what }) => what.includes('processes'))).toEqual([]);
  });

  it('says how many it may not see', async () => {
    const observation = await collect(
      { diskstats, '7/stat': stat(7), '8/stat': stat(8), '8/io': io(0, 0) },
      { '8/io': io(0, 3e6) },
    );
    expect(observation.gaps).toContainEqual({
      what: 'what 1 of 2 processes read and write',
      reason: expect.stringContaining('only to root'),
      mend: expect.stringContaining('SYS_PTRACE'),
    });
  });

  it('asks for no right that it has: one that sees the others meets a process that guards itself', async () => {
    const seen = { '8/stat': stat(8), '8/io': io(0, 0), '9/stat': stat(9), '9/io': io(0, 0) };
    const observation = await collect({ diskstats, '1/stat': stat(1), ...seen }, {});
    const gap = observation.gaps?.find(({ what }) => what === 'what 1 of 3 processes read and write');
    expect(gap?.reason).toContain('guard themselves');
    expect(gap?.mend).toBeUndefined();
  });

  it('names a process that really writes', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'perfbot-writer-'));
    const script = `const fs = require('fs'); const fd = fs.openSync('${directory}/x', 'w'); const block = Buffer.alloc(1e6);
      setInterval(() => { fs.writeSync(fd, block, 0, 1e6, 0); fs.fdatasyncSync(fd); }, 20); console.log('writes');`;
    const writer = spawn(nodePath, ['--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => {
      writer.kill();
      rmSync(directory, { recursive: true, force: true });
    });
    await once(writer.stdout, 'data');
    const observation = await hostDiskProbe(openHost({})).collect({
      target: TARGET,
      params: { window: 1500 },
      signal: new AbortController().signal,
      now: Date.now,
      log: { debug() {}, info() {}, warn() {}, error() {} },
    });
    const rows = observation.tables?.find(({ name }) => name === 'processes')?.rows ?? [];
    const row = rows.find(([pid]) => pid === String(writer.pid));
    expect(Number(row?.[3])).toBeGreaterThan(500_000);
  });
});

describe('parseMounts', () => {
  it('keeps file systems with data, once each, and leaves containers, pseudo and network ones out', () => {
    const { local, network } = parseMounts(
      [
        '22 1 0:21 / /proc rw - proc proc rw',
        '27 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw',
        '28 27 254:1 / /var/lib/bind rw - ext4 /dev/vda1 rw',
        '29 27 254:2 / /mnt/with\\040blank rw - xfs /dev/vdb rw',
        '30 27 0:40 / /var/lib/docker/overlay2/abc/merged rw - overlay overlay rw',
        '31 27 0:41 / /var/lib/docker/containers/abc/mounts/shm rw - tmpfs shm rw',
        '32 27 0:42 / /run/user/0 rw - tmpfs tmpfs rw',
        '33 27 0:43 / /srv/cache rw - tmpfs tmpfs rw',
        '34 27 0:44 / /home rw - nfs4 nas:/home rw',
        '36 27 0:45 / /dev/shm rw - tmpfs tmpfs rw',
        '37 27 0:46 / /dev/shm rw - tmpfs tmpfs rw',
        '35 27 0:4 net:[1] /run/docker/netns/x rw - nsfs nsfs rw',
      ].join('\n'),
    );
    expect(local.map(({ path }) => path)).toEqual(['/', '/mnt/with blank', '/srv/cache', '/dev/shm']);
    expect(network).toEqual(['/home']);
  });
});
