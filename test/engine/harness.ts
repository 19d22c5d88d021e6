import type { Alert, AlertBatch } from '../../src/core/alert/alert.ts';
import type { Service } from '../../src/core/inventory/service.ts';
import { type Playbook, PlaybookDefinition } from '../../src/core/playbook/playbook.ts';
import { probePlaybook } from '../../src/core/playbook/probe-playbook.ts';
import { createRedactor } from '../../src/core/redact.ts';
import { acceptAlerts } from '../../src/engine/alerts/accept-alerts.ts';
import { endSilences } from '../../src/engine/alerts/end-silences.ts';
import { endUnheard } from '../../src/engine/alerts/end-unheard.ts';
import { handleDelivery } from '../../src/engine/alerts/handle-delivery.ts';
import { acknowledge } from '../../src/engine/commands/acknowledge.ts';
import { requestRun } from '../../src/engine/commands/request-run.ts';
import { showRun } from '../../src/engine/commands/show-run.ts';
import { createSilences } from '../../src/engine/commands/silence.ts';
import { deliver } from '../../src/engine/outbox/deliver.ts';
import type { Probe } from '../../src/engine/ports/probe.ts';
import type { JobName, JobQueue } from '../../src/engine/ports/queue.ts';
import type { ChartRenderer } from '../../src/engine/ports/renderer.ts';
import type { Sample } from '../../src/engine/ports/sample-store.ts';
import type { Database } from '../../src/engine/ports/stores.ts';
import { concludeRun } from '../../src/engine/runs/conclude-run.ts';
import { createReportMaker, type ReportMakerOptions } from '../../src/engine/runs/make-report.ts';
import { createCardWriter } from '../../src/engine/runs/refresh-card.ts';
import { runStep } from '../../src/engine/runs/run-step.ts';
import { startRun } from '../../src/engine/runs/start-run.ts';
import { sweep } from '../../src/engine/sweep.ts';
import { createRenderer } from '../../src/slack/create-renderer.ts';
import { silentLog } from '../support/silent-log.ts';
import { type FakeSlack, fakeSlack } from './fake-slack.ts';

export const START = 1_700_000_000_000;

export interface QueuedJob {
  readonly name: JobName;
  readonly data: Record<string, unknown>;
  readonly zone: string | undefined;
}

export interface HarnessOptions {
  readonly database: Database;
  readonly services?: readonly Service[];
  /** What turns up when containers are looked at anew. */
  readonly started?: readonly Service[];
  readonly playbooks?: readonly Playbook[];
  readonly probes?: readonly Probe[];
  readonly charts?: ChartRenderer;
  readonly planCharts?: ReportMakerOptions['planCharts'];
  readonly slack?: FakeSlack;
}

export const LOOK: Playbook = playbook('look', {
  title: 'Look at it',
  description: 'For tests',
  triggers: { alerts: [{ alertname: 'HighCpu' }] },
  steps: [{ title: 'Load', probes: [{ probe: 'host.load', on: 'all' }] }],
  checks: [{ title: 'CPU', metric: 'host.load/cpu_busy_ratio', critical: { above: 0.9 } }],
});

export function playbook(name: string, definition: Record<string, unknown>): Playbook {
  return { ...PlaybookDefinition.parse(definition), name };
}

