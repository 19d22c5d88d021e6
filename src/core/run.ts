import type { Report } from './report.ts';

export const RUN_STATES = ['queued', 'running', 'concluding', 'finished', 'failed'] as const;
export type RunState = (typeof RUN_STATES)[number];

/** What started a run. */
export type RunTrigger =
  | { readonly kind: 'alert'; readonly groupId: string }
  | { readonly kind: 'command'; readonly userId: string; readonly channel: string }
  | { readonly kind: 'button'; readonly userId: string; readonly channel: string }
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
