import type { Unit } from '../unit.ts';

/** One measured reason to believe in a cause, or to doubt it. */
export interface EvidenceLine {
  readonly probe: string;
  readonly metric: string;
  readonly value: number | string;
  readonly unit?: Unit;
  readonly usual?: number;
  readonly threshold?: number;
  /** The line for people: what was measured, where, against what. */
  readonly text: string;
}

/** A next step that somebody can take. */
export interface Advice {
  readonly title: string;
  readonly why: string;
  /** To be copied as it is. */
  readonly command?: string;
  /** Whether the command only looks, or changes something; unknown for steps of playbooks. */
  readonly effect?: 'reads' | 'changes';
  readonly risk?: string;
  readonly undo?: string;
  /** http(s) address of the documentation behind it. */
  readonly source?: string;
}

/** A next step that follows from the evidence of a cause: documented, and with the way back wherever its command changes something. */
export type CauseAdvice = Advice & { readonly source: string } & (
    | { readonly command?: undefined; readonly effect?: undefined }
    | { readonly command: string; readonly effect: 'reads' }
    | {
        readonly command: string;
        readonly effect: 'changes';
        readonly risk: string;
        readonly undo: string;
      }
  );

/** A named explanation. Ids are those of the fault catalogue (`db.lock_contention`) or new ones in its form. */
export interface Cause {
  readonly id: string;
  readonly title: string;
  /** Where it sits: a service name. */
  readonly service: string;
  /** One sentence with names and numbers: what is wrong and how much it explains. */
  readonly summary: string;
  /** 0..1, how well the evidence tells this cause from its neighbours. */
  readonly confidence: number;
  readonly evidence: readonly EvidenceLine[];
  readonly against: readonly EvidenceLine[];
  readonly advice: readonly CauseAdvice[];
}

/** A cause that was looked for and not found, with the measured reason. */
export interface RuledOut {
  readonly id: string;
  readonly reason: string;
}

/** What a rule concludes; `undecided` when the numbers it needs are missing. */
export type Verdict =
  | { readonly kind: 'cause'; readonly cause: Cause }
  | { readonly kind: 'ruled_out'; readonly ruledOut: RuledOut }
  | { readonly kind: 'undecided'; readonly id: string; readonly reason: string };
