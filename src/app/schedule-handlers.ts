import { z } from 'zod';
import { DEFAULT_HOLIDAYS, NO_HOLIDAYS } from '../core/checklist/holidays.ts';
import type { Reminder } from '../core/checklist/reminder.ts';
import type { SchedulePlace } from '../core/checklist/schedule-edit.ts';
import { currentSchedules } from '../engine/checklists/current-schedules.ts';
import { editSchedule, resetSchedule } from '../engine/checklists/edit-schedule.ts';
import type { Messenger } from '../engine/ports/message.ts';
import { ACTIONS, parseActionValue } from '../slack/blocks/action-value.ts';
import { SCHEDULE_FORM } from '../slack/checklist/form-field.ts';
import type { KnownReminder } from '../slack/checklist/read-keeping.ts';
import { readScheduleForm } from '../slack/checklist/read-schedule-form.ts';
import { scheduleListModal } from '../slack/checklist/schedule-list-modal.ts';
import { goneText, savedText, writtenOverText } from '../slack/checklist/schedule-text.ts';
import type { ActionAnswer, ActionRequest, ViewAnswer, ViewRequest } from '../slack/receiver/handlers.ts';
import type { Mrkdwn } from '../slack/text/mrkdwn.ts';
import { editForm, type FormOptions, newForm } from './schedule-forms.ts';
import { channelTest, placesOf, shown, shownPlace } from './shown-schedules.ts';

const Metadata = z.object({
  checklist: z.string().optional(),
  channel: z.string().optional(),
  opened: z.string().optional(),
  seen: z.string(),
  remindIn: z.string().optional(),
  remindInId: z.string().optional(),
});

export interface ScheduleHandlersOptions extends FormOptions, Pick<Messenger, 'canPost'> {}

export interface ScheduleHandlers {
  /** The dialogue with all schedules, those of the channel first. */
  open(channel: string | undefined, remarks?: readonly Mrkdwn[]): Promise<ModalAnswer>;
  /** Undefined: not a press on a schedule. */
  onAction(request: ActionRequest): Promise<ActionAnswer | undefined>;
  onView(request: ViewRequest): Promise<ViewAnswer>;
}

type ModalAnswer = Extract<ActionAnswer, { readonly kind: 'modal' }>;

/** The dialogues in which people set when checklists come. */
export function createScheduleHandlers(options: ScheduleHandlersOptions): ScheduleHandlers {
  const open: ScheduleHandlers['open'] = async (channel, remarks = []) => {
    const places = await placesOf(options, channel);
    const view = scheduleListModal({ places, channel, remarks, timezone: options.timezone });
    return { kind: 'modal', view };
  };
  return {
    open,
    async onAction({ actionId, value, channelId }) {
      const { checklist = '', channel = '', opened } = parseActionValue(value);
      switch (actionId) {
        case ACTIONS.schedules:
          return open(channelId === '' ? undefined : channelId);
        case ACTIONS.scheduleAdd:
          return { kind: 'modal', view: await newForm(options, opened) };
        case ACTIONS.scheduleEdit: {
          const view = await editForm(options, { checklist, channel }, opened);
          return view ? { kind: 'modal', view } : open(opened, [goneText(channel)]);
        }
        case ACTIONS.scheduleReset: {
          await resetSchedule(options)({ checklist, channel });
          return open(opened, [savedText(await shownPlace(options, { checklist, channel }))]);
        }
        default:
          return undefined;
      }
    },
    async onView(request) {
      const { opened, ...sent } = Metadata.parse(JSON.parse(request.privateMetadata));
      const place = await placeOf(options, sent, request);
      if ('errors' in place) return place.errors;
      const lists = [
        DEFAULT_HOLIDAYS,
        NO_HOLIDAYS,
        ...Object.keys(options.checklists.scheduleDefaults().holidays.lists),
      ];
      const read = readScheduleForm(request, { now: options.now(), reminder: sent, lists });
      if ('errors' in read) return read.errors;
      const trouble = await channelTrouble(options, read.form, sent);
      if (trouble !== undefined) return trouble;
      const wanted = { ...place, ...read.form, userId: request.userId, seen: sent.seen };
      const { replaced } = await editSchedule(options)(wanted);
      const saved = savedText(await shownPlace(options, wanted));
      const over = replaced && writtenOverText(shown(options, replaced), options.timezone);
      return { view: (await open(opened, over ? [saved, over] : [saved])).view };
    },
  };
}

/** A reminder that was told elsewhere until now needs perfbot there; one that stays where it was is left alone. */
async function channelTrouble(
  options: ScheduleHandlersOptions,
  { remindIn }: Reminder,
  known: KnownReminder,
): Promise<Readonly<Record<string, string>> | undefined> {
  if (remindIn === undefined || remindIn === known.remindIn || (await options.canPost(remindIn)))
    return undefined;
  return { [SCHEDULE_FORM.remindIn]: 'I am not in this channel; type /invite @perfbot there.' };
}

/** The place that a form is about; for a new schedule it is checked. */
async function placeOf(
  options: ScheduleHandlersOptions,
  { checklist, channel }: { readonly [K in keyof SchedulePlace]?: SchedulePlace[K] | undefined },
  { values }: Pick<ViewRequest, 'values'>,
): Promise<SchedulePlace | { readonly errors: Readonly<Record<string, string>> }> {
  if (checklist !== undefined && channel !== undefined) return { checklist, channel };
  const wanted = {
    checklist: values[SCHEDULE_FORM.checklist] ?? '',
    channel: values[SCHEDULE_FORM.channel] ?? '',
  };
  if (!options.checklists.all().some(({ name }) => name === wanted.checklist))
    return { errors: { [SCHEDULE_FORM.checklist]: 'There is no such checklist any more.' } };
  const [current, here] = await Promise.all([
    currentSchedules(options.checklists, options.database.checklists),
    channelTest(options, wanted.channel),
  ]);
  if (current.some((schedule) => schedule.checklist === wanted.checklist && here(schedule.channel)))
    return { errors: { [SCHEDULE_FORM.channel]: 'This checklist has a schedule there; edit that one.' } };
  if (!(await options.canPost(wanted.channel)))
    return { errors: { [SCHEDULE_FORM.channel]: 'I am not in this channel; type /invite @perfbot there.' } };
  return wanted;
}
