import { SEVERITIES, type Severity } from '../../core/severity.ts';
import type { HomeService, HomeState } from '../../engine/home/read-home.ts';
import { ACTIONS, toActionValue } from '../blocks/action-value.ts';
import { actions, type Block, blocks, context, header } from '../blocks/builders.ts';
import { button } from '../blocks/buttons.ts';
import { lineSections } from '../cards/overview-card.ts';
import { SEVERITY_WORDS } from '../cards/severity-words.ts';
import { channelText } from '../checklist/channel-text.ts';
import { inline, joinMrkdwn, type Mrkdwn, mrkdwn } from '../text/mrkdwn.ts';
import { renderTime } from '../text/times.ts';
import { alertText, type HomeWords, itemText, nextText, runText, serviceText } from './home-lines.ts';

/** Lines of each part; the rest is counted, with the command that lists it. */
const MOST = { services: 15, alerts: 10, items: 20, next: 8 } as const;
const OK_NAMES_LENGTH = 1_200;

export interface HomeView extends HomeWords {
  readonly state: HomeState;
  readonly userId: string;
  /** Where answers to the buttons come. */
  readonly channel: string;
  /** What was just done, or could not be. */
  readonly remark?: string;
}

/** App Home of a person: what is wrong, what is to be done, what comes next, what was found last. */
export function renderHome(home: HomeView): Block {
  const { state, channel, remark, timezone } = home;
  return {
    type: 'home',
    callback_id: 'perfbot_home',
    blocks: blocks(
      header('How things are'),
      context(mrkdwn`As of ${renderTime(state.at, timezone)}, from what was measured last`),
      actions(homeButtons()),
      context(inline(remark ?? ''), mrkdwn`Answers come into ${channelText(channel)}`),
      ...servicesPart(home),
      ...part({
        title: 'Alerts',
        lines: state.alerts.map((alert) => alertText(alert, home, state.at)),
        most: MOST.alerts,
        empty: 'Nothing is firing.',
        more: '/perf alerts lists them',
      }),
      ...part({
        title: 'Open checklist items',
        lines: ownFirst(state.open, home.userId).map((open) => itemText(open, home)),
        most: MOST.items,
        empty: 'Nothing is open.',
        more: 'the messages of the rounds list them',
      }),
      ...part({
        title: 'Next rounds',
        lines: state.next.map(nextText),
        most: MOST.next,
        empty: 'No checklist is scheduled. “Edit schedules” sets when they come.',
        more: '“Edit schedules” lists them',
      }),
      ...part({
        title: 'Last runs',
        lines: state.runs.map((run) => runText(run, home)),
        most: state.runs.length,
        empty: 'Nothing has run yet. “Run a status” looks at everything.',
        more: '/perf history lists them',
      }),
    ),
  };
}

function homeButtons(): readonly Block[] {
  const value = toActionValue({});
  return [
    ...button({ label: 'Diagnose', actionId: ACTIONS.homeDiagnose, value, style: 'primary' }),
    ...button({ label: 'Run a status', actionId: ACTIONS.homeStatus, value }),
    ...button({ label: 'Edit schedules', actionId: ACTIONS.schedules, value }),
    ...button({ label: 'Refresh', actionId: ACTIONS.homeRefresh, value }),
  ];
}

function servicesPart(home: HomeView): readonly Block[] {
  const { services } = home.state;
  const off = services.filter(({ severity }) => severity !== 'ok');
  const fine = services.filter(({ severity }) => severity === 'ok');
  return part({
    title: 'Services',
    ...(off.length > 0 && { head: countsOf(services) }),
    lines: off.map((service) => serviceText(service, home)),
    most: MOST.services,
    empty: 'Nothing was measured yet.',
    more: '/perf status shows all',
    ...(fine.length > 0 && { tail: fineText(fine) }),
  });
}

function countsOf(services: readonly HomeService[]): Mrkdwn {
  const counted = (severity: Severity) => services.filter((service) => service.severity === severity).length;
  const worstFirst = SEVERITIES.toReversed().filter((severity) => counted(severity) > 0);
  return joinMrkdwn(
    worstFirst.map((severity) => mrkdwn`${SEVERITY_WORDS[severity]} ${counted(severity)}`),
    ' · ',
  );
}

/** The names of what is fine, as many as have room. */
function fineText(fine: readonly HomeService[]): Mrkdwn {
  const names: Mrkdwn[] = [];
  let used = 0;
  for (const { service } of fine) {
    const name = inline(service, 80);
    used += name.mrkdwn.length + 2;
    if (used > OK_NAMES_LENGTH) break;
    names.push(name);
  }
  const rest = fine.length - names.length;
  return mrkdwn`${SEVERITY_WORDS.ok} (${fine.length}): ${joinMrkdwn(names, ', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

interface Part {
  readonly title: string;
  readonly head?: Mrkdwn;
  readonly lines: readonly Mrkdwn[];
  readonly tail?: Mrkdwn;
  readonly most: number;
  readonly empty: string;
  /** Where the rest can be seen. */
  readonly more: string;
}

function part({ title, head, lines, tail, most, empty, more }: Part): readonly Block[] {
  const shown = [head, ...lines.slice(0, most), tail].filter(
    (line) => line !== undefined && line.mrkdwn !== '',
  );
  const rest = lines.length - Math.min(lines.length, most);
  return [
    header(title),
    ...lineSections(shown.length > 0 ? shown.flatMap((line) => line ?? []) : [inline(empty)]),
    ...(rest > 0 ? [context(mrkdwn`… ${rest} more; ${more}`)] : []),
  ];
}

/** What the reader owns comes first. */
function ownFirst(open: HomeState['open'], userId: string): HomeState['open'] {
  return [
    ...open.filter(({ item }) => item.owner === userId),
    ...open.filter(({ item }) => item.owner !== userId),
  ];
}
