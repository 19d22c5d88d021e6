import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ChartImage } from '../../../src/core/chart.ts';
import { toAnyProbe } from '../../../src/engine/any-probe.ts';
import type { Probe } from '../../../src/engine/ports/probe.ts';
import { type TestDatabase, testDatabase } from '../../support/database.ts';
import { API, alert, batch, type Harness, type HarnessOptions, HOST, harness, LOOK } from '../harness.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase();
});
beforeEach(async () => {
  await test.pool.query(
    'truncate deliveries, alert_occurrences, alert_groups, runs, outbox, channel_budgets cascade',
  );
});
afterAll(() => test.close());

function loadProbe(collect: Probe<'host'>['collect']): Probe {
  return toAnyProbe({
    name: 'host.load',
    title: 'Load',
    targetKind: 'host',
    cost: 'light',
    timeoutMs: 200,
    params: z.object({}),
    collect,
  });
}

const busy = loadProbe(async () => ({ metrics: [{ name: 'cpu_busy_ratio', value: 0.97, unit: 'ratio' }] }));

function engineWith(overrides: Partial<HarnessOptions> = {}): Harness {
  return harness({ database: test.database, services: [API, HOST], probes: [busy], ...overrides });
}

async function onlyRun() {
  const [run] = await test.database.runs.recent({ limit: 1 });
  if (!run) throw new Error('there is no run');
  return run;
}

/** Alerts, and runs every job that follows. */
async function alerted(engine: Harness) {
  await engine.accept(batch([alert()]));
  await engine.work();
  return onlyRun();
}

describe('a run', () => {
  it('goes from an alert to a report in the thread of its message', async () => {
    const engine = engineWith();
    expect(await alerted(engine)).toMatchObject({
      state: 'finished',
      report: { severity: 'critical', findings: [{ metric: 'cpu_busy_ratio', value: 0.97 }] },
    });
    await engine.tell();
    const [card, ...thread] = engine.slack.messages;
    expect(engine.slack.thread()).toHaveLength(1);
    expect(thread.length).toBeGreaterThan(0);
    expect(thread.every(({ threadTs }) => threadTs === card?.ts)).toBe(true);
    expect(thread[0]).toMatchObject({
      content: { metadata: { event_type: 'perfbot_report', event_payload: { part: 'verdict' } } },
    });
  });

  it.each([
    ['throws', loadProbe(async () => Promise.reject(new Error('boom'))), 'internal'],
    ['hangs and ignores its signal', loadProbe(() => new Promise(() => {})), 'timeout'],
    [
      'reports what is no number',
      loadProbe(async () => ({ metrics: [{ name: 'cpu_busy_ratio', value: Number.NaN, unit: 'ratio' }] })),
      undefined,
    ],
  ] as const)('is finished with the reason when its probe %s', async (_name, probe, reason) => {
    const engine = engineWith({ probes: [probe] });
    const { id, report } = await alerted(engine);
    expect(report).toMatchObject({ unavailable: [{ probe: 'host.load', service: 'machine' }] });
    expect(report?.findings.some(({ severity }) => severity === 'ok')).toBe(false);
    const [step] = await test.database.runs.steps(id);
    expect(step?.evidence?.status === 'unavailable' ? step.evidence.reason : undefined).toBe(reason);
  });

  it('hides secrets in what its probes saw', async () => {
    const facts = { note: 'password=hunter22 very-secret-value' };
    const engine = engineWith({ probes: [loadProbe(async () => ({ metrics: [], facts }))] });
    const { id } = await alerted(engine);
    expect(JSON.stringify(await test.database.runs.steps(id))).not.toMatch(/hunter22|very-secret/);
  });

  it('is told once, however often and by however many workers its jobs are done', async () => {
    const engine = engineWith();
    await engine.accept(batch([alert()]));
    for (let round = 0; round < 6; round += 1) {
      const jobs = engine.jobs.splice(0);
      await Promise.all([...jobs, ...jobs, ...jobs].map((job) => engine.run(job)));
    }
    const { id } = await onlyRun();
    for (const name of ['start_run', 'conclude_run'] as const)
      await engine.run({ name, data: { runId: id }, zone: undefined });
    await engine.tell();
    expect((await onlyRun()).state).toBe('finished');
    const keys = engine.slack.messages.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(engine.slack.thread()).toHaveLength(1);
  });

  it('keeps the newest state on the card when it ends while its group resolves', async () => {
    for (let round = 0; round < 5; round += 1) {
      const engine = engineWith();
      const fingerprint = `race${round}`;
      await engine.accept(batch([alert({ fingerprint })], { groupKey: fingerprint }));
      for (
        let job = engine.jobs.shift();
        job !== undefined && job.name !== 'conclude_run';
        job = engine.jobs.shift()
      )
        await engine.run(job);
      const { id } = await onlyRun();
      await engine.accept(
        batch([alert({ fingerprint, status: 'resolved', endsAt: engine.clock.at })], {
          groupKey: fingerprint,
        }),
      );
      const jobs = engine.jobs.splice(0);
      await Promise.all([
        ...jobs.map((job) => engine.run(job)),
        engine.run({ name: 'conclude_run', data: { runId: id }, zone: undefined }),
      ]);
      const [group] = await test.database.groups.recent({ limit: 1 });
      const run = await onlyRun();
      if (!group || !run.report) throw new Error('both must be there');
      const card = await test.database.outbox.get(`group/${group.id}/card`);
      const expected = engine.renderer.alertCard(
        { group, now: engine.now(), report: run.report },
        card?.message.key ?? '',
      );
      expect(card?.message.content.text).toBe(expected.text);
      expect(group.state).toBe('resolved');
      await engine.tell();
      engine.pass(1000);
    }
  });

  it('is closed at once when its playbook is gone', async () => {
    const engine = engineWith();
    await engine.accept(batch([alert()]));
    await engine.run(engine.jobs.splice(0)[0] as never);
    engine.list.length = 0;
    await engine.work();
    expect(await onlyRun()).toMatchObject({ state: 'failed', failure: expect.stringContaining('look') });
    await engine.tell();
    expect(engine.slack.messages[0]?.content.text).toContain('not there any more');
  });

  it('stays one about its service when that leaves the inventory meanwhile', async () => {
    const shop = { ...HOST, name: 'shop', targets: HOST.targets.map((one) => ({ ...one, service: 'shop' })) };
    const services = [shop];
    const leaving = loadProbe(async () => {
      expect(await test.database.runs.awaitedTargets()).toEqual(new Set(['host']));
      services.splice(0);
      return { metrics: [{ name: 'cpu_busy_ratio', value: 0.97, unit: 'ratio' }] };
    });
    const engine = engineWith({ services, probes: [leaving] });
    await engine.accept(batch([alert({ labels: { alertname: 'HighCpu', service: 'shop' } })]));
    await engine.work();
    expect((await onlyRun()).report).toMatchObject({
      service: 'shop',
      severity: 'critical',
      services: [{ service: 'shop' }],
    });
    expect(await test.database.runs.awaitedTargets()).toEqual(new Set());
  });

  it('is told without pictures when they cannot be drawn, and names them', async () => {
    const chart = { id: 'c1', title: 'CPU over time', alt: 'CPU' } as never;
    const engine = engineWith({
      planCharts: () => [chart],
      charts: { render: async () => Promise.reject(new Error('no canvas')) },
    });
    const { report } = await alerted(engine);
    expect(report?.charts).toEqual([]);
    expect(report?.unavailable).toMatchObject([
      { probe: 'charts', reason: expect.stringContaining('CPU over time') },
    ]);
  });

  it('is told without pictures when they cannot even be planned', async () => {
    const engine = engineWith({
      planCharts: () => {
        throw new Error('a gap nobody thought of');
      },
    });
    expect(await alerted(engine)).toMatchObject({ state: 'finished', report: { charts: [] } });
  });

  it('stops drawing when perfbot stops, and is finished after the next start', async () => {
    const stopping = new AbortController();
    let stopped = false;
    const engine = engineWith({
      charts: {
        render: async (_charts, signal): Promise<readonly ChartImage[]> => {
          if (stopped) return [];
          stopping.abort(new Error('stopping'));
          signal.throwIfAborted();
          return [];
        },
      },
    });
    await engine.accept(batch([alert()]));
    for (let job = engine.jobs.shift(); job?.name !== 'conclude_run'; job = engine.jobs.shift())
      if (job) await engine.run(job);
    const { id } = await onlyRun();
    await expect(engine.concludeRun(id, stopping.signal)).rejects.toThrow('stopping');
    stopped = true;
    expect((await onlyRun()).state).toBe('concluding');
    engine.pass(10_001);
    await engine.sweep();
    await engine.work();
    expect((await onlyRun()).state).toBe('finished');
  });
});

