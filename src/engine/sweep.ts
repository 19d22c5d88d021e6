import type { Run } from '../core/run.ts';
import type { OutboxStore } from './ports/outbox-store.ts';
import { type ConcludeRunOptions, failRun } from './runs/conclude-run.ts';
import { sendSteps } from './runs/start-run.ts';
import { timedOutEvidence } from './runs/timed-out-evidence.ts';

/** Time that the queue has to do its work before the sweep sends it again, and then again. */
const HANDLE_WITHIN_MS = 5000;
const PROGRESS_WITHIN_MS = 10_000;
/** After its deadline a run has this long to be concluded before it is closed with the reason. */
const CONCLUDE_WITHIN_MS = 3 * 60_000;
const BATCH = 100;

export type SweepOptions = Pick<ConcludeRunOptions, 'database' | 'queue' | 'cards' | 'now' | 'log'> & {
  readonly outbox: OutboxStore;
};

/** Finds in PostgreSQL what a crash or the queue has lost, and sends it on its way again. Harmless at any time. */
export function sweep(options: SweepOptions): () => Promise<void> {
  const { database, queue, outbox, now } = options;
  return async () => {
    const at = now();
    for (const deliveryId of await database.alerts.unhandled(at - HANDLE_WITHIN_MS, BATCH, at)) {
      await queue.enqueue('intake', { deliveryId }, { key: deliveryId });
    }
    for (const run of await database.runs.unfinished(at - PROGRESS_WITHIN_MS, BATCH, at))
      await resume(options, run);
    const dueAt = await outbox.nextDueAt(now());
    if (dueAt !== undefined && dueAt <= now()) await queue.enqueue('deliver', {});
  };
}

async function resume(options: SweepOptions, run: Run): Promise<void> {
  const { database, queue, now, log } = options;
  if (now() > run.deadlineAt + CONCLUDE_WITHIN_MS) {
    log.error({ runId: run.id, state: run.state }, 'run closed: nobody could finish it');
    await failRun(
      options,
      run.id,
      'The run was not finished in time; perfbot could not do its own work. The log says why.',
    );
    return;
  }
  if (run.state === 'queued') await queue.enqueue('start_run', { runId: run.id }, { key: run.id });
  if (run.state === 'concluding') await queue.enqueue('conclude_run', { runId: run.id }, { key: run.id });
  if (run.state !== 'running') return;
  const open = await database.runs.openSteps(run.id);
  if (now() <= run.deadlineAt) return sendSteps(queue, run.id, open);
  for (const step of open) await database.runs.finishStep(run.id, step.step, timedOutEvidence(step, now()));
  await queue.enqueue('conclude_run', { runId: run.id }, { key: run.id });
}
