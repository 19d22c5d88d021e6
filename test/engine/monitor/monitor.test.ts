import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { ProbeError } from '../../../src/core/errors.ts';
import type { Metric } from '../../../src/core/evidence.ts';
import type { Service } from '../../../src/core/inventory/service.ts';
import { toAnyProbe } from '../../../src/engine/any-probe.ts';
import { judgeSamples } from '../../../src/engine/monitor/judge-samples.ts';
import { MONITORED } from '../../../src/engine/monitor/monitored.ts';
import { sampleServices } from '../../../src/engine/monitor/sample-services.ts';
import { type TestDatabase, testDatabase } from '../../support/database.ts';
import { API, type Harness, HOST, harness, playbook } from '../harness.ts';

const INTERVAL = 30_000;
/** A busy machine takes its time. */
const BUSY = { timeout: 10_000 };

let test: TestDatabase;
beforeEach(async () => {
  test = await testDatabase();
});
afterEach(() => test.close());

type Answer = readonly Metric[] | 'unreachable' | 'not_found';

const FALLBACK = playbook('look', {
  title: 'Look at it',
  description: 'For tests',
  triggers: { fallback: true },
  steps: [{ title: 'Load', probes: [{ probe: 'docker.stats', on: 'all' }] }],
});

function running(cpu: number): Answer {
  return [
    { name: 'cpu_ratio', value: cpu, unit: 'ratio' },
    { name: 'running', value: 1, unit: 'count' },
  ];
}

/** The engine with a monitor that looks at containers whose answers the test gives. */
function monitored(
  services: readonly Service[],
  answer: (target: string) => Answer,
  limit: <T>(task: () => Promise<T>) => Promise<T> = (task) => task(),
) {
  const probe = toAnyProbe({
    name: 'docker.stats',
    title: 'Container',
    targetKind: 'container',
    cost: 'light',
    timeoutMs: 1000,
    params: z.object({}),
    async collect({ target }) {
      const metrics = answer(target.id);
      if (typeof metrics === 'string')
        throw new ProbeError(metrics, metrics, { userMessage: `Docker: ${metrics}.` });
      return { metrics };
    },
  });
  const list = [...services];
  const left = new Map<string, number>();
  const h = harness({ database: test.database, services: list, probes: [probe], playbooks: [FALLBACK] });
  const outcomes: string[] = [];
  const sample = sampleServices({
    ...h,
    monitored: [{ probe: 'docker.stats', params: {}, metrics: ['running'] }],
    samples: test.database.samples,
    monitor: test.database.monitor,
    zone: 'default',
    intervalMs: 30_000,
    spreadMs: 0,
    judge: judgeSamples({
      monitor: test.database.monitor,
      accept: h.accept,
      leftAt: (name) => left.get(name),
      now: h.now,
    }),
    limit,
    onRound: ({ outcome }) => void outcomes.push(outcome),
    onSkip: () => void outcomes.push('skipped'),
  });
  return {
    h,
    list,
    left,
    outcomes,
    async rounds(count: number) {
      for (let round = 0; round < count; round += 1) {
        h.pass(INTERVAL);
        await sample(h.signal);
        await h.work();
      }
    },
  };
}

async function leasedUntil(): Promise<number> {
  const { rows } = await test.pool.query('select leased_until from monitor_targets');
  return Number(rows[0]?.leased_until);
}

const said = (h: Harness) => h.slack.messages.map(({ content }) => content.text);
const groups = (h: Harness) => h.database.groups.recent({ limit: 50 });

