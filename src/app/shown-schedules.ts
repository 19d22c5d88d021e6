import { nextDays } from '../core/checklist/holidays.ts';
import { isSamePlace, type SchedulePlace } from '../core/checklist/schedule-edit.ts';
import { currentSchedules } from '../engine/checklists/current-schedules.ts';
import { dayOf } from '../engine/checklists/due-slots.ts';
import { type EditOptions, viewPlace } from '../engine/checklists/edit-schedule.ts';
import { upcoming } from '../engine/checklists/upcoming.ts';
import type { PlaceView } from '../engine/checklists/wanted-schedule.ts';
import { withDeadline } from '../engine/deadline.ts';
import type { ScheduleState } from '../engine/ports/checklists.ts';
import type { Messenger } from '../engine/ports/message.ts';
import type { ShownPlace, ShownSchedule } from '../slack/checklist/schedule-text.ts';

/** A dialogue has to open within three seconds; a Slack that is slow to list its channels must not cost them. */
const CHANNELS_WITHIN_MS = 1000;
const ROUNDS_SHOWN = 3;
const HOLIDAYS_SHOWN = 2;

export interface ShowOptions extends EditOptions, Pick<Messenger, 'channelId'> {}

/** All places, those of the channel first. */
export async function placesOf(
  options: ShowOptions,
  channel: string | undefined,
): Promise<readonly ShownPlace[]> {
  const { checklists, database } = options;
  const schedules = await currentSchedules(checklists, database.checklists);
  const states = await database.checklists.scheduleStates(schedules.map(({ id }) => id));
  const here = channel === undefined ? () => false : await channelTest(options, channel);
  const places = schedules.filter(
    (schedule, index) => schedules.findIndex((other) => isSamePlace(other, schedule)) === index,
  );
  const listed = places.map((place): ShownPlace => {
    const { checklist, channel: written } = place;
    const own = schedules.filter((schedule) => isSamePlace(schedule, place));
    return {
      checklist,
      channel: written,
      title: titleOf(options, checklist),
      schedules: shown(options, { schedules: own, states }),
    };
  });
  return listed.sort((a, b) => Number(here(b.channel)) - Number(here(a.channel)));
}

/** Tells whether a channel, written as a name or an id, is this one; a name that cannot be looked up in time is not. */
export async function channelTest(
  { checklists, database, channelId }: ShowOptions,
  channel: string,
): Promise<(written: string) => boolean> {
  const current = await currentSchedules(checklists, database.checklists);
  const names = [...new Set(current.map((schedule) => schedule.channel))];
  const same = await Promise.all(
    names.map(async (name) => name === channel || (await idInTime({ channelId }, name)) === channel),
  );
  return (written) => written === channel || same[names.indexOf(written)] === true;
}

/** The id of a channel that is written by name; undefined when it cannot be looked up in time. */
export function idInTime(
  { channelId }: Pick<ShowOptions, 'channelId'>,
  channel: string,
): Promise<string | undefined> {
  const never = new AbortController().signal;
  return withDeadline(CHANNELS_WITHIN_MS, never, () => channelId(channel)).catch(() => undefined);
}

/** A place as it stands now. */
export async function shownPlace(options: ShowOptions, place: SchedulePlace): Promise<ShownPlace> {
  const { checklist, channel } = place;
  const view = await viewPlace(options, options.database.checklists, place);
  return { checklist, channel, title: titleOf(options, checklist), schedules: shown(options, view) };
}

/** Schedules with their next rounds. */
export function shown(
  { now }: Pick<ShowOptions, 'now'>,
  { schedules, states }: Pick<PlaceView, 'schedules'> & { readonly states: readonly ScheduleState[] },
): readonly ShownSchedule[] {
  return schedules.map((schedule) => {
    const state = states.find(({ id }) => id === schedule.id);
    return {
      schedule,
      upcoming: upcoming(schedule, state, { now: now(), count: ROUNDS_SHOWN }),
      // A holiday is a day of the calendar that hangs where the schedule is.
      nextHolidays: nextDays(schedule.holidays, dayOf(now(), schedule.timezone), HOLIDAYS_SHOWN),
      pausedBy: state?.pausedBy,
    };
  });
}

/** Title of a checklist; its name when it is gone. */
export function titleOf({ checklists }: Pick<ShowOptions, 'checklists'>, name: string): string {
  return checklists.all().find((checklist) => checklist.name === name)?.title ?? name;
}
