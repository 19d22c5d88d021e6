import type { Service } from '../../core/inventory/service.ts';
import type { Report } from '../../core/report.ts';
import { cardKey, cardOwner, type Run } from '../../core/run.ts';
import type { Inventory } from '../ports/inventory.ts';
import type { Playbooks } from '../ports/playbooks.ts';
import type { JobQueue } from '../ports/queue.ts';
import type { ChartRenderer, Renderer } from '../ports/renderer.ts';
import type { RunStep } from '../ports/run-store.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import type { Database, Stores } from '../ports/stores.ts';
import { drawCharts, withDrawnCharts } from './drawn-charts.ts';
import type { MakeReport } from './make-report.ts';
import { playbookGone } from './playbook-gone.ts';
import type { CardWriter } from './refresh-card.ts';

export interface ConcludeRunOptions {
  readonly database: Database;
  readonly inventory: Inventory;
  readonly playbooks: Playbooks;
  readonly queue: JobQueue;
  readonly cards: CardWriter;
  readonly renderer: Renderer;
  readonly charts: ChartRenderer;
  readonly makeReport: MakeReport;
  readonly now: Clock;
  readonly log: Logger;
  onFinish(report: Report): void;
}

/** Judges a run whose probes are done, draws its charts and tells the result. Repeatable: the first result stands. */
export function concludeRun(
  options: ConcludeRunOptions,
): (runId: string, signal: AbortSignal) => Promise<void> {
  const { database, queue, now, log, onFinish } = options;
  return async (runId, signal) => {
    const run = await begin(database, runId);
    if (run === undefined) return;
    const planned = await judge(options, run);
    if (planned === undefined) return;
    const images = await drawCharts(options, planned, signal);
    await database.runs.saveCharts(runId, images);
    const report = withDrawnCharts(planned, images);
    const told = await database.transaction((stores) => tell(options, stores, report, now()));
    if (!told) return;
    log.info(
      {
        runId,
        severity: report.severity,
        causes: report.causes.map(({ id }) => id),
        durationMs: report.durationMs,
      },
      'run finished',
    );
    onFinish(report);
    await queue.enqueue('deliver', {});
  };
}

/** The run, when it is ready to be concluded and nobody has done it. */
function begin(database: Database, runId: string): Promise<Run | undefined> {
  return database.transaction(async (stores) => {
    const run = await stores.runs.lock(runId);
    if (run?.state !== 'running' && run?.state !== 'concluding') return undefined;
    if (run.state === 'running') await stores.runs.setState(runId, 'concluding');
    return run;
  });
}

async function judge(
  { database, inventory, playbooks, makeReport, cards, now }: ConcludeRunOptions,
  run: Run,
): Promise<Report | undefined> {
  const playbook = playbooks.get(run.playbook);
  if (playbook === undefined) {
    await failRun({ database, cards, now }, run.id, playbookGone(run));
    return undefined;
  }
  const steps = await database.runs.steps(run.id);
  const services = withSubject(await inventory.services(), run, steps);
  const evidence = steps.flatMap((step) => (step.evidence ? [step.evidence] : []));
  const group = run.trigger.kind === 'alert' ? await database.groups.get(run.trigger.groupId) : undefined;
  return makeReport({
    runId: run.id,
    playbook,
    subject: services.find(({ name }) => name === run.service),
    services,
    evidence,
    startedAt: run.createdAt,
    ...(group && { onsetAt: group.startedAt }),
  });
}

/** A run stays one about its service when that leaves the inventory meanwhile. */
function withSubject(
  services: readonly Service[],
  { service: name }: Run,
  steps: readonly RunStep[],
): readonly Service[] {
  if (name === undefined || services.some((service) => service.name === name)) return services;
  const targets = steps.flatMap(({ target }) => (target.service === name ? target : []));
  const gone: Service = {
    name,
    role: 'other',
    source: 'configured',
    targets: targets.filter(({ id }, index) => targets.findIndex((other) => other.id === id) === index),
    dependsOn: [],
    kpis: {},
    aliases: [],
    gaps: [],
  };
  return targets.length === 0 ? services : [...services, gone];
}

/** Closes a run that cannot be finished, with the reason, in its message too. */
export async function failRun(
  { database, cards, now }: { readonly database: Database; readonly cards: CardWriter; readonly now: Clock },
  runId: string,
  failure: string,
): Promise<void> {
  await database.transaction(async (stores) => {
    const run = await stores.runs.lock(runId);
    if (run === undefined || run.state === 'finished' || run.state === 'failed') return;
    await stores.runs.fail(runId, failure, now());
    await cards.run(stores, { ...run, state: 'failed', failure }, { urgent: true });
  });
}

async function tell(
  { cards, renderer }: ConcludeRunOptions,
  stores: Stores,
  report: Report,
  at: number,
): Promise<boolean> {
  const run = await stores.runs.lock(report.runId);
  if (run?.state !== 'concluding') return false;
  await stores.runs.finish(report.runId, report, at);
  await cards.run(stores, { ...run, state: 'finished', report }, { urgent: true });
  const owner = cardOwner(run);
  const card = owner && (await stores.outbox.get(cardKey(owner)));
  if (owner === undefined || card === undefined) return true;
  const thread = renderer.thread(report, {
    threadOf: card.message.key,
    channel: card.message.channel,
    keyPrefix: `run/${report.runId}`,
    firstPosition: run.createdAt,
    ...(owner.kind === 'group' && { groupId: owner.groupId }),
    withoutCard: owner.kind === 'round',
  });
  for (const message of thread) await stores.outbox.put(message, at);
  return true;
}
