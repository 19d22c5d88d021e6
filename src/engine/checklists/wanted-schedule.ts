import type { HolidayChoice } from '../../core/checklist/holidays.ts';
import type { Reminder } from '../../core/checklist/reminder.ts';
import type { CurrentSchedule, SchedulePlace } from '../../core/checklist/schedule-edit.ts';
import type { ScheduleState } from '../ports/checklists.ts';

/** What is in force at a place, and how far it has come. */
export interface PlaceView {
  readonly schedules: readonly CurrentSchedule[];
  readonly states: readonly ScheduleState[];
  /** Changes with everything that people may change about it. */
  readonly version: string;
}

/** What somebody wants for a place. */
export interface WantedSchedule extends SchedulePlace, Reminder {
  /** Five fields of cron, in `timezone`. */
  readonly cron: string;
  /** IANA zone. */
  readonly timezone: string;
  /** True: no rounds. */
  readonly paused: boolean;
  readonly keeps: HolidayChoice;
  readonly skipNext: boolean;
  /** No rounds before; milliseconds since the epoch. */
  readonly pausedUntil: number | undefined;
  readonly userId: string;
  /** `version` of what they saw. */
  readonly seen: string;
}
