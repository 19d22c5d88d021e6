import { DEFAULT_HOLIDAYS, type HolidayChoice, NO_HOLIDAYS } from '../../core/checklist/holidays.ts';
import { type Reminder, writeDuration } from '../../core/checklist/reminder.ts';
import type { CurrentSchedule } from '../../core/checklist/schedule-edit.ts';
import { inline, type Mrkdwn, mrkdwn } from '../text/mrkdwn.ts';
import { channelText } from './channel-text.ts';

/** A day of a calendar for people: `Fri 25 Dec 2026`; within a year of `today` without the year. */
export function dayText(day: string, today?: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'UTC',
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  }).formatToParts(Date.parse(day));
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    parts.find((known) => known.type === type)?.value ?? '';
  const short = `${part('weekday')} ${part('day')} ${part('month')}`;
  const isNear = today !== undefined && day < `${Number(today.slice(0, 4)) + 1}${today.slice(4)}`;
  return isNear ? short : `${short} ${part('year')}`;
}

/** When open items are reminded of, and where: `Reminder after 4h in #ops`. */
export function reminderText({ remindAfterMs, remindIn }: Reminder): Mrkdwn {
  if (remindAfterMs === undefined) return mrkdwn`No reminder`;
  const where = remindIn === undefined ? mrkdwn`the thread` : channelText(remindIn);
  return mrkdwn`Reminder after ${inline(writeDuration(remindAfterMs))} in ${where}`;
}

function listName(keeps: HolidayChoice): string {
  return keeps === DEFAULT_HOLIDAYS ? 'those of checklists.yaml' : keeps;
}

/** Which holidays are kept, with the next of their days where those are given. */
export function holidaysText(
  {
    keeps,
    holidays,
    lostList,
  }: Pick<CurrentSchedule, 'keeps' | 'holidays'> & Pick<Partial<CurrentSchedule>, 'lostList'>,
  next?: readonly string[],
): Mrkdwn {
  if (lostList !== undefined)
    return mrkdwn`⚠️ The list of holidays ${inline(lostList, 50)} is not in checklists.yaml any more; ${inline(listName(keeps), 50)} count`;
  if (keeps === NO_HOLIDAYS || (keeps === DEFAULT_HOLIDAYS && holidays.length === 0))
    return mrkdwn`No holidays`;
  const name = mrkdwn`Holidays: ${inline(listName(keeps), 50)}`;
  if (next === undefined) return name;
  if (next.length === 0) return mrkdwn`${name}, ⚠️ no day is left in the list`;
  return mrkdwn`${name}, next ${inline(next.map((day) => dayText(day)).join(', '))}`;
}
