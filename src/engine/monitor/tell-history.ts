import type { ChartSpec } from '../../core/chart.ts';
import type { Table } from '../../core/evidence.ts';
import type { Report } from '../../core/report.ts';
import { cardKey, type Run, type RunTrigger } from '../../core/run.ts';
import type { JobQueue } from '../ports/queue.ts';
import type { ChartRenderer, Renderer } from '../ports/renderer.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import type { Database } from '../ports/stores.ts';

export interface TellHistoryOptions {
  readonly database: Database;
  readonly queue: JobQueue;
  readonly renderer: Renderer;
  readonly charts: ChartRenderer;
  readonly now: Clock;
  readonly log: Logger;
}

/** What is told of the measured history, before its pictures are drawn. */
export interface HistoryAnswer {
  /** Name of the run, and what "Run again" asks for: `trends-7d`. */
  readonly name: string;
  readonly title: string;
  readonly service: string | undefined;
  readonly verdict: string;
  readonly table: Table;
  readonly charts: readonly ChartSpec[];
}

/** Who asked where; `id` makes the same request twice one answer. */
export interface HistoryRequest {
  readonly id: string;
  readonly userId: string;
  readonly channel: string;
}

/** Tells an answer as a message with its table and pictures in the thread, kept like any other run. */
export async function tellHistory(
  options: TellHistoryOptions,
  answer: HistoryAnswer,
  { id, userId, channel }: HistoryRequest,
): Promise<void> {
  const { database, queue, renderer, charts, now, log } = options;
  const startedAt = now();
  const images = await charts.render(answer.charts, new AbortController().signal).catch((error: unknown) => {
    log.error({ err: error, runId: id }, 'charts could not be drawn');
    return [];
  });
  const drawn = new Set(images.map((image) => image.id));
  const report = toReport(id, answer, { startedAt, drawn, at: now() });
  const run = toRun({ id, userId, channel, report, at: startedAt });
  const key = cardKey({ kind: 'run', runId: id });
  await database.transaction(async ({ runs, outbox }) => {
    if (!(await runs.create(run))) return;
    await runs.saveCharts(id, images);
    await runs.finish(id, report, now());
    const card = {
      runId: id,
      title: answer.title,
      playbook: answer.name,
      service: answer.service,
      requestedBy: userId,
      now: now(),
      report,
    };
    await outbox.put({ key, channel, position: 0, content: renderer.runCard(card, key) }, now());
    const thread = { threadOf: key, channel, keyPrefix: `run/${id}`, firstPosition: startedAt };
    for (const message of renderer.thread(report, thread)) await outbox.put(message, now());
  });
  await queue.enqueue('deliver', {});
}

function toReport(
  runId: string,
  { name, title, service, verdict, table, charts }: HistoryAnswer,
  {
    startedAt,
    drawn,
    at,
  }: { readonly startedAt: number; readonly drawn: ReadonlySet<string>; readonly at: number },
): Report {
  return {
    runId,
    playbook: name,
    title,
    service,
    overview: false,
    startedAt,
    durationMs: at - startedAt,
    severity: 'ok',
    verdict,
    numbers: [],
    services: [],
    causes: [],
    ruledOut: [],
    findings: [],
    unavailable: [],
    tables:
      table.rows.length === 0 ? [] : [{ ...table, probe: 'monitor', service: service ?? 'all services' }],
    charts: charts.filter((chart) => drawn.has(chart.id)),
    nextSteps: [],
  };
}

function toRun({
  id,
  userId,
  channel,
  report,
  at,
}: {
  readonly id: string;
  readonly userId: string;
  readonly channel: string;
  readonly report: Report;
  readonly at: number;
}): Run {
  const trigger: RunTrigger = { kind: 'command', userId, channel };
  return {
    id,
    playbook: report.playbook,
    service: report.service,
    trigger,
    state: 'finished',
    createdAt: at,
    deadlineAt: at,
    finishedAt: at,
    report: undefined,
    failure: undefined,
  };
}
