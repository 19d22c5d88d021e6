import type { Playbook } from '../../core/playbook/playbook.ts';
import type { Run, RunTrigger } from '../../core/run.ts';
import type { JobQueue } from '../ports/queue.ts';
import type { Clock, NewId } from '../ports/runtime.ts';
import type { Database } from '../ports/stores.ts';
import { newRun } from '../runs/new-run.ts';
import type { CardWriter } from '../runs/refresh-card.ts';

export interface RequestRunOptions {
  readonly database: Database;
  readonly queue: JobQueue;
  readonly cards: CardWriter;
  readonly newId: NewId;
  readonly now: Clock;
}

export type RequestRun = (request: {
  readonly playbook: Playbook;
  readonly service: string | undefined;
  readonly trigger: Exclude<RunTrigger, { kind: 'alert' }>;
  /** The same request twice (a repeated delivery, a double click) is one run. */
  readonly id?: string;
}) => Promise<Run>;

/** Stores a run that somebody asked for, with its message, and sends it to the workers. */
export function requestRun({ database, queue, cards, newId, now }: RequestRunOptions): RequestRun {
  return async ({ playbook, service, trigger, id = newId() }) => {
    const run = newRun({ id, playbook, service, trigger, now: now() });
    await database.transaction(async (stores) => {
      if (!(await stores.runs.create(run))) return;
      if (trigger.kind === 'button' && trigger.card.kind === 'group') {
        const group = await stores.groups.lock(trigger.card.groupId);
        if (group) await stores.groups.save({ ...group, lastRunId: run.id, version: group.version + 1 });
      }
      await cards.run(stores, run, { urgent: true });
    });
    await queue.enqueue('start_run', { runId: run.id }, { key: run.id });
    await queue.enqueue('deliver', {});
    return run;
  };
}
