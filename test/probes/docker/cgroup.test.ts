import { describe, expect, it, onTestFinished } from 'vitest';
import { cgroupGaps, cgroupMetrics, readCgroup } from '../../../src/probes/docker/cgroup.ts';
import { createProcTree } from '../../support/proc-tree.ts';

const ID = 'a'.repeat(64);
const PRESSURE = (total: number) =>
  `some avg10=0.00 avg60=0.00 avg300=0.00 total=${total}\nfull avg10=0 total=0\n`;

async function read(files: Readonly<Record<string, string>>) {
  const tree = createProcTree(files);
  onTestFinished(tree.remove);
  const kernel = { procRoot: `${tree.root}/proc`, cgroupRoot: `${tree.root}/cgroup` };
  return readCgroup(kernel, { id: ID, pid: 7 }, new AbortController().signal);
}

describe('readCgroup', () => {
  it('reads pressure and the counts of the memory limit from cgroup v2', async () => {
    const directory = `cgroup/system.slice/docker-${ID}.scope`;
    const reading = await read({
      'proc/7/cgroup': `0::/system.slice/docker-${ID}.scope\n`,
      [`${directory}/cpu.pressure`]: PRESSURE(5),
      [`${directory}/memory.pressure`]: PRESSURE(6),
      [`${directory}/io.pressure`]: PRESSURE(7),
      [`${directory}/memory.events`]: 'low 0\nhigh 0\nmax 41\noom 2\noom_kill 1\noom_group_kill 0\n',
    });
    expect(reading).toEqual({
      pressure: {
        cpu: { someUs: 5, fullUs: 0 },
        memory: { someUs: 6, fullUs: 0 },
        io: { someUs: 7, fullUs: 0 },
      },
      limitHits: 41,
      oomKills: 1,
      version: 2,
    });
    expect(cgroupGaps(reading)).toEqual([]);
  });

  it('says what is missing where the kernel counts no pressure', async () => {
    const reading = await read({
      'proc/7/cgroup': `0::/docker/${ID}\n`,
      // As Linux 5.10 writes it, without the kills of whole groups.
      [`cgroup/docker/${ID}/memory.events`]: 'low 0\nhigh 7\nmax 12\noom 3\noom_kill 2\n',
    });
    expect(reading).toEqual({ version: 2, pressure: {}, limitHits: 12, oomKills: 2 });
    expect(cgroupGaps(reading)[0]?.mend).toBe('boot the host with psi=1');
  });

  it('reads the pressure of CPU from a kernel that counts only tasks that wait, not all of them', async () => {
    const reading = await read({
      'proc/7/cgroup': `0::/docker/${ID}\n`,
      [`cgroup/docker/${ID}/cpu.pressure`]: 'some avg10=98.57 avg60=97.66 avg300=82.98 total=6891815535\n',
    });
    expect(reading?.pressure).toEqual({ cpu: { someUs: 6_891_815_535 } });
  });

  it.each([`0::/../docker-${ID}.scope\n`, `0::/../../docker/${ID}\n`, '0::/\n'])(
    'does not see the cgroup from a namespace below, where the path is %j',
    async (path) => {
      const reading = await read({ 'proc/7/cgroup': path });
      expect(reading).toBeUndefined();
      expect(cgroupGaps(reading)[0]?.mend).toMatch(/cgroup: host/);
    },
  );

  it('reads the counts of cgroup v1, which has no pressure', async () => {
    const reading = await read({
      'proc/7/cgroup': `4:memory:/docker/${ID}\n3:cpu,cpuacct:/docker/${ID}\n`,
      [`cgroup/memory/docker/${ID}/memory.failcnt`]: '99\n',
      [`cgroup/memory/docker/${ID}/memory.oom_control`]: 'oom_kill_disable 0\nunder_oom 0\noom_kill 3\n',
    });
    expect(reading).toEqual({ version: 1, pressure: {}, limitHits: 99, oomKills: 3 });
    expect(cgroupGaps(reading)[0]?.reason).toMatch(/only with cgroup v2/);
  });

  it('does not take the process of another container, or of another machine, for it', async () => {
    expect(await read({ 'proc/7/cgroup': `0::/docker/${'b'.repeat(64)}\n` })).toBeUndefined();
    expect(await read({ 'proc/8/cgroup': `0::/docker/${ID}\n` })).toBeUndefined();
  });
});

describe('cgroupMetrics', () => {
  it('takes shares and rates of the time between two readings', () => {
    const before = { version: 2, pressure: { cpu: { someUs: 1e6 } }, limitHits: 10, oomKills: 0 } as const;
    const after = { version: 2, pressure: { cpu: { someUs: 2e6 } }, limitHits: 30, oomKills: 0 } as const;
    expect(cgroupMetrics(before, after, 2)).toEqual([
      { name: 'cpu_pressure_ratio', value: 0.5, unit: 'ratio' },
      { name: 'memory_limit_hits_per_second', value: 10, unit: 'per_second' },
    ]);
  });

  it('says nothing of counters that went backwards or were not read', () => {
    const reading = { version: 1, pressure: {}, limitHits: 10, oomKills: 0 } as const;
    expect(cgroupMetrics(reading, { ...reading, limitHits: 3 }, 2)).toEqual([]);
    expect(cgroupMetrics(undefined, reading, 2)).toEqual([]);
  });
});
