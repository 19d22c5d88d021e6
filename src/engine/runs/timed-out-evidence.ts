import type { UnavailableEvidence } from '../../core/evidence.ts';
import type { RunStep } from '../ports/run-store.ts';

/** Evidence for a step that no worker finished before the deadline of its run. */
export function timedOutEvidence(
  { probe, target }: Pick<RunStep, 'probe' | 'target'>,
  now: number,
): UnavailableEvidence {
  return {
    status: 'unavailable',
    probe,
    target: target.id,
    targetKind: target.kind,
    service: target.service,
    collectedAt: now,
    durationMs: 0,
    reason: 'timeout',
    message: `No worker of the zone "${target.zone}" answered before the run ended.`,
    mend: `Start a worker with PERFBOT_ROLE=worker and PERFBOT_ZONE=${target.zone}.`,
  };
}

/** Evidence for a step whose turn came when its run was already over. */
export function tooLateEvidence(step: Pick<RunStep, 'probe' | 'target'>, now: number): UnavailableEvidence {
  return {
    ...timedOutEvidence(step, now),
    message: 'The time of the run was over before it was the turn of this probe.',
    mend: 'Give the playbook a longer deadline, or start another worker.',
  };
}
