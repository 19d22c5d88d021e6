import {
  type CurrentSchedule,
  describeTiming,
  type SchedulePlace,
} from '../../core/checklist/schedule-edit.ts';
import type { UpcomingRound } from '../../engine/checklists/upcoming.ts';
import { mention } from '../cards/mention.ts';
import { inline, joinMrkdwn, type Mrkdwn, mrkdwn } from '../text/mrkdwn.ts';
import { renderTime } from '../text/times.ts';
import { channelText } from './channel-text.ts';
import { holidaysText, reminderText } from './keeping-text.ts';

/** A schedule that is in force, with its next rounds. */
export interface ShownSchedule {
  readonly schedule: CurrentSchedule;
  readonly upcoming: readonly UpcomingRound[];
  /** The next days of its holidays, as `2026-12-25`. */
  readonly nextHolidays: readonly string[];
  /** People paused it; a pause with an end shows in what comes next. */
  readonly pausedBy: string | undefined;
}

/** A checklist in a channel, and when it comes there. */
export interface ShownPlace extends SchedulePlace {
  readonly title: string;
  /** A file may have several for one place. */
  readonly schedules: readonly ShownSchedule[];
}

/** A moment on the wall clock of a zone: `Tue 24 Nov, 09:00 CET`. */
export function wallTime(at: number, timezone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  }).formatToParts(at);
  // Put together here: where commas stand differs between versions of Node.
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    parts.find((known) => known.type === type)?.value ?? '';
  return `${part('weekday')} ${part('day')} ${part('month')}, ${part('hour')}:${part('minute')} ${part('timeZoneName')}`;
}

/** When it comes: `Monday to Friday at 09:00, Europe/Berlin`. */
function timingText({ cron, timezone }: Pick<CurrentSchedule, 'cron' | 'timezone'>): string {
  return `${describeTiming(cron)}, ${timezone}`;
}

/** Time, next rounds, reminder, holidays and where it is written, one line each. */
export function scheduleText(shown: ShownSchedule, timezone: string): Mrkdwn {
  const { schedule } = shown;
  const timing = timingText(schedule);
  const sentence = inline(timing.charAt(0).toUpperCase() + timing.slice(1), 200);
  return joinMrkdwn(
    [sentence, nextText(shown), ...keepingTexts(shown), originText(schedule, timezone)],
    '\n',
  );
}

/** The next rounds in the zone of the schedule, or why there are none. */
function nextText({ schedule, upcoming, pausedBy }: ShownSchedule): Mrkdwn {
  if (schedule.paused) return mrkdwn`Off: no rounds`;
  const rounds = upcoming.map(({ at, skipped }) => {
    const when = wallTime(at, schedule.timezone);
    return skipped ? mrkdwn`~${when}~ (left out)` : inline(when);
  });
  if (rounds.length > 0) return mrkdwn`Next: ${joinMrkdwn(rounds, ' · ')}`;
  return pausedBy === undefined ? mrkdwn`It never comes` : mrkdwn`Paused by ${mention(pausedBy)}`;
}

function keepingTexts({ schedule, nextHolidays }: ShownSchedule): readonly Mrkdwn[] {
  return [reminderText(schedule), holidaysText(schedule, nextHolidays)];
}

function originText({ edit, inFile }: CurrentSchedule, timezone: string): Mrkdwn {
  if (edit === undefined) return mrkdwn`As in checklists.yaml`;
  const who = mrkdwn`Set in Slack by ${mention(edit.editedBy)} ${renderTime(edit.editedAt, timezone)}`;
  if (inFile.length === 0) return who;
  const isTimeAlone = edit.reminder === undefined && edit.keeps === undefined;
  const said = inFile.map((schedule) =>
    isTimeAlone
      ? inline(timingText(schedule), 200)
      : joinMrkdwn(
          [inline(timingText(schedule), 200), reminderText(schedule), holidaysText(schedule)],
          ' · ',
        ),
  );
  const file = joinMrkdwn(said, '; ');
  return mrkdwn`${who}; checklists.yaml says ${file}`;
}

/** What was just saved, with its next rounds. */
export function savedText({ title, channel, schedules }: ShownPlace): Mrkdwn {
  const where = mrkdwn`*${inline(title, 60)}* in ${channelText(channel)}`;
  if (schedules.length === 0) return mrkdwn`✅ Removed: ${where} does not come any more.`;
  const when = schedules.map((shown) =>
    joinMrkdwn([inline(timingText(shown.schedule), 200), nextText(shown), ...keepingTexts(shown)], '. '),
  );
  return mrkdwn`✅ Saved: ${where}, ${joinMrkdwn(when, '; ')}`;
}

/** Somebody else had saved something while the form was open. */
export function writtenOverText(before: readonly ShownSchedule[], timezone: string): Mrkdwn {
  if (before.length === 0)
    return mrkdwn`⚠️ Somebody had removed it meanwhile; your change has brought it back.`;
  const stood = before.map((shown) => scheduleText(shown, timezone));
  return mrkdwn`⚠️ Somebody had changed it meanwhile; your change has taken its place. It was:\n${joinMrkdwn(stood, '\n')}`;
}

/** A schedule that somebody removed while the list was open. */
export function goneText(channel: string): Mrkdwn {
  return mrkdwn`⚠️ This schedule in ${channelText(channel)} is not there any more.`;
}
