import type { Report } from '../../core/report.ts';
import { cardKey, type RunTrigger } from '../../core/run.ts';
import type { JobQueue } from '../ports/queue.ts';
import type { ChartRenderer, Renderer } from '../ports/renderer.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import type { Database, Stores } from '../ports/stores.ts';
import { drawCharts, withDrawnCharts } from '../runs/drawn-charts.ts';

export interface TellReportOptions {
  readonly database: Database;
  readonly queue: JobQueue;
  readonly renderer: Renderer;
  readonly charts: ChartRenderer;
  readonly now: Clock;
  readonly log: Logger;
}

/** Where a report is told, and what made it. */
export interface ReportPlace {
  readonly channel: string;
  readonly trigger: RunTrigger;
  /** Outbox key of the message in whose thread it belongs; without one it has a message of its own. */
  readonly threadOf?: string;
  /** Position of the first message of its thread; default: when the report began. */
  readonly firstPosition?: number;
  /** What happens together with it or not at all, before it; false: nothing is told. */
  readonly together?: (stores: Stores) => Promise<boolean>;
}

/**
 * Draws the charts of a report that no playbook made, and tells it as a message of its own with its thread, kept like
 * any other run. Repeatable: a run that is there already is not told again. Answers whether it was told.
 */
export async function tellReport(
  options: TellReportOptions,
  report: Report,
  { channel, trigger, threadOf, firstPosition, together }: ReportPlace,
): Promise<boolean> {
  const { database, queue, renderer, now } = options;
  const images = await drawCharts(options, report, new AbortController().signal);
  const finishedAt = now();
  const told = withDrawnCharts({ ...report, durationMs: finishedAt - report.startedAt }, images);
  const { runId, title, playbook, service, startedAt } = told;
  const key = cardKey({ kind: 'run', runId });
  const requestedBy = 'userId' in trigger ? trigger.userId : undefined;
  const isNew = await database.transaction(async (stores) => {
    const { runs, outbox } = stores;
    if (together !== undefined && !(await together(stores))) return false;
    const run = { id: runId, playbook, service, trigger, state: 'finished', createdAt: startedAt } as const;
    const created = { ...run, deadlineAt: startedAt, finishedAt, report: undefined, failure: undefined };
    if (!(await runs.create(created))) return false;
    await runs.saveCharts(runId, images);
    await runs.finish(runId, told, finishedAt);
    const card = { runId, title, playbook, service, requestedBy, now: now(), report: told };
    if (threadOf === undefined)
      await outbox.put({ key, channel, position: 0, content: renderer.runCard(card, key) }, now());
    const thread = {
      threadOf: threadOf ?? key,
      channel,
      keyPrefix: `run/${runId}`,
      firstPosition: firstPosition ?? startedAt,
      withoutCard: threadOf !== undefined,
    };
    for (const message of renderer.thread(told, thread)) await outbox.put(message, now());
    return true;
  });
  if (isNew) await queue.enqueue('deliver', {});
  return isNew;
}
