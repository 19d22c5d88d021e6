import type { Severity } from '../severity.ts';
import type { Unit } from '../unit.ts';
import type { ChecklistItem } from './checklist.ts';

// Times are milliseconds since the epoch.

/** A measured number of an item; the next round compares with it. */
export interface FilledNumber {
  readonly title: string;
  readonly service: string;
  readonly target: string;
  /** As `probe/metric`. */
  readonly metric: string;
  readonly severity: Severity;
  readonly value: number;
  readonly unit: Unit;
  readonly usual?: number;
  readonly threshold?: number;
  /** What the last round measured, or what `beforeWhat` says. */
  readonly before?: number;
  readonly beforeWhat?: string;
}

/** What perfbot found out for an item. */
export interface Filling {
  /** `unknown`: something that counts could not be measured. */
  readonly severity: Severity;
  /** The one to show first is first. */
  readonly numbers: readonly FilledNumber[];
  /** What is wrong beside the numbers: causes, runs that failed. */
  readonly remarks: readonly string[];
  /** Why the causes that the item names are not there. */
  readonly ruledOut?: readonly string[];
  /** How many numbers were judged, how many are off, how many could not be measured. */
  readonly measured: number;
  readonly offending: number;
  readonly unmeasured: number;
  /** Takes the place of those three in what people read. */
  readonly summary?: string;
  /** What was looked at, with the message that shows it where that is known. */
  readonly results?: readonly FilledResult[];
  /** The reports that it comes from, once they are told. */
  readonly evidence?: readonly EvidenceLink[];
  /** A load test that people may start from the item, and for which services. */
  readonly loadtest?: { readonly profile: string; readonly services: readonly string[] };
}

/** The message that shows a report. */
export interface EvidenceLink {
  readonly title: string;
  readonly url: string;
}

/** One thing that fills an item, in a sentence. */
export interface FilledResult {
  readonly title: string;
  readonly text: string;
  readonly at: number;
  readonly url?: string;
}

/** One line of a round. */
export interface RoundItem {
  /** Index in the round, from 0. */
  readonly position: number;
  readonly id: string;
  readonly title: string;
  readonly person: string | undefined;
  /** As the checklist said when the round began; undefined: a person does the work. */
  readonly fill: ChecklistItem['fill'];
  /** Undefined while its runs are under way, and for items without any. */
  readonly filling: Filling | undefined;
  readonly checked: boolean;
  /** Who ticked or unticked it last; undefined with `checkedAt`: perfbot. */
  readonly checkedBy: string | undefined;
  readonly checkedAt: number | undefined;
  readonly note: string | undefined;
  readonly notedBy: string | undefined;
  /** Id of a Slack user or user group, or a name. */
  readonly owner: string | undefined;
  /** Who decided about the owner; undefined: the checklist names them. */
  readonly ownerBy: string | undefined;
  /** Since when it has been open over earlier rounds. */
  readonly openSince: number | undefined;
}

/** `filling`: its runs are under way; `open`: ready for people; `replaced`: a later round has taken over. */
export type RoundState = 'filling' | 'open' | 'replaced';

/** One posting of a checklist. */
export interface Round {
  readonly id: string;
  readonly checklist: string;
  readonly title: string;
  readonly channel: string;
  /** Undefined: somebody asked for it. */
  readonly schedule: string | undefined;
  /** When it was due. */
  readonly dueAt: number;
  readonly createdAt: number;
  /** IANA zone that its day is meant in. */
  readonly timezone: string;
  /** Due times before `dueAt` that were missed and are made up for by this round. */
  readonly missed: number;
  readonly requestedBy: string | undefined;
  readonly state: RoundState;
  /** Counts up with every change that people see. */
  readonly revision: number;
  readonly remindAt: number | undefined;
  readonly remindIn: string | undefined;
  /** The runs whose reports fill its items. A playbook that is not there has none. */
  readonly runs: readonly { readonly playbook: string; readonly runId: string }[];
  readonly items: readonly RoundItem[];
}

/** Outbox key of a round's message. */
export function roundKey(roundId: string): string {
  return `checklist/${roundId}/card`;
}

/** A round later than this was not posted on time, and says so. */
export const LATE_MS = 5 * 60_000;
