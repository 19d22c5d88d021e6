import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Advice } from '../../../src/core/diagnosis/cause.ts';
import { diagnose } from '../../../src/core/diagnosis/diagnose.ts';
import { RULES } from '../../../src/core/diagnosis/rules.ts';
import { PerfbotError } from '../../../src/core/errors.ts';
import type { Evidence } from '../../../src/core/evidence.ts';
import type { TargetOf } from '../../../src/core/inventory/target.ts';
import type { Probe } from '../../../src/engine/ports/probe.ts';
import { createDockerClient, type DockerClient } from '../../../src/probes/docker/client.ts';
import { discoverServices } from '../../../src/probes/docker/discover.ts';
import { dockerLogsProbe } from '../../../src/probes/docker/logs.ts';
import { dockerStatsProbe } from '../../../src/probes/docker/stats.ts';
import { dockerTopProbe } from '../../../src/probes/docker/top.ts';
import { type ContainerOptions, startContainer, type TestContainer } from '../../support/docker.ts';
import { describeWith } from '../../support/requirements.ts';
import { collect, containerTarget } from './collect.ts';

const SECRET = 'hunter22';
const BUFFERS = 'const all = []; setInterval(() => all.push(Buffer.alloc(8e6, 1)), 20)';
/** Fills 95 % of its memory and stays there. */
const NEARLY_FULL = `const fs = require('node:fs');
const now = ['/sys/fs/cgroup/memory/memory.usage_in_bytes', '/sys/fs/cgroup/memory.current'].find(fs.existsSync);
const all = [];
while (Number(fs.readFileSync(now, 'utf8')) < 0.95 * 96 * 2 ** 20) all.push(Buffer.alloc(1e6, 1));
console.log('nearly full'); setInterval(() => {}, 1000)`;
const OBJECTS = 'const all = []; setInterval(() => { for (let i = 0; i < 2e5; i++) all.push({ i }); }, 5)';
const CHILD = `require('node:child_process').spawn('node', ['-e', ${JSON.stringify(BUFFERS)}]); setInterval(() => {}, 1000)`;
/** Fills the file system, tidies up what it could not finish, and lives on, as a database does. */
const FULL = `const fs = require('node:fs');
try { for (;;) fs.appendFileSync('/data/segment', Buffer.alloc(65536)); }
catch (error) { fs.rmSync('/data/segment'); console.error('ERROR: could not extend file: ' + error.message); }
setInterval(() => {}, 1000)`;
const FLOOD =
  "const line = 'debug: cart recalculated for session '.repeat(20); setInterval(() => { for (let i = 0; i < 120; i++) console.log(line); }, 50)";

interface Fault {
  readonly cause: string | undefined;
  /** Where several show the same cause. */
  readonly name?: string;
  readonly container: ContainerOptions;
  /** State that shows that the fault has come about. */
  readonly ready: readonly [template: string, value: string];
  /** Text in its log that shows it. */
  readonly says?: string;
  /** A line of its evidence. */
  readonly shows?: RegExp;
  /** What its advice changes: this field of `docker inspect` becomes another one, and the way back leads to the same. */
  readonly changes?: string;
}

const RUNNING = ['{{.State.Running}}', 'true'] as const;
const FAULTS: readonly Fault[] = [
  { cause: undefined, container: { cmd: ['node', '-e', 'setInterval(() => {}, 1000)'] }, ready: RUNNING },
  {
    cause: 'container.cpu_throttled',
    container: { cmd: ['node', '-e', 'for (;;);'], cpus: 0.05 },
    ready: RUNNING,
    changes: '{{.HostConfig.NanoCpus}}',
  },
  {
    cause: 'container.cpu_throttled',
    name: 'container.cpu_throttled by a quota in microseconds',
    container: {
      cmd: ['node', '-e', 'for (;;);'],
      args: ['--cpu-quota', '2500', '--cpu-period', '50000'],
    },
    ready: RUNNING,
    changes: '{{.HostConfig.CpuQuota}}',
  },
  {
    cause: 'container.oom_kill',
    container: {
      cmd: ['node', '-e', BUFFERS],
      memory: '64m',
      env: { NODE_OPTIONS: `--conditions=${SECRET} --max-old-space-size=512` },
    },
    ready: ['{{.State.OOMKilled}}', 'true'],
    shows: /^NODE_OPTIONS lets the heap of Node grow to 512 MiB, 800 % of the memory limit$/,
  },
  {
    cause: 'container.memory_near_limit',
    container: {
      cmd: ['node', '-e', NEARLY_FULL],
      memory: '96m',
      env: { NODE_OPTIONS: '--max-old-space-size=48' },
    },
    ready: RUNNING,
    says: 'nearly full',
    shows:
      /^NODE_OPTIONS lets the heap of Node grow to 48 MiB, 50 % .*: what fills the rest is outside of the heap$/,
  },
  { cause: 'container.oom_child', container: { cmd: ['node', '-e', CHILD], memory: '96m' }, ready: RUNNING },
  {
    cause: 'app.v8_heap_oom',
    container: { cmd: ['node', '--max-old-space-size=32', '-e', OBJECTS], memory: '256m' },
    ready: ['{{.State.Status}}', 'exited'],
    shows: /^its command lets the heap of Node grow to 32 MiB, 12\.5 % of the memory limit$/,
  },
  {
    cause: 'container.crash_loop',
    container: {
      cmd: ['sh', '-c', 'echo "Error: DATABASE_URL is not set" >&2; exit 1'],
      restart: 'on-failure:3',
    },
    ready: ['{{.RestartCount}} {{.State.Status}}', '3 exited'],
  },
  {
    cause: 'container.health_timeout',
    container: { cmd: ['sleep', '60'], healthcheck: { cmd: 'sleep 5', timeout: '300ms' } },
    ready: ['{{.State.Health.Status}}', 'unhealthy'],
  },
  {
    cause: 'container.unhealthy',
    container: { cmd: ['sleep', '60'], healthcheck: { cmd: 'echo connection refused; exit 1' } },
    ready: ['{{.State.Health.Status}}', 'unhealthy'],
  },
  {
    cause: 'host.disk_full',
    container: { cmd: ['node', '-e', FULL], args: ['--tmpfs', '/data:size=1m'] },
    ready: RUNNING,
    says: 'no space left on device',
  },
  { cause: 'app.log_flood', container: { cmd: ['node', '-e', FLOOD] }, ready: RUNNING },
  {
    cause: 'container.stopped',
    container: { cmd: ['sleep', '60'], restart: 'unless-stopped' },
    ready: RUNNING,
  },
];

