import type { Run } from '../../core/run.ts';
import type { Playbooks } from '../ports/playbooks.ts';
import type { JobQueue } from '../ports/queue.ts';
import type { Renderer } from '../ports/renderer.ts';
import type { Clock } from '../ports/runtime.ts';
import type { Database } from '../ports/stores.ts';

export interface ShowRunOptions {
  readonly database: Database;
  readonly queue: JobQueue;
  readonly renderer: Renderer;
  readonly playbooks: Playbooks;
  readonly now: Clock;
}

/** Tells the report of a finished run once more, in the channel where somebody asks for it. `id` names the request. */
export type ShowRun = (request: {
  readonly run: Run;
  readonly channel: string;
  readonly userId: string;
  readonly id: string;
}) => Promise<void>;

export function showRun({ database, queue, renderer, playbooks, now }: ShowRunOptions): ShowRun {
  return async ({ run, channel, userId, id }) => {
    const { report } = run;
    if (report === undefined) return;
    const key = `show/${id}/card`;
    const title = playbooks.get(run.playbook)?.title ?? report.title;
    const card = {
      runId: run.id,
      title,
      playbook: run.playbook,
      service: run.service,
      requestedBy: userId,
      now: now(),
      report,
    };
    await database.transaction(async ({ outbox }) => {
      await outbox.put({ key, channel, position: 0, content: renderer.runCard(card, key) }, now());
      for (const message of renderer.thread(report, {
        threadOf: key,
        channel,
        keyPrefix: `show/${id}`,
        firstPosition: now(),
      })) {
        await outbox.put(message, now());
      }
    });
    await queue.enqueue('deliver', {});
  };
}
