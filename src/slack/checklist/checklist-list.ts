import type { Checklist } from '../../core/checklist/checklist.ts';
import type { Round } from '../../core/checklist/round.ts';
import { type Problem, problemLine } from '../../core/errors.ts';
import type { MessageContent } from '../../engine/ports/message.ts';
import { reply } from '../answers/reply.ts';
import { ACTIONS, toActionValue } from '../blocks/action-value.ts';
import { actions, blocks, section } from '../blocks/builders.ts';
import { button } from '../blocks/buttons.ts';
import { inline, joinMrkdwn, type Mrkdwn, mrkdwn } from '../text/mrkdwn.ts';
import { renderTime } from '../text/times.ts';
import { channelText } from './channel-text.ts';

const PROBLEMS_SHOWN = 5;

/** A checklist with when it comes next and how its last round stands. */
export interface ListedChecklist {
  readonly checklist: Checklist;
  readonly times: readonly {
    readonly channel: string;
    /** Undefined: paused, or never. */
    readonly nextAt: number | undefined;
    readonly paused: boolean;
    /** Set in Slack, in place of the file. */
    readonly edited: boolean;
  }[];
  readonly last: Round | undefined;
}

/** The checklists, for the person who asked. */
export function renderChecklistList(
  listed: readonly ListedChecklist[],
  { timezone, problems = [] }: { readonly timezone: string; readonly problems?: readonly Problem[] },
): MessageContent {
  const lines =
    listed.length === 0
      ? [mrkdwn`There is no checklist: put files into ${inline('playbooks/checklists/')}.`]
      : listed.map((entry) => lineOf(entry, timezone));
  if (problems.length > 0) lines.push(problemText(problems));
  const edit = button({
    label: 'Edit schedules',
    actionId: ACTIONS.schedules,
    value: toActionValue({}),
  });
  return reply('checklists', lines, blocks(...lines.map(section), actions(edit)));
}

/** What stands in the files now is not what counts. */
function problemText(problems: readonly Problem[]): Mrkdwn {
  const shown = problems.slice(0, PROBLEMS_SHOWN).map((problem) => inline(problemLine(problem), 300));
  const more = problems.length - shown.length;
  return joinMrkdwn(
    [
      mrkdwn`⚠️ Files that are broken; their last good version counts:`,
      ...shown,
      ...(more > 0 ? [mrkdwn`… and ${more} more`] : []),
    ],
    '\n',
  );
}

function lineOf({ checklist, times, last }: ListedChecklist, timezone: string): Mrkdwn {
  const when = times.map(({ channel, nextAt, paused, edited }) => {
    if (paused) return mrkdwn`paused in ${channelText(channel)}`;
    if (nextAt === undefined) return mrkdwn`never in ${channelText(channel)}`;
    const set = edited ? ' (set in Slack)' : '';
    return mrkdwn`next ${renderTime(nextAt, timezone)} in ${channelText(channel)}${set}`;
  });
  const open = last?.items.filter(({ checked }) => !checked).length ?? 0;
  return joinMrkdwn(
    [
      mrkdwn`*${inline(checklist.name, 50)}*: ${inline(checklist.title, 60)}, ${checklist.items.length} items`,
      ...(when.length > 0 ? when : [mrkdwn`not scheduled`]),
      ...(last === undefined ? [] : [mrkdwn`last ${renderTime(last.createdAt, timezone)}, ${open} open`]),
    ],
    ' · ',
  );
}
