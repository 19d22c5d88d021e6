import type { Checklist } from '../../core/checklist/checklist.ts';
import type { Round } from '../../core/checklist/round.ts';
import type { Schedule, ScheduleDefaults } from '../../core/checklist/schedule.ts';
import type { ScheduleEdit, SchedulePlace } from '../../core/checklist/schedule-edit.ts';
import type { Problem } from '../../core/errors.ts';
import type { MessageContent } from './message.ts';

// Times are milliseconds since the epoch.

/** The checklists there are, and when they are posted where. */
export interface Checklists {
  /** By name. */
  all(): readonly Checklist[];
  /** Those of the file; `currentSchedules` are in force. */
  schedules(): readonly Schedule[];
  scheduleDefaults(): ScheduleDefaults;
  /** What is wrong with the files right now; what they said before stays in force. */
  problems(): readonly Problem[];
}

/** How far a schedule has come, and what people decided about it. */
export interface ScheduleState {
  readonly id: string;
  /** Due times up to here are settled: posted, or left out on purpose. */
  readonly settledUntil: number;
  readonly pausedBy: string | undefined;
  /** When a pause ends by itself; undefined: it does not. */
  readonly pausedUntil: number | undefined;
  /** Who wants the next round to be left out. */
  readonly skipNextBy: string | undefined;
}

export interface ChecklistStore {
  /** The state of a schedule, locked until the end of the transaction; one that is new starts at `at`. */
  lockSchedule(id: string, at: number): Promise<ScheduleState>;
  saveSchedule(state: ScheduleState): Promise<void>;
  scheduleStates(ids: readonly string[]): Promise<readonly ScheduleState[]>;
  /** What people set in Slack in place of the file. */
  edits(): Promise<readonly ScheduleEdit[]>;
  /** Serialises edits of a checklist in a channel until the end of the transaction. */
  lockEdit(place: SchedulePlace): Promise<void>;
  saveEdit(edit: ScheduleEdit): Promise<void>;
  deleteEdit(place: SchedulePlace): Promise<void>;
  /** False when there is a round of that id, or of that schedule and due time. */
  addRound(round: Round): Promise<boolean>;
  round(id: string): Promise<Round | undefined>;
  /** Locks one round until the end of the transaction. */
  lockRound(id: string): Promise<Round | undefined>;
  saveRound(round: Round): Promise<void>;
  /** Serialises rounds of a checklist in a channel until the end of the transaction. */
  lockList(checklist: string, channel: string): Promise<void>;
  /** Newest first. */
  recent(options: { checklist?: string; channel?: string; limit: number }): Promise<readonly Round[]>;
  /** Those that no newer round has replaced, newest first. */
  openRounds(limit: number): Promise<readonly Round[]>;
  /** Ids of rounds whose runs are under way, oldest first. */
  filling(limit: number): Promise<readonly string[]>;
  /** Ids of open rounds whose reminder is due, oldest first. */
  toRemind(at: number, limit: number): Promise<readonly string[]>;
  /** What a person had ticked in an element when they pressed it last; undefined when they have not. */
  lastPress(query: {
    roundId: string;
    element: string;
    userId: string;
  }): Promise<readonly number[] | undefined>;
  savePress(press: {
    roundId: string;
    element: string;
    userId: string;
    ticked: readonly number[];
  }): Promise<void>;
}

/** An item that somebody gave to another owner, or took from one. */
export interface OwnerChange {
  readonly roundId: string;
  readonly title: string;
  readonly before: string | undefined;
  readonly owner: string | undefined;
  readonly by: string;
}

/** The message of a round, as plain data; `now` decides nothing but words. */
export interface RoundRenderer {
  round(round: Round, key: string): MessageContent;
  /** The line that reminds people of open items. */
  reminder(round: Round, key: string): MessageContent;
  /** The line that tells the owners of an item, before and now, that it changed hands. */
  ownerChange(change: OwnerChange, key: string): MessageContent;
}
