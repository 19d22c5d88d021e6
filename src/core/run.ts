import { roundKey } from './checklist/round.ts';
import type { Report } from './report.ts';

export const RUN_STATES = ['queued', 'running', 'concluding', 'finished', 'failed'] as const;
export type RunState = (typeof RUN_STATES)[number];

/** Whose channel message shows a run: that of an alert group, of the first run somebody asked for, or of a round of a checklist. */
export type CardOwner =
  | { readonly kind: 'group'; readonly groupId: string }
  | { readonly kind: 'run'; readonly runId: string }
  | { readonly kind: 'round'; readonly roundId: string };

/** Parameters that somebody asked for, by probe; they go before those of the playbook. */
export type ProbeParams = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface Asked {
  readonly userId: string;
  readonly channel: string;
  readonly params?: ProbeParams;
}

/** What started a run. */
export type RunTrigger =
  | { readonly kind: 'alert'; readonly groupId: string }
  | ({ readonly kind: 'command' } & Asked)
  | ({ readonly kind: 'button'; readonly card: CardOwner } & Asked)
  | { readonly kind: 'checklist'; readonly roundId: string }
  | { readonly kind: 'terminal' };

/** One execution of a playbook. Times in milliseconds since the epoch. */
export interface Run {
  readonly id: string;
  readonly playbook: string;
  readonly service: string | undefined;
  readonly trigger: RunTrigger;
  readonly state: RunState;
  readonly createdAt: number;
  /** By then it is finished or closed with the reason. */
  readonly deadlineAt: number;
  readonly finishedAt: number | undefined;
  readonly report: Report | undefined;
  readonly failure: string | undefined;
}

/** The parameters that somebody asked for with a run. */
export function paramsOf({ trigger }: Pick<Run, 'trigger'>): ProbeParams | undefined {
  return trigger.kind === 'command' || trigger.kind === 'button' ? trigger.params : undefined;
}

/** The channel message that a run belongs to, or undefined for a run from the terminal. */
export function cardOwner({ id, trigger }: Pick<Run, 'id' | 'trigger'>): CardOwner | undefined {
  switch (trigger.kind) {
    case 'alert':
      return { kind: 'group', groupId: trigger.groupId };
    case 'command':
      return { kind: 'run', runId: id };
    case 'button':
      return trigger.card;
    case 'checklist':
      return { kind: 'round', roundId: trigger.roundId };
    case 'terminal':
      return undefined;
  }
}

/** Outbox key of a channel message. */
export function cardKey(owner: CardOwner): string {
  switch (owner.kind) {
    case 'group':
      return `group/${owner.groupId}/card`;
    case 'run':
      return `run/${owner.runId}/card`;
    case 'round':
      return roundKey(owner.roundId);
  }
}