describe('the monitor', () => {
  it('makes a triaged thread of a container that burns its CPU, and one message when it is over', async () => {
    let cpu = 0.99;
    const { h, rounds } = monitored([API], () => running(cpu));
    await rounds(1);
    expect(await groups(h)).toEqual([]);
    await rounds(1);
    const [group] = await groups(h);
    expect(group).toMatchObject({
      sender: 'perfbot',
      title: 'High CPU usage',
      service: 'api',
      severity: 'critical',
      state: 'firing',
      firing: 1,
      labels: { alertname: 'HighCPUUsage', container: 'api', severity: 'critical' },
    });
    expect((await h.database.runs.get(group?.lastRunId ?? ''))?.state).toBe('finished');
    cpu = 0.2;
    await rounds(4);
    const after = await groups(h);
    expect(after).toHaveLength(1);
    expect(after[0]).toMatchObject({ id: group?.id, state: 'resolved', firing: 0, resolved: 1 });
  });

  it('holds the warning back while the critical alert speaks', async () => {
    const { h, rounds } = monitored([API], () => running(0.99));
    await rounds(8);
    expect(await groups(h)).toMatchObject([{ firing: 1, severity: 'critical' }]);
  });

  it('warns of the target of the service when it is missed for two minutes', async () => {
    const service: Service = { ...API, kpis: { cpu: 0.5 } };
    const { h, rounds } = monitored([service], () => running(0.6));
    await rounds(4);
    expect(await groups(h)).toEqual([]);
    await rounds(1);
    expect(await groups(h)).toMatchObject([{ severity: 'warning', labels: { alertname: 'HighCPUUsage' } }]);
  });

  it('opens one thread for a value that flaps', async () => {
    let burns = true;
    const { h, rounds } = monitored([API], () => running(burns ? 0.99 : 0.1));
    for (let turn = 0; turn < 4; turn += 1) {
      burns = true;
      await rounds(3);
      burns = false;
      await rounds(4);
    }
    const all = await groups(h);
    expect(all).toHaveLength(1);
    expect(all[0]).toMatchObject({ reopened: 3, state: 'resolved' });
  });

  it('misses a configured container that is not there, and a discovered one that stopped', async () => {
    const discovered: Service = {
      ...API,
      name: 'job',
      source: 'discovered',
      targets: [
        {
          kind: 'container',
          id: 'container:job',
          service: 'job',
          zone: 'default',
          container: { name: 'job' },
        },
      ],
    };
    let stopped: Answer = [{ name: 'running', value: 0, unit: 'count' }];
    const { h, rounds } = monitored([API, discovered], (target) =>
      target === 'container:api' ? 'not_found' : stopped,
    );
    await rounds(3);
    expect(await groups(h)).toMatchObject([{ title: 'Container down', service: 'api' }]);
    stopped = running(0.1);
    await rounds(1);
    stopped = [{ name: 'running', value: 0, unit: 'count' }];
    await rounds(2);
    expect((await groups(h)).map(({ service }) => service).sort()).toEqual(['api', 'job']);
  });

  it('says stale, once for all, when what was measured cannot be measured any more', async () => {
    let answer: Answer = running(0.1);
    const other: Service = {
      ...API,
      name: 'web',
      targets: [
        {
          kind: 'container',
          id: 'container:web',
          service: 'web',
          zone: 'default',
          container: { name: 'web' },
        },
      ],
    };
    const { h, rounds } = monitored([API, other], () => answer);
    await rounds(2);
    answer = 'unreachable';
    await rounds(4);
    expect(await groups(h)).toEqual([]);
    await rounds(1);
    expect(await groups(h)).toMatchObject([{ title: 'Target stale', state: 'firing', firing: 2 }]);
    expect(await test.database.monitor.staleTargets(h.now() - INTERVAL)).toBe(2);
    expect(await test.database.monitor.staleTargets(h.now() + 1)).toBe(0);
    answer = running(0.1);
    await rounds(1);
    expect(await groups(h)).toMatchObject([{ state: 'resolved' }]);
  });

  it('never calls a target stale that could not be measured yet', async () => {
    const { h, rounds } = monitored([API], () => 'unreachable');
    await rounds(8);
    expect(await groups(h)).toEqual([]);
    expect(await test.database.monitor.staleTargets(0)).toBe(0);
  });

  it('ends the alerts of a target that is gone from the inventory', async () => {
    const { h, list, rounds } = monitored([API], () => running(0.99));
    await rounds(2);
    list.splice(0);
    await rounds(10);
    expect(await groups(h)).toMatchObject([{ state: 'firing' }]);
    await rounds(15);
    expect(await groups(h)).toMatchObject([{ state: 'resolved' }]);
  });

  it('ends them at once, with a word of why, where the service has left services.yaml', async () => {
    const { h, list, left, rounds } = monitored([API], () => running(0.99));
    await rounds(2);
    list.splice(0);
    left.set('api', h.now());
    await rounds(1);
    expect(await groups(h)).toMatchObject([{ state: 'resolved' }]);
    expect(said(h)).toContain('Resolved: api is not in services.yaml any more.');
  });

  it('waits for a worker that still has the service', async () => {
    const { h, list, left, rounds } = monitored([API], () => running(0.99));
    const other = monitored([API], () => running(0.99));
    await rounds(2);
    list.splice(0);
    left.set('api', h.now());
    other.h.clock.at = h.clock.at;
    await other.rounds(1);
    h.clock.at = other.h.clock.at;
    await rounds(1);
    expect(await groups(h)).toMatchObject([{ state: 'firing' }]);
  });

  it('goes on under the new name of a service, as a group of its own', async () => {
    const { h, list, rounds } = monitored([API], () => running(0.99));
    await rounds(2);
    const renamed = API.targets.map((target) => ({ ...target, service: 'shop' }));
    list.splice(0, 1, { ...API, name: 'shop', targets: renamed });
    await rounds(1);
    expect(await groups(h)).toMatchObject([
      { service: 'shop', state: 'firing', labels: { service: 'shop' } },
      { service: 'api', state: 'resolved' },
    ]);
    expect(said(h)).toContain('Resolved: It goes by the name shop now.');
    await rounds(2);
    expect((await groups(h)).map(({ state }) => state)).toEqual(['firing', 'resolved']);
  });

  it('looks at a target only once at a time, and at those of its own zone', async () => {
    const looked: string[] = [];
    const far: Service = {
      ...API,
      name: 'far',
      targets: [
        { kind: 'container', id: 'container:far', service: 'far', zone: 'far', container: { name: 'far' } },
      ],
    };
    const { h, rounds } = monitored([API, far, HOST], (target) => {
      looked.push(target);
      return running(0.1);
    });
    h.pass(INTERVAL);
    await test.database.monitor.claim([{ target: 'container:api', probe: 'docker.stats', service: 'api' }], {
      at: h.now(),
      until: h.now() + INTERVAL + 1,
    });
    await rounds(1);
    expect(looked).toEqual([]);
    await rounds(1);
    expect(looked).toEqual(['container:api']);
  });

  it('looks less often at a service with an interval of its own, and alerts from its second sample on', async () => {
    const seldom: Service = { ...API, sampleIntervalMs: 4 * INTERVAL };
    const looked: number[] = [];
    let cpu = 0.1;
    const { h, rounds } = monitored([seldom], () => {
      looked.push(h.now());
      return running(cpu);
    });
    await rounds(14);
    // Its first look is at once; then it has turns.
    const pauses = looked.slice(2).map((at, index) => at - (looked[index + 1] ?? 0));
    expect(pauses.length).toBeGreaterThan(1);
    expect(new Set(pauses)).toEqual(new Set([4 * INTERVAL]));
    cpu = 0.99;
    await rounds(4);
    expect(await groups(h)).toEqual([]);
    await rounds(4);
    expect(await groups(h)).toMatchObject([{ severity: 'critical', state: 'firing' }]);
  });

  it('keeps targets that wait behind others in a long round from other workers', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const looked: string[] = [];
    let letGo: () => void = () => {};
    const queued = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const worker = (name: string, limit: <T>(task: () => Promise<T>) => Promise<T>) =>
      monitored(
        [API],
        () => {
          looked.push(name);
          return running(0.1);
        },
        limit,
      );
    const first = worker('first', async (task) => {
      await queued;
      return task();
    });
    const second = worker('second', (task) => task());
    const long = first.rounds(1);
    const claimedAt = first.h.now();
    await vi.waitFor(async () => expect(await leasedUntil()).toBe(claimedAt + 45_000), BUSY);
    for (let times = 1; times <= 4; times += 1) {
      first.h.pass(15_000);
      vi.advanceTimersByTime(15_000);
      await vi.waitFor(async () => expect(await leasedUntil()).toBe(first.h.now() + 45_000), BUSY);
    }
    await first.rounds(1);
    expect(first.outcomes).toEqual(['skipped']);
    second.h.clock.at = first.h.now() - INTERVAL;
    await second.rounds(1);
    expect(looked).toEqual([]);
    letGo();
    await long;
    expect(looked).toEqual(['first']);
    expect(first.outcomes).toEqual(['skipped', 'done']);
    expect(await leasedUntil()).toBe(0);
    await second.rounds(1);
    expect(looked).toEqual(['first', 'second']);
  });

  it('goes on from where a killed worker was', async () => {
    const first = monitored([API], () => running(0.99));
    await first.rounds(1);
    const second = monitored([API], () => running(0.99));
    second.h.clock.at = first.h.clock.at;
    await second.rounds(1);
    expect(await groups(second.h)).toHaveLength(1);
  });

  it('keeps what changed at a server, and judges it by its numbers alone', async () => {
    const DB: Service = {
      ...API,
      name: 'db',
      role: 'postgres',
      targets: [{ kind: 'postgres', id: 'postgres:db', service: 'db', zone: 'default' }],
    };
    const seen: { workMem: string | undefined } = { workMem: '4MB' };
    const base = {
      targetKind: 'postgres' as const,
      cost: 'light' as const,
      timeoutMs: 1000,
      params: z.object({}),
    };
    const statements = toAnyProbe({
      ...base,
      name: 'postgres.statements',
      title: 'Statements',
      collect: async () => ({ metrics: [{ name: 'mean_exec_time_ms', value: 1, unit: 'ms' as const }] }),
    });
    const settings = toAnyProbe({
      ...base,
      name: 'postgres.settings',
      title: 'Settings',
      async collect() {
        if (seen.workMem === undefined) throw new ProbeError('permission', 'no', { userMessage: 'No.' });
        const facts = { started_at: '2026-11-23T10:00:00.000Z', settings_seen: 'all' };
        return { metrics: [], facts: { ...facts, 'setting.work_mem': seen.workMem } };
      },
    });
    const h = harness({
      database: test.database,
      services: [DB],
      probes: [statements, settings],
      playbooks: [FALLBACK],
    });
    const sample = sampleServices({
      ...h,
      monitored: MONITORED,
      samples: test.database.samples,
      monitor: test.database.monitor,
      changes: test.database.changes,
      zone: 'default',
      intervalMs: 30_000,
      spreadMs: 0,
      judge: judgeSamples({ monitor: test.database.monitor, accept: h.accept, now: h.now }),
      limit: (task) => task(),
    });
    const round = async () => {
      h.pass(INTERVAL);
      await sample(h.signal);
      await h.work();
    };
    await round();
    seen.workMem = '64MB';
    await round();
    const changes = await test.database.changes.between({ from: 0, to: h.now() + INTERVAL });
    expect(changes).toMatchObject([{ service: 'db', what: 'reconfigured (work_mem 4MB to 64MB)' }]);
    // Settings that cannot be read any more say nothing about the statements.
    seen.workMem = undefined;
    for (let times = 0; times < 7; times += 1) await round();
    expect(await groups(h)).toEqual([]);
  });
});
