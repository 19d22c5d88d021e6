import { planCharts } from '../core/chart-plan/plan-charts.ts';
import { RULES } from '../core/diagnosis/rules.ts';
import type { Redact } from '../core/redact.ts';
import { endSilences } from '../engine/alerts/end-silences.ts';
import { endUnheard } from '../engine/alerts/end-unheard.ts';
import { handleDelivery } from '../engine/alerts/handle-delivery.ts';
import { tellRecoveries } from '../engine/alerts/tell-recoveries.ts';
import { historySource } from '../engine/checklists/history-source.ts';
import type { ItemSource } from '../engine/checklists/item-sources.ts';
import { linkEvidence } from '../engine/checklists/link-evidence.ts';
import { loadTestSource } from '../engine/checklists/load-test-source.ts';
import { type PostReportsOptions, postReports } from '../engine/checklists/post-reports.ts';
import { workOnChecklists } from '../engine/checklists/work-on-checklists.ts';
import { jobHandlers } from '../engine/jobs.ts';
import { endAbandoned } from '../engine/loadtest/end-load-test.ts';
import { runLoadTest } from '../engine/loadtest/run-load-test.ts';
import { refreshBaselines } from '../engine/monitor/refresh-baselines.ts';
import { deliver } from '../engine/outbox/deliver.ts';
import type { Checklists, RoundRenderer } from '../engine/ports/checklists.ts';
import type { LoadGenerator } from '../engine/ports/load-generator.ts';
import type { LoadProfiles } from '../engine/ports/load-profiles.ts';
import type { LoadTestRenderer } from '../engine/ports/load-test-renderer.ts';
import type { Messenger } from '../engine/ports/message.ts';
import type { Playbooks } from '../engine/ports/playbooks.ts';
import type { JobHandlers, JobQueue } from '../engine/ports/queue.ts';
import type { ChartRenderer, Renderer } from '../engine/ports/renderer.ts';
import type { Clock, Logger, NewId } from '../engine/ports/runtime.ts';
import type { Database } from '../engine/ports/stores.ts';
import { concludeRun } from '../engine/runs/conclude-run.ts';
import { createReportMaker } from '../engine/runs/make-report.ts';
import type { CardWriter } from '../engine/runs/refresh-card.ts';
import { runStep } from '../engine/runs/run-step.ts';
import { startRun } from '../engine/runs/start-run.ts';
import { sweep } from '../engine/sweep.ts';
import { readWeek } from '../engine/weekly-report/read-week.ts';
import type { Metrics } from '../ingress/metrics.ts';
import { createMonitor, type MonitorOptions } from './monitor.ts';
import type { Targets } from './targets.ts';

export interface WorkOptions {
  readonly config: MonitorOptions['config'];
  readonly database: Database;
  readonly queue: JobQueue;
  readonly targets: Targets;
  readonly playbooks: Playbooks;
  readonly renderer: Renderer;
  readonly charts: ChartRenderer;
  readonly cards: CardWriter;
  readonly messenger: Messenger;
  readonly metrics: Metrics;
  readonly redact: Redact;
  readonly checklists: Checklists;
  readonly rounds: RoundRenderer;
  readonly loadTestRenderer: LoadTestRenderer;
  readonly loadProfiles: LoadProfiles;
  readonly generator: LoadGenerator;
  readonly channel: string;
  readonly newId: NewId;
  readonly now: Clock;
  readonly log: Logger;
}

/** The work of a worker: which job does what, with which parts. */
export function createWork(options: WorkOptions): JobHandlers {
  const { database, queue, targets, metrics, messenger, now, log } = options;
  const { inventory, probes } = targets;
  const makeReport = createReportMaker({
    rules: RULES,
    planCharts,
    samples: database.samples,
    changes: database.changes,
    baselines: database.baselines,
    timezone: options.config.timezone,
    now,
    log,
  });
  return jobHandlers({
    handleDelivery: handleDelivery({
      ...options,
      inventory,
      onDrop: (reason, count) => repeat(count, () => metrics.alertDropped(reason)),
    }),
    startRun: startRun({ ...options, inventory, probes }),
    runStep: runStep({
      ...options,
      probes,
      onProbe: ({ probe, status, durationMs }) => metrics.probeEnded(probe, status, durationMs),
    }),
    concludeRun: concludeRun({
      ...options,
      inventory,
      makeReport,
      onFinish: ({ playbook, severity, durationMs }) => {
        metrics.runEnded(playbook.includes('+') ? 'several' : playbook, severity, durationMs);
        // A checklist may wait for it; one that is forgotten is filled by the next scheduled look.
        queue
          .enqueue('checklist', {})
          .catch((error: unknown) => log.warn({ err: error }, 'checklists are filled a little later'));
      },
    }),
    deliver: deliver({
      outbox: database.outbox,
      runs: database.runs,
      messenger,
      now,
      log,
      onSent: (kind) => metrics.messageSent(kind),
      onFailed: (outcome) => metrics.messageFailed(outcome),
    }),
    sweep: oneAfterAnother(
      sweep({ ...options, outbox: database.outbox }),
      endSilences({ ...options, inventory }),
      endUnheard(options),
      endAbandoned({ ...options, inventory }),
    ),
    compare: tellRecoveries({ ...options, inventory, timezone: options.config.timezone }),
    loadTest: runLoadTest({ ...options, inventory, probes }),
    checklist: workOnChecklists(
      { ...options, sources: itemSources(options), onDue: (outcome) => metrics.checklistRound(outcome) },
      [
        linkEvidence({ ...options, linkTo: (address) => messenger.linkTo(address) }),
        postReports({ ...options, weeklyReport: weeklyReportOf(options) }),
      ],
    ),
    ...createMonitor(options),
  });
}

/** What fills items of checklists beside playbooks. */
function itemSources(options: WorkOptions): readonly ItemSource[] {
  const { database, targets, messenger, config } = options;
  const parts = { ...options, inventory: targets.inventory, timezone: config.timezone };
  return [
    loadTestSource({ ...parts, linkTo: (address) => messenger.linkTo(address) }),
    historySource({ ...parts, refresh: refreshBaselines({ ...parts, ...database }) }),
  ];
}

/** The report of the week that a round stands in. */
function weeklyReportOf(options: WorkOptions): PostReportsOptions['weeklyReport'] {
  const { database, targets, now, config } = options;
  return async ({ dueAt, timezone }, runId) => {
    await database.samples.rollUp(now());
    const services = await targets.inventory.services();
    return readWeek(
      { ...options, ...database, timezone: config.timezone },
      { runId, at: dueAt, timezone, service: undefined, services },
    );
  };
}

/** Every step has its turn, also when one before it fails; the first failure is told at the end. */
function oneAfterAnother(...steps: readonly (() => Promise<void>)[]): () => Promise<void> {
  return async () => {
    const failures: unknown[] = [];
    for (const step of steps) await step().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  };
}

function repeat(times: number, action: () => void): void {
  for (let index = 0; index < times; index += 1) action();
}
