import { type Silence, silenceFor, silenceLabels } from '../../core/alert/silence.ts';
import type { CommandWord } from '../../core/command-words.ts';
import type { Run } from '../../core/run.ts';
import type { AlertGroup } from '../../engine/ports/group-store.ts';
import type { MessageContent } from '../../engine/ports/message.ts';
import { context, section } from '../blocks/builders.ts';
import { alertState } from '../cards/alert-state.ts';
import { mention } from '../cards/mention.ts';
import { lineSections } from '../cards/overview-card.ts';
import { SEVERITY_WORDS } from '../cards/severity-words.ts';
import { untilText } from '../cards/silence-card.ts';
import { code, inline, joinMrkdwn, type Mrkdwn, mrkdwn } from '../text/mrkdwn.ts';
import { elapsed, renderTime } from '../text/times.ts';
import { typedText } from '../text/typed-text.ts';
import { reply } from './reply.ts';

const MOST_LINES = 15;

interface Listing {
  readonly part: string;
  readonly title: Mrkdwn;
  readonly lines: readonly Mrkdwn[];
  /** Said instead of an empty list. */
  readonly empty: string;
  readonly hint?: string;
}

/** A title, up to 15 lines and how many more there are. */
function listing({ part, title, lines, empty, hint }: Listing): MessageContent {
  const shown = lines.length === 0 ? [typedText(empty)] : lines.slice(0, MOST_LINES);
  const more = lines.length > MOST_LINES ? [mrkdwn`… ${lines.length - MOST_LINES} more`] : [];
  const notes = [...more, ...(hint === undefined ? [] : [typedText(hint)])];
  return reply(
    part,
    [title, ...shown, ...notes],
    [section(mrkdwn`*${title}*`), ...lineSections(shown), ...(notes.length > 0 ? [context(...notes)] : [])],
  );
}

/** Every word, with what it does. */
export function renderHelp(commands: readonly CommandWord[]): MessageContent {
  return listing({
    part: 'help',
    title: mrkdwn`What you can type`,
    lines: commands.map(({ usage, purpose }) => joinMrkdwn([code(`/perf ${usage}`), inline(purpose)], ' – ')),
    empty: 'Nothing yet.',
  });
}

/** The playbooks by name, and when to use them. */
export function renderPlaybookList(
  playbooks: readonly { readonly name: string; readonly title: string; readonly description: string }[],
): MessageContent {
  return listing({
    part: 'playbooks',
    title: mrkdwn`Playbooks`,
    lines: playbooks.map(({ name, title, description }) =>
      joinMrkdwn([code(name), mrkdwn`*${inline(title, 100)}* – ${inline(description)}`], '  '),
    ),
    empty: 'There is no playbook yet. Put one into the folder `playbooks`.',
    hint: 'Run one: `/perf run NAME [service]`',
  });
}

/** Alert groups, newest first, with the id that `/perf ack` takes. */
export function renderAlertList(
  groups: readonly AlertGroup[],
  {
    now,
    timezone,
    silences = [],
    held = 0,
  }: { now: number; timezone: string; silences?: readonly Silence[]; held?: number },
): MessageContent {
  const line = (group: AlertGroup) => {
    const silence = silenceFor(silences, silenceLabels(group.labels, group.service), now);
    const state = alertState(group);
    const where = group.service === undefined ? inline('') : inline(group.service, 80);
    const since = renderTime(group.startedAt, timezone);
    const lasted = elapsed(group.startedAt, group.resolvedAt ?? now);
    const taken =
      group.acknowledgedBy === undefined
        ? inline('')
        : mrkdwn`acknowledged by ${mention(group.acknowledgedBy)}`;
    return joinMrkdwn(
      [
        mrkdwn`${state} *${inline(group.title, 150)}*`,
        where,
        mrkdwn`since ${since} (${lasted})`,
        taken,
        silence === undefined ? inline('') : mrkdwn`🔕 silenced ${untilText(silence, timezone)}`,
        code(group.id, 80),
      ],
      ' · ',
    );
  };
  return listing({
    part: 'alerts',
    title: mrkdwn`Alerts`,
    lines: groups.map(line),
    empty: 'Nothing is firing.',
    ...hintOf([
      groups.length > 0 ? 'Take one: `/perf ack ID`' : '',
      held > 0
        ? `${held === 1 ? 'One more is' : `${held} more are`} held back: \`/perf silence\` says by what`
        : '',
    ]),
  });
}

/** Runs, newest first, with the id that `/perf show` takes. */
export function renderHistory(runs: readonly Run[], { timezone }: { timezone: string }): MessageContent {
  const line = ({ id, playbook, service, createdAt, report, failure }: Run) => {
    const state =
      report !== undefined
        ? SEVERITY_WORDS[report.severity]
        : failure !== undefined
          ? '⚪ Failed'
          : '⏳ Running';
    const said = report?.verdict ?? failure ?? '';
    return joinMrkdwn(
      [
        mrkdwn`${state} *${inline(playbook, 80)}*`,
        service === undefined ? inline('') : inline(service, 80),
        renderTime(createdAt, timezone),
        inline(said, 200),
        code(id, 80),
      ],
      ' · ',
    );
  };
  return listing({
    part: 'history',
    title: mrkdwn`Last runs`,
    lines: runs.map(line),
    empty: 'Nothing has run yet. `/perf status` looks at everything.',
    ...(runs.length > 0 && { hint: 'See one again: `/perf show ID`' }),
  });
}

function hintOf(hints: readonly string[]): { readonly hint?: string } {
  const said = hints.filter((hint) => hint !== '').join(' · ');
  return said === '' ? {} : { hint: said };
}