describeWith(['docker'], 'faults in real containers', () => {
  let docker: DockerClient;
  const containers = new Map<Fault, TestContainer>();

  beforeAll(async () => {
    docker = createDockerClient();
    for (const fault of FAULTS) {
      containers.set(fault, await startContainer(fault.container));
    }
    for (const [{ ready, says }, container] of containers) {
      await container.waitFor(ready[0], ready[1], 20_000);
      if (says !== undefined) await container.waitForLog(says);
    }
  });

  afterAll(async () => {
    await Promise.all([...containers.values()].map((container) => container.remove()));
    await docker.close();
  });

  it.concurrent.each(FAULTS.map((fault) => ({ name: fault.name ?? fault.cause ?? 'nothing wrong', fault })))(
    '$name',
    async ({ fault }) => {
      const container = containers.get(fault);
      if (container === undefined) throw new Error('the container did not start');
      if (fault.cause === 'container.stopped') await container.stop();
      if (fault.cause === 'container.oom_child') await new Promise((resolve) => setTimeout(resolve, 1500));
      const services = await discoverServices({
        docker,
        now: Date.now,
        signal: new AbortController().signal,
      });
      const service = services.find(({ targets }) =>
        targets.some(({ id }) => id === `container:${container.name}`),
      );
      expect(service).toBeDefined();
      const target = { ...containerTarget(container.name), service: service?.name ?? '' };
      const evidence = await Promise.all([
        evidenceOf(dockerStatsProbe({ docker }), target),
        evidenceOf(dockerLogsProbe({ docker }), target),
        evidenceOf(dockerTopProbe({ docker }), target),
      ]);
      const { causes } = diagnose(RULES, { subject: service, services, evidence, usual: () => undefined });
      if (fault.cause === 'host.disk_full') expect(await freeShare(container)).toBeGreaterThan(0.9);
      expect(causes[0]?.id, JSON.stringify(causes.map(({ id, confidence }) => [id, confidence]))).toBe(
        fault.cause,
      );
      if (fault.shows !== undefined)
        expect(causes[0]?.evidence.map(({ text }) => text).join('\n')).toMatch(new RegExp(fault.shows, 'm'));
      expect(JSON.stringify([evidence, causes])).not.toContain(SECRET);
      if (fault.changes !== undefined) await tryAdvice(container, fault.changes, causes[0]?.advice[0]);
    },
  );
});

/** The command does what it says on this Docker, and its way back leads where it came from. */
async function tryAdvice(container: TestContainer, field: string, advice: Advice | undefined) {
  const before = await container.inspect(field);
  execFileSync('sh', ['-c', advice?.command ?? 'false']);
  expect(Number(await container.inspect(field))).toBe(2 * Number(before));
  execFileSync('sh', ['-c', advice?.undo ?? 'false']);
  expect(await container.inspect(field)).toBe(before);
}

/** What `df` would show: by the time somebody looks, there may be room again. */
async function freeShare(container: TestContainer): Promise<number> {
  const look =
    "const { bavail, blocks } = require('node:fs').statfsSync('/data'); console.log(bavail / blocks)";
  return Number(await container.exec('node', '-e', look));
}

async function evidenceOf<P>(probe: Probe<'container', P>, target: TargetOf<'container'>): Promise<Evidence> {
  const source = {
    probe: probe.name,
    target: target.id,
    targetKind: 'container',
    service: target.service,
    collectedAt: Date.now(),
    durationMs: 1,
  } as const;
  try {
    return { ...source, status: 'collected', ...(await collect(probe, target)), collectedAt: Date.now() };
  } catch (error) {
    if (!(error instanceof PerfbotError)) throw error;
    return { ...source, status: 'unavailable', reason: error.reason, message: error.userMessage };
  }
}
