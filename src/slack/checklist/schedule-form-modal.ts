import { LIMITS } from '../../core/block-kit/limits.ts';
import { WEEKDAYS } from '../../core/checklist/schedule.ts';
import { dayName, type SchedulePlace, toWeeklyTime } from '../../core/checklist/schedule-edit.ts';
import { ACTIONS, toActionValue } from '../blocks/action-value.ts';
import { actions, type Block, blocks, plain, section } from '../blocks/builders.ts';
import { button } from '../blocks/buttons.ts';
import { inline, joinMrkdwn, mrkdwn } from '../text/mrkdwn.ts';
import { channelText } from './channel-text.ts';
import { field, option, optional, SCHEDULE_FORM } from './form-field.ts';
import { type KeepingFields, keepingFields } from './keeping-fields.ts';
import { type ShownPlace, scheduleText } from './schedule-text.ts';

/** What the form begins with. */
export interface ScheduleFormModal extends KeepingFields {
  /** Undefined: a new one, whose place is asked for. */
  readonly place: ShownPlace | undefined;
  /** Names and titles to choose from for a new one. */
  readonly checklists: readonly { readonly name: string; readonly title: string }[];
  /** Where the dialogue was opened. */
  readonly channel: string | undefined;
  readonly cron: string;
  readonly zone: string;
  readonly off: boolean;
  readonly skipNext: boolean;
  /** `2026-12-01`: no rounds before this day of the zone. */
  readonly pausedUntil: string | undefined;
  /** Version of what is in force, told back with what is sent. */
  readonly seen: string;
  readonly timezone: string;
}

/** Asks when a checklist comes in a channel. */
export function scheduleFormModal(form: ScheduleFormModal): Block {
  const { place, channel, seen } = form;
  const metadata = {
    ...(place && ({ checklist: place.checklist, channel: place.channel } satisfies SchedulePlace)),
    opened: channel,
    seen,
    remindIn: form.reminder.remindIn,
    remindInId: form.remindInId,
  };
  return {
    type: 'modal',
    callback_id: SCHEDULE_FORM.callbackId,
    private_metadata: JSON.stringify(metadata),
    title: plain(place ? 'Edit the schedule' : 'Add a schedule', LIMITS.view.title),
    submit: plain('Save', LIMITS.view.title),
    close: plain('Cancel', LIMITS.view.title),
    blocks: blocks(
      ...(place ? stands(place, form.timezone) : whereFields(form)),
      ...whenFields(form),
      ...keepingFields(form),
      ...pauseFields(form),
      place && resetRow(place, channel),
    ),
  };
}

function stands({ title, channel, schedules }: ShownPlace, timezone: string): readonly Block[] {
  const head = mrkdwn`*${inline(title, 60)}* in ${channelText(channel)}`;
  const several =
    schedules.length > 1 ? [mrkdwn`What you save takes the place of all ${schedules.length}.`] : [];
  return [
    section(joinMrkdwn([head, ...schedules.map((shown) => scheduleText(shown, timezone)), ...several], '\n')),
  ];
}

function whereFields({ checklists, channel }: ScheduleFormModal): readonly Block[] {
  return [
    field(SCHEDULE_FORM.checklist, 'Checklist', {
      type: 'static_select',
      options: checklists.slice(0, LIMITS.select.options).map(({ name, title }) => option(name, title)),
    }),
    field(SCHEDULE_FORM.channel, 'Channel', {
      type: 'conversations_select',
      filter: { include: ['public', 'private'], exclude_bot_users: true },
      ...(channel !== undefined && /^[CG]/.test(channel) && { initial_conversation: channel }),
    }),
  ];
}

function whenFields({ cron, zone, off }: ScheduleFormModal): readonly Block[] {
  const weekly = toWeeklyTime(cron);
  const ways = [
    option('days', 'On the days and at the time below'),
    option('cron', 'By the cron expression below'),
    option('off', 'Off: no rounds'),
  ];
  const days = [...WEEKDAYS.slice(1), ...WEEKDAYS.slice(0, 1)].map((day) => option(day, dayName(day)));
  const chosen = days.filter(({ value }) => weekly?.days.some((day) => day === value));
  const way = off ? 'off' : weekly === undefined ? 'cron' : 'days';
  const initial = ways.find(({ value }) => value === way);
  return [
    field(SCHEDULE_FORM.when, 'When', { type: 'radio_buttons', options: ways, initial_option: initial }),
    optional(SCHEDULE_FORM.days, 'Days', {
      type: 'checkboxes',
      options: days,
      ...(chosen.length > 0 && { initial_options: chosen }),
    }),
    optional(SCHEDULE_FORM.time, 'Time', { type: 'timepicker', initial_time: weekly?.time ?? '09:00' }),
    optional(
      SCHEDULE_FORM.cron,
      'Cron expression',
      {
        type: 'plain_text_input',
        max_length: 100,
        placeholder: plain('0 9 1 * *', LIMITS.select.placeholder),
        ...(weekly === undefined && cron !== '' && { initial_value: cron }),
      },
      'Minute, hour, day, month, day of the week. 0 9 1 * * is 9:00 on the first of each month.',
    ),
    field(
      SCHEDULE_FORM.zone,
      'Time zone',
      { type: 'plain_text_input', max_length: 60, initial_value: zone },
      'An IANA name, for example Europe/Berlin. The time is that of the clock on the wall there.',
    ),
  ];
}

function pauseFields({ skipNext, pausedUntil }: ScheduleFormModal): readonly Block[] {
  const skip = option('skip', 'Leave out the next round');
  return [
    optional(SCHEDULE_FORM.skip, 'Once', {
      type: 'checkboxes',
      options: [skip],
      ...(skipNext && { initial_options: [skip] }),
    }),
    optional(
      SCHEDULE_FORM.pause,
      'No rounds before',
      { type: 'datepicker', ...(pausedUntil !== undefined && { initial_date: pausedUntil }) },
      'What is missed until that day is not made up for.',
    ),
  ];
}

/** Nothing to take back where the file is in force. */
function resetRow(
  { checklist, channel, schedules }: ShownPlace,
  opened: string | undefined,
): Block | undefined {
  const edited = schedules.find(({ schedule }) => schedule.edit !== undefined)?.schedule;
  if (edited === undefined) return undefined;
  const label = edited.inFile.length > 0 ? 'Back to checklists.yaml' : 'Remove this schedule';
  return actions(
    button({
      label,
      actionId: ACTIONS.scheduleReset,
      value: toActionValue({ checklist, channel, opened }),
      style: 'danger',
    }),
  );
}