/** The engine on a real database, with the real renderer, Slack in memory, and a queue that holds jobs until a test runs them. */
export function harness(options: HarnessOptions) {
  const { database, services = [], started = [], probes = [] } = options;
  const clock = { at: START };
  const ids = { last: 0 };
  const jobs: QueuedJob[] = [];
  const drops: string[] = [];
  const list = [...(options.playbooks ?? [LOOK])];
  const slack = options.slack ?? fakeSlack();
  const now = () => clock.at;
  const queue: JobQueue = {
    async enqueue(name, data, { zone } = {}) {
      jobs.push({ name, data: { ...data }, zone });
    },
  };
  const playbooks = {
    all: () => list,
    get: (name: string) => {
      const probe = probes.find((one) => one.name === name);
      return probe ? probePlaybook(probe, list) : list.find((one) => one.name === name);
    },
  };
  const renderer = createRenderer({ timezone: 'UTC' });
  const parts = {
    database,
    queue,
    playbooks,
    renderer,
    cards: createCardWriter({ renderer, playbooks, now }),
    inventory: {
      services: async ({ maxAgeMs }: { maxAgeMs?: number } = {}) =>
        maxAgeMs === undefined ? services : [...services, ...started],
    },
    probes: new Map(probes.map((probe) => [probe.name, probe])),
    channel: '#alerts',
    redact: createRedactor(['very-secret-value']),
    log: silentLog,
    now,
    newId: () => {
      ids.last += 1;
      return `id${ids.last}-${Math.random().toString(16).slice(2, 10)}`;
    },
  };
  const charts: ChartRenderer = options.charts ?? { render: async () => [] };
  const actions = {
    accept: acceptAlerts({ ...parts, alerts: database.alerts }),
    handleDelivery: handleDelivery({ ...parts, onDrop: (reason, count) => drops.push(`${reason} ${count}`) }),
    startRun: startRun(parts),
    runStep: runStep({ ...parts, onProbe() {} }),
    concludeRun: concludeRun({
      ...parts,
      charts,
      makeReport: createReportMaker({
        rules: [],
        planCharts: options.planCharts ?? (() => []),
        samples: database.samples,
        now,
        log: silentLog,
      }),
      onFinish() {},
    }),
    sweep: sweep({ ...parts, outbox: database.outbox }),
    endSilences: endSilences(parts),
    endUnheard: endUnheard(parts),
    silences: createSilences(parts),
    deliver: deliver({
      outbox: database.outbox,
      runs: database.runs,
      messenger: slack,
      now,
      log: silentLog,
      onSent() {},
      onFailed() {},
    }),
    acknowledge: acknowledge(parts),
    requestRun: requestRun(parts),
    showRun: showRun(parts),
  };
  const signal = new AbortController().signal;
  const run = async ({ name, data }: QueuedJob): Promise<void> => {
    const { deliveryId, runId, step } = data as { deliveryId: string; runId: string; step: number };
    if (name === 'intake') await actions.handleDelivery(deliveryId);
    if (name === 'start_run') await actions.startRun(runId);
    if (name === 'run_step') await actions.runStep({ runId, step }, signal);
    if (name === 'conclude_run') await actions.concludeRun(runId, signal);
    if (name === 'deliver') await actions.deliver(signal);
    if (name === 'sweep') {
      await actions.sweep();
      await actions.endSilences();
    }
  };
  return {
    ...parts,
    ...actions,
    slack,
    jobs,
    drops,
    clock,
    signal,
    list,
    run,
    pass: (ms: number) => {
      clock.at += ms;
    },
    /** Runs all jobs until none is left. */
    async work() {
      for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) await run(job);
    },
    /** Delivers until nothing waits. */
    async tell() {
      for (;;) {
        await actions.deliver(signal);
        const due = await database.outbox.nextDueAt(clock.at);
        if (due === undefined) return;
        clock.at = Math.max(clock.at + 1000, due);
      }
    },
  };
}

export type Harness = ReturnType<typeof harness>;

export function alert(overrides: Partial<Alert> = {}): Alert {
  return {
    fingerprint: 'f1',
    status: 'firing',
    startsAt: START,
    labels: { alertname: 'HighCpu', service: 'api', severity: 'warning' },
    annotations: { summary: 'CPU is high' },
    ...overrides,
  };
}

export function batch(alerts: readonly Alert[], overrides: Partial<AlertBatch> = {}): AlertBatch {
  return {
    sender: 'alertmanager',
    receiver: 'perfbot',
    groupKey: '{}:{alertname="HighCpu"}',
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    truncatedAlerts: 0,
    alerts,
    ...overrides,
  };
}

/** CPU of the container of `API` over a span, a value every so often. */
export function cpuSamples(
  { from, until, everyMs }: { readonly from: number; readonly until: number; readonly everyMs: number },
  value: (at: number) => number,
): readonly Sample[] {
  const samples: Sample[] = [];
  for (let at = from; at < until; at += everyMs)
    samples.push({
      target: 'container:api',
      service: 'api',
      metric: 'cpu_ratio',
      unit: 'ratio',
      at,
      value: value(at),
    });
  return samples;
}

export const HOST: Service = {
  name: 'machine',
  role: 'host',
  source: 'discovered',
  targets: [{ kind: 'host', id: 'host', service: 'machine', zone: 'default' }],
  dependsOn: [],
  kpis: {},
  aliases: [],
  gaps: [],
};

export const API: Service = {
  name: 'api',
  role: 'node',
  source: 'configured',
  targets: [
    { kind: 'container', id: 'container:api', service: 'api', zone: 'default', container: { name: 'api' } },
  ],
  dependsOn: [],
  kpis: {},
  aliases: ['api-1'],
  gaps: [],
};
