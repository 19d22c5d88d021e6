import type { AlertGroup } from '../ports/group-store.ts';
import type { Playbooks } from '../ports/playbooks.ts';
import type { Clock, Logger, NewId } from '../ports/runtime.ts';
import type { Stores } from '../ports/stores.ts';
import { newRun } from '../runs/new-run.ts';

export interface CreateAlertRunOptions {
  readonly playbooks: Playbooks;
  readonly newId: NewId;
  readonly now: Clock;
  readonly log: Logger;
}

/** Stores a run of the playbook of a group; answers its id, or undefined when there is no playbook for it. */
export async function createAlertRun(
  { newId, playbooks, now, log }: CreateAlertRunOptions,
  stores: Stores,
  group: AlertGroup,
): Promise<string | undefined> {
  const playbook = group.playbook === undefined ? undefined : playbooks.get(group.playbook);
  if (playbook === undefined) {
    log.warn({ groupId: group.id }, 'no playbook matches the alert and none is the fallback');
    return undefined;
  }
  const trigger = { kind: 'alert', groupId: group.id } as const;
  const run = newRun({ id: newId(), playbook, service: group.service, trigger, now: now() });
  await stores.runs.create(run);
  return run.id;
}
