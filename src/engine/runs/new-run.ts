import type { Playbook } from '../../core/playbook/playbook.ts';
import type { Run, RunTrigger } from '../../core/run.ts';

/** A run before its first step. */
export function newRun(options: {
  readonly id: string;
  readonly playbook: Playbook;
  readonly service: string | undefined;
  readonly trigger: RunTrigger;
  readonly now: number;
}): Run {
  const { id, playbook, service, trigger, now } = options;
  return {
    id,
    playbook: playbook.name,
    service,
    trigger,
    state: 'queued',
    createdAt: now,
    deadlineAt: now + playbook.deadline,
    finishedAt: undefined,
    report: undefined,
    failure: undefined,
  };
}
