import { LIMITS } from '../../core/block-kit/limits.ts';
import { ACTIONS, toActionValue } from '../blocks/action-value.ts';
import { actions, type Block, blocks, context, plain, section } from '../blocks/builders.ts';
import { button } from '../blocks/buttons.ts';
import { inline, joinMrkdwn, type Mrkdwn, mrkdwn } from '../text/mrkdwn.ts';
import { channelText } from './channel-text.ts';
import { type ShownPlace, scheduleText } from './schedule-text.ts';

export interface ScheduleListModal {
  readonly places: readonly ShownPlace[];
  /** Where the dialogue was opened; a new schedule is for this channel at first. */
  readonly channel: string | undefined;
  /** What was just done. */
  readonly remarks: readonly Mrkdwn[];
  /** IANA zone of times that are not those of a schedule. */
  readonly timezone: string;
}

/** Beside remarks, buttons and the line about the rest. */
const MOST_PLACES = 90;

/** All schedules with a button to edit each, and one for another. */
export function scheduleListModal({ places, channel, remarks, timezone }: ScheduleListModal): Block {
  const shown = places.slice(0, MOST_PLACES);
  const add = button({
    label: 'Add a schedule',
    actionId: ACTIONS.scheduleAdd,
    value: toActionValue({ opened: channel }),
  });
  return {
    type: 'modal',
    callback_id: 'perfbot_schedules',
    title: plain('Checklist schedules', LIMITS.view.title),
    close: plain('Done', LIMITS.view.title),
    blocks: blocks(
      ...(remarks.length > 0 ? [section(joinMrkdwn(remarks, '\n'))] : []),
      ...(shown.length === 0 ? [section(mrkdwn`Nothing is scheduled yet.`)] : []),
      ...shown.map((place) => placeSection(place, channel, timezone)),
      ...(places.length > shown.length
        ? [context(mrkdwn`… ${places.length - shown.length} more stand in checklists.yaml`)]
        : []),
      actions(add),
    ),
  };
}

function placeSection(
  { checklist, channel, title, schedules }: ShownPlace,
  opened: string | undefined,
  timezone: string,
): Block {
  const head = mrkdwn`*${inline(title, 60)}* in ${channelText(channel)}`;
  const [edit] = button({
    label: 'Edit',
    actionId: ACTIONS.scheduleEdit,
    value: toActionValue({ checklist, channel, opened }),
  });
  return {
    ...section(joinMrkdwn([head, ...schedules.map((shown) => scheduleText(shown, timezone))], '\n')),
    ...(edit && { accessory: edit }),
  };
}
