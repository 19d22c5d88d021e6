import { LATE_MS, type Round } from '../../core/checklist/round.ts';
import { formatDuration } from '../../core/unit.ts';
import type { MessageContent } from '../../engine/ports/message.ts';
import { ACTIONS, toActionValue } from '../blocks/action-value.ts';
import { actions, type Block, blocks, context, header, section } from '../blocks/builders.ts';
import { button } from '../blocks/buttons.ts';
import { mention, mentionOwner } from '../cards/mention.ts';
import { inline, joinMrkdwn, type Mrkdwn, messageText, mrkdwn } from '../text/mrkdwn.ts';
import { renderTime } from '../text/times.ts';
import { itemLine } from './item-line.ts';
import { loadTestRows } from './load-test-row.ts';
import { tickElements } from './tick-element.ts';

/** Characters of all lines together: the checkboxes and the frame of each block count too. */
const LINES_LENGTH = 4_400;
const LONGEST_LINE = 700;

/** The channel message of a round: every item with its result, and checkboxes as long as no later round took over. */
export function renderRoundCard(round: Round, key: string, timezone: string): MessageContent {
  const max = Math.min(LONGEST_LINE, Math.floor(LINES_LENGTH / round.items.length));
  const title = titleOf(round);
  const lines = round.items.map((item) => itemLine(item, { timezone, max }));
  const remarks = remarksOf(round, timezone);
  const current = round.state !== 'replaced';
  const rows = current ? loadTestRows(round) : new Map<number, Block>();
  const value = toActionValue({ roundId: round.id });
  const note = button({ label: 'Add a note', actionId: ACTIONS.note, value });
  const schedules = button({ label: 'Schedules', actionId: ACTIONS.schedules, value });
  const assign = button({ label: 'Assign', actionId: ACTIONS.assign, value });
  return {
    text: messageText([inline(title, 400), ...remarks, ...lines]),
    blocks: blocks(
      header(title),
      ...(remarks.length > 0 ? [context(joinMrkdwn(remarks, '\n'))] : []),
      ...round.items.flatMap((item, index) => [
        ...lines.slice(index, index + 1).map(section),
        rows.get(item.position),
      ]),
      ...(current ? tickElements(round) : []),
      ...(current
        ? [actions([...note, ...assign, ...schedules], `checklist_note:${round.id}:${round.revision}`)]
        : []),
      context(footerOf(round, timezone)),
    ),
    metadata: {
      event_type: 'perfbot_checklist',
      event_payload: { part: 'card', key, group_id: round.id },
    },
  };
}

/** The line that reminds people of what is open. */
export function renderReminder(round: Round, key: string, timezone: string): MessageContent {
  const open = round.items.filter(({ checked }) => !checked);
  const names = joinMrkdwn(
    open.map(({ title, owner }) =>
      owner === undefined ? inline(title, 75) : mrkdwn`${inline(title, 75)} (${mentionOwner(owner)})`,
    ),
    ', ',
  );
  const line = mrkdwn`Still open in ${inline(round.title, 60)} of ${renderTime(round.dueAt, timezone)}: ${names}`;
  return {
    text: messageText([line]),
    blocks: [section(line)],
    metadata: {
      event_type: 'perfbot_checklist',
      event_payload: { part: 'reminder', key, group_id: round.id },
    },
  };
}

function titleOf({ title, dueAt, timezone, items }: Round): string {
  const day = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    weekday: 'long',
    day: 'numeric',
    month: 'long',
  }).format(dueAt);
  const done = items.filter(({ checked }) => checked);
  const own = done.filter(({ checkedBy }) => checkedBy === undefined);
  const by = own.length === done.length ? ' by perfbot' : `, ${own.length} by perfbot`;
  return `${title} · ${day} · ${done.length} of ${items.length} done${done.length === 0 ? '' : by}`;
}

function remarksOf(round: Round, timezone: string): readonly Mrkdwn[] {
  const { schedule, createdAt, dueAt, missed, state } = round;
  const lateMs = schedule === undefined ? 0 : createdAt - dueAt;
  const late =
    lateMs > LATE_MS
      ? mrkdwn`Late: it was due ${renderTime(dueAt, timezone)} and is posted ${formatDuration(lateMs)} later.`
      : undefined;
  return [
    ...(late ? [late] : []),
    ...(missed > 0
      ? [mrkdwn`${missed} earlier ${missed === 1 ? 'round was' : 'rounds were'} missed and left out.`]
      : []),
    ...(state === 'replaced' ? [mrkdwn`Closed: a newer round has taken over, with what was open here.`] : []),
    ...(state === 'filling'
      ? [mrkdwn`⏳ perfbot is still looking; the evidence comes into the thread.`]
      : []),
  ];
}

function footerOf({ requestedBy, id, timezone }: Round, shownIn: string): Mrkdwn {
  return joinMrkdwn(
    [
      requestedBy === undefined ? inline('') : mrkdwn`Asked for by ${mention(requestedBy)}`,
      mrkdwn`times in ${inline(shownIn === timezone ? timezone : shownIn, 60)}`,
      mrkdwn`round ${inline(id, 80)}`,
    ],
    ' · ',
  );
}
