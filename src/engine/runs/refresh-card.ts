import { type CardOwner, cardKey, cardOwner, type Run } from '../../core/run.ts';
import { silenceOf } from '../alerts/silenced-groups.ts';
import type { AlertGroup } from '../ports/group-store.ts';
import type { Playbooks } from '../ports/playbooks.ts';
import type { AlertCard, Progress, Renderer } from '../ports/renderer.ts';
import type { Clock } from '../ports/runtime.ts';
import type { Stores } from '../ports/stores.ts';
import { progressOf } from './progress.ts';

export interface CardWriter {
  /** Sets what the channel message of a group should say now. The caller holds the lock of the group. */
  group(stores: Stores, group: AlertGroup, options?: { readonly urgent?: boolean }): Promise<void>;
  /** Sets what the channel message that a run belongs to should say now. */
  run(stores: Stores, run: Run, options?: { readonly urgent?: boolean }): Promise<void>;
}

export interface CardWriterOptions {
  readonly renderer: Renderer;
  readonly playbooks: Playbooks;
  readonly now: Clock;
}

/** Writes channel messages into the outbox from what the stores hold; call it inside the transaction that changed them. */
export function createCardWriter({ renderer, playbooks, now }: CardWriterOptions): CardWriter {
  const progress = async (stores: Stores, run: Run): Promise<Progress | undefined> => {
    if (run.state === 'finished' || run.state === 'failed') return undefined;
    return progressOf(await stores.runs.stepStates(run.id), run.deadlineAt, now());
  };
  const outcome = async (
    stores: Stores,
    run: Run | undefined,
  ): Promise<Pick<AlertCard, 'progress' | 'report' | 'failure'>> => {
    if (run === undefined) return {};
    const running = await progress(stores, run);
    return {
      ...(running && { progress: running }),
      ...(run.report && { report: run.report }),
      ...(run.failure !== undefined && { failure: run.failure }),
    };
  };

  const group: CardWriter['group'] = async (stores, subject, { urgent = false } = {}) => {
    const owner: CardOwner = { kind: 'group', groupId: subject.id };
    const key = cardKey(owner);
    const run = subject.lastRunId === undefined ? undefined : await stores.runs.get(subject.lastRunId);
    const silence = await silenceOf(stores, subject, now());
    const content = renderer.alertCard(
      { group: subject, now: now(), ...(await outcome(stores, run)), ...(silence && { silence }) },
      key,
    );
    await stores.outbox.put({ key, channel: subject.channel, position: 0, content, urgent }, now());
  };

  return {
    group,
    async run(stores, run, options = {}) {
      const owner = cardOwner(run);
      if (owner === undefined) return;
      if (owner.kind === 'group') {
        // The lock keeps two changes of one card apart: the later one sees what the earlier one has written.
        const subject = await stores.groups.lock(owner.groupId);
        if (subject) await group(stores, subject, options);
        return;
      }
      if (run.trigger.kind !== 'command' && run.trigger.kind !== 'button') return;
      const key = cardKey(owner);
      const content = renderer.runCard(
        {
          runId: run.id,
          title: playbooks.get(run.playbook)?.title ?? run.playbook,
          playbook: run.playbook,
          service: run.service,
          requestedBy: run.trigger.userId,
          now: now(),
          ...(await outcome(stores, run)),
        },
        key,
      );
      await stores.outbox.put(
        { key, channel: run.trigger.channel, position: 0, content, urgent: options.urgent ?? false },
        now(),
      );
    },
  };
}
