import { LIMITS } from '../../core/block-kit/limits.ts';
import {
  DEFAULT_HOLIDAYS,
  daysOf,
  type HolidayChoice,
  type Holidays,
  NO_HOLIDAYS,
  nextDays,
} from '../../core/checklist/holidays.ts';
import { type Reminder, writeDuration } from '../../core/checklist/reminder.ts';
import { type Block, plain } from '../blocks/builders.ts';
import { field, option, optional, SCHEDULE_FORM } from './form-field.ts';
import { dayText } from './keeping-text.ts';

const DAYS_SHOWN = 2;

/** What the fields about reminder and holidays begin with. */
export interface KeepingFields {
  readonly reminder: Reminder;
  /** Id of the channel of the reminder; undefined when its name could not be looked up. */
  readonly remindInId: string | undefined;
  readonly keeps: HolidayChoice;
  readonly holidays: Holidays;
  /** The day in the zone of the schedule, as `2026-12-24`. */
  readonly today: string;
}

/** Whether open items are reminded of, when and where; and which holidays count. */
export function keepingFields(fields: KeepingFields): readonly Block[] {
  return [...reminderFields(fields), holidayField(fields)];
}

function reminderFields({ reminder, remindInId }: KeepingFields): readonly Block[] {
  const { remindAfterMs, remindIn } = reminder;
  const ways = [
    option('off', 'None'),
    option('thread', 'Once, in the thread of the checklist'),
    option('channel', 'Once, in the channel below'),
  ];
  const there = remindIn === undefined ? 'thread' : 'channel';
  const way = remindAfterMs === undefined ? 'off' : there;
  const initial = ways.find(({ value }) => value === way);
  return [
    field(SCHEDULE_FORM.reminder, 'Reminder of open items', {
      type: 'radio_buttons',
      options: ways,
      initial_option: initial,
    }),
    optional(
      SCHEDULE_FORM.remindAfter,
      'Remind after',
      {
        type: 'plain_text_input',
        max_length: 20,
        placeholder: plain('4h', LIMITS.select.placeholder),
        ...(remindAfterMs !== undefined && { initial_value: writeDuration(remindAfterMs) }),
      },
      'From when the checklist is posted: 45m, 4h, 1h30m or 1d. Counts from the next round.',
    ),
    optional(
      SCHEDULE_FORM.remindIn,
      'Channel of the reminder',
      {
        type: 'conversations_select',
        filter: { include: ['public', 'private'], exclude_bot_users: true },
        ...(remindInId !== undefined && { initial_conversation: remindInId }),
      },
      remindIn === undefined || remindInId !== undefined ? undefined : `Left empty: ${remindIn}, as now.`,
    ),
  ];
}

function holidayField(fields: KeepingFields): Block {
  const { keeps, holidays } = fields;
  const choices = choicesOf(holidays, keeps).map((choice) => option(choice, listLabel(fields, choice)));
  return field(
    SCHEDULE_FORM.holidays,
    'Holidays',
    {
      type: 'static_select',
      options: choices,
      initial_option: choices.find(({ value }) => value === keeps) ?? choices[0],
    },
    'No rounds on these days of its time zone. The lists stand in checklists.yaml under holiday_lists.',
  );
}

/** A list with the days that are next, for a menu. */
function listLabel({ holidays, today }: KeepingFields, choice: HolidayChoice): string {
  if (choice === NO_HOLIDAYS) return 'None: rounds on every day';
  const name = choice === DEFAULT_HOLIDAYS ? 'Those of checklists.yaml' : choice;
  const days = daysOf(holidays, choice) ?? [];
  if (days.length === 0) return `${name}: no days`;
  const next = nextDays(days, today, DAYS_SHOWN);
  if (next.length === 0) return `${name}: no day is left`;
  return `${name}: next ${next.map((day) => dayText(day, today)).join(', ')}`;
}

/** As many as a menu holds, the one that counts among them. */
function choicesOf({ lists }: Holidays, keeps: HolidayChoice): readonly HolidayChoice[] {
  const names = Object.keys(lists).filter((name) => name !== keeps);
  const own = Object.keys(lists).filter((name) => name === keeps);
  return [DEFAULT_HOLIDAYS, NO_HOLIDAYS, ...own, ...names].slice(0, LIMITS.select.options);
}