describe('the sweep', () => {
  it('brings a run to its end of which the queue has lost every job', async () => {
    const engine = engineWith();
    await engine.accept(batch([alert()]));
    for (
      let round = 0;
      round < 8 && (await test.database.runs.recent({ limit: 1 }))[0]?.state !== 'finished';
      round += 1
    ) {
      engine.jobs.length = 0;
      engine.pass(10_001);
      await engine.sweep();
      for (const job of engine.jobs.splice(0)) await engine.run(job);
    }
    expect((await onlyRun()).state).toBe('finished');
  });

  it('leaves alone what is being worked on', async () => {
    const engine = engineWith();
    await engine.accept(batch([alert()]));
    await engine.run(engine.jobs.splice(0)[0] as never);
    engine.jobs.length = 0;
    engine.pass(10_001);
    await engine.sweep();
    expect(engine.jobs.map(({ name }) => name)).toContain('start_run');
    engine.jobs.length = 0;
    engine.pass(2000);
    await engine.sweep();
    expect(engine.jobs.map(({ name }) => name)).not.toContain('start_run');
  });

  it('ends a run at its deadline with what is there, and says which zone did not answer', async () => {
    const far = {
      ...HOST,
      targets: [{ kind: 'host' as const, id: 'far', service: 'machine', zone: 'moon' }],
    };
    const engine = engineWith({ services: [API, far] });
    await engine.accept(batch([alert()]));
    await engine.run(engine.jobs.splice(0)[0] as never);
    await engine.run(engine.jobs.find(({ name }) => name === 'start_run') as never);
    expect(engine.jobs.filter(({ name }) => name === 'run_step')).toMatchObject([{ zone: 'moon' }]);
    engine.jobs.length = 0;
    engine.pass(LOOK.deadline + 1);
    await engine.sweep();
    await engine.work();
    const { state, report } = await onlyRun();
    expect(state).toBe('finished');
    expect(report?.unavailable).toMatchObject([
      { reason: expect.stringContaining('moon'), mend: expect.stringContaining('PERFBOT_ZONE=moon') },
    ]);
  });

  it('closes with the reason what nobody can finish', async () => {
    const engine = engineWith();
    await engine.accept(batch([alert()]));
    await engine.run(engine.jobs.splice(0)[0] as never);
    engine.pass(LOOK.deadline + 3 * 60_000 + 1);
    await engine.sweep();
    expect(await onlyRun()).toMatchObject({
      state: 'failed',
      failure: expect.stringContaining('not finished in time'),
    });
    await engine.tell();
    expect(engine.slack.messages[0]?.content.text).toContain('not finished in time');
  });
});
