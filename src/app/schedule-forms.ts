import { DEFAULT_HOLIDAYS } from '../core/checklist/holidays.ts';
import type { Schedule } from '../core/checklist/schedule.ts';
import type { SchedulePlace } from '../core/checklist/schedule-edit.ts';
import { dayOf } from '../engine/checklists/due-slots.ts';
import { viewPlace } from '../engine/checklists/edit-schedule.ts';
import type { Block } from '../slack/blocks/builders.ts';
import type { KeepingFields } from '../slack/checklist/keeping-fields.ts';
import { scheduleFormModal } from '../slack/checklist/schedule-form-modal.ts';
import { idInTime, type ShowOptions, shown, titleOf } from './shown-schedules.ts';

const NEW_CRON = '0 9 * * 1-5';

export interface FormOptions extends ShowOptions {
  /** IANA zone. */
  readonly timezone: string;
}

/** The form of a place with what is in force there; undefined when nothing is any more. */
export async function editForm(
  options: FormOptions,
  place: SchedulePlace,
  opened: string | undefined,
): Promise<Block | undefined> {
  const view = await viewPlace(options, options.database.checklists, place);
  const [schedule] = view.schedules;
  if (schedule === undefined) return undefined;
  const state = view.states.find(({ id }) => id === schedule.id);
  const until = state?.pausedUntil;
  return scheduleFormModal({
    place: { ...place, title: titleOf(options, place.checklist), schedules: shown(options, view) },
    checklists: [],
    channel: opened,
    cron: schedule.cron,
    zone: schedule.timezone,
    off: schedule.paused || (state?.pausedBy !== undefined && until === undefined),
    skipNext: state?.skipNextBy !== undefined,
    pausedUntil: until !== undefined && until > options.now() ? dayOf(until, schedule.timezone) : undefined,
    ...(await keepingOf(options, schedule)),
    seen: view.version,
    timezone: options.timezone,
  });
}

/** The form of a schedule that is not there yet. */
export async function newForm(options: FormOptions, opened: string | undefined): Promise<Block> {
  // Nothing stands where a new one goes.
  const { version } = await viewPlace(options, options.database.checklists, { checklist: '', channel: '' });
  const { timezone: zone, remindAfterMs } = options.checklists.scheduleDefaults();
  const schedule = { timezone: zone, remindAfterMs, remindIn: undefined, keeps: DEFAULT_HOLIDAYS };
  return scheduleFormModal({
    place: undefined,
    checklists: options.checklists.all(),
    channel: opened,
    cron: NEW_CRON,
    zone,
    off: false,
    skipNext: false,
    pausedUntil: undefined,
    ...(await keepingOf(options, schedule)),
    seen: version,
    timezone: options.timezone,
  });
}

/** What the fields about reminder and holidays begin with. */
async function keepingOf(
  options: FormOptions,
  {
    remindAfterMs,
    remindIn,
    keeps,
    timezone,
  }: Pick<Schedule, 'remindAfterMs' | 'remindIn' | 'keeps' | 'timezone'>,
): Promise<KeepingFields> {
  return {
    reminder: { remindAfterMs, remindIn },
    remindInId: remindIn === undefined ? undefined : await idInTime(options, remindIn),
    keeps,
    holidays: options.checklists.scheduleDefaults().holidays,
    today: dayOf(options.now(), timezone),
  };
}
