import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDockerClient, type DockerClient } from '../../../src/probes/docker/client.ts';
import { parseProcStat, parseTop } from '../../../src/probes/docker/process-times.ts';
import { dockerTopProbe } from '../../../src/probes/docker/top.ts';
import { probeContract } from '../../contract/probe-contract.ts';
import { startContainer, type TestContainer } from '../../support/docker.ts';
import { describeWith } from '../../support/requirements.ts';
import { collect, containerTarget, numbers } from './collect.ts';

const BUSY = 'sleep 60 & exec node -e "for (;;);" -- --password=hunter22';

describeWith(['docker'], 'docker.top', () => {
  let docker: DockerClient;
  let busy: TestContainer;

  beforeAll(async () => {
    docker = createDockerClient();
    busy = await startContainer({ cmd: ['sh', '-c', BUSY], cpus: 0.5 });
  });

  afterAll(async () => {
    await busy?.remove();
    await docker.close();
  });

  probeContract({
    healthy: () => ({ probe: dockerTopProbe({ docker }), target: containerTarget(busy.name) }),
    unreachable: () => ({
      probe: dockerTopProbe({ docker }),
      target: containerTarget('perfbot-test-nobody'),
    }),
    metrics: ['processes', 'top_process_cpu_cores'],
    tables: ['processes'],
  });

  it('names the process that uses the CPU, without the password in its arguments', async () => {
    const observation = await collect(dockerTopProbe({ docker }), containerTarget(busy.name));
    expect(numbers(observation).processes).toBe(2);
    // A loop gets little of a machine that is busy with other tests; one that sleeps gets nothing.
    expect(numbers(observation).top_process_cpu_cores).toBeGreaterThan(0.01);
    const [first, second] = observation.tables?.[0]?.rows ?? [];
    expect(first?.[1]).toBe('node -e for (;;); -- --password=[redacted]');
    expect(second?.[1]).toBe('sleep 60');
  });

  it('measures through Docker alone where the pids of the host cannot be seen, and says how coarse that is', async () => {
    const probe = dockerTopProbe({ docker, procRoot: '/nowhere' });
    const look = async () => {
      const observation = await collect(probe, containerTarget(busy.name));
      expect(observation.windowMs).toBeGreaterThanOrEqual(5000);
      expect(observation.gaps).toHaveLength(1);
      return numbers(observation).top_process_cpu_cores;
    };
    // Docker tells whole seconds: where others want the CPU too, one window may hold none.
    await expect.poll(look, { timeout: 45_000 }).toBeGreaterThan(0.01);
  }, 60_000);
});

describe('process times', () => {
  it('reads the columns of ps', () => {
    const top = {
      Titles: ['PID', 'PPID', 'USER', 'RSS', 'TIME', 'COMMAND'],
      Processes: [['7', '1', 'root', '2048', '65', 'node a b']],
    };
    expect(parseTop(top)).toEqual([
      { pid: 7, user: 'root', rssBytes: 2048 * 1024, cpuMs: 65_000, command: 'node a b' },
    ]);
  });

  it('refuses other columns', () => {
    expect(() => parseTop({ Titles: ['PID', 'USER'], Processes: [] })).toThrowError(/columns/);
  });

  it('reads /proc/<pid>/stat although a name may hold blanks and parentheses', () => {
    const stat = '7 (my (odd) app) S 1 7 7 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 11 0 100 1000 200';
    expect(parseProcStat(stat)).toBe(3000);
    expect(parseProcStat('')).toBeUndefined();
  });
});
