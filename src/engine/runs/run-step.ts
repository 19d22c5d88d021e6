import type { Evidence } from '../../core/evidence.ts';
import type { Redact } from '../../core/redact.ts';
import { redactDeep } from '../../core/redact-deep.ts';
import type { Probe } from '../ports/probe.ts';
import type { JobQueue } from '../ports/queue.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import type { Database } from '../ports/stores.ts';
import { collectEvidence } from './collect-evidence.ts';
import type { CardWriter } from './refresh-card.ts';
import { tooLateEvidence } from './timed-out-evidence.ts';

/** With less time than this no probe can say anything. */
const LEAST_MS = 50;

export interface RunStepOptions {
  readonly database: Database;
  readonly probes: ReadonlyMap<string, Probe>;
  readonly queue: JobQueue;
  readonly cards: CardWriter;
  readonly now: Clock;
  readonly log: Logger;
  /** Hides secrets before evidence is stored or told. */
  readonly redact: Redact;
  onProbe(evidence: Evidence): void;
}

/** Runs one step of a run. Repeatable: a step that has its evidence keeps it. */
export function runStep(
  options: RunStepOptions,
): (job: { runId: string; step: number }, signal: AbortSignal) => Promise<void> {
  const { database, probes, queue, now, log, redact, onProbe } = options;
  return async ({ runId, step }, signal) => {
    const planned = await database.runs.step(runId, step);
    if (planned === undefined || planned.state === 'done') return;
    const run = await database.runs.get(runId);
    if (run?.state !== 'running') return;
    await database.runs.startStep(runId, step);
    const timeoutMs = Math.min(planned.timeoutMs, run.deadlineAt - now());
    const seen =
      timeoutMs < LEAST_MS
        ? tooLateEvidence(planned, now())
        : await collectEvidence(
            probes.get(planned.probe),
            { ...planned, timeoutMs },
            { signal, now, log, turns: database.turns },
          );
    const evidence = redactDeep(seen, redact);
    onProbe(evidence);
    const open = await database.runs.finishStep(runId, step, evidence);
    if (open === 0) await queue.enqueue('conclude_run', { runId }, { key: runId });
    else await showProgress(options, runId);
  };
}

/** Under the lock of the run, so that a late list of steps never replaces the result. */
async function showProgress({ database, cards, queue }: RunStepOptions, runId: string): Promise<void> {
  await database.transaction(async (stores) => {
    const run = await stores.runs.lock(runId);
    if (run?.state === 'running') await cards.run(stores, run);
  });
  await queue.enqueue('deliver', {});
}
