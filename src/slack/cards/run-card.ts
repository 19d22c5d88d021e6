import { formatDuration } from '../../core/unit.ts';
import type { MessageContent } from '../../engine/ports/message.ts';
import type { RunCard } from '../../engine/ports/renderer.ts';
import { ACTIONS, toActionValue } from '../blocks/action-value.ts';
import { actions, type Block, blocks, context, header, section } from '../blocks/builders.ts';
import { button, linkButtons } from '../blocks/buttons.ts';
import type { RendererOptions } from '../renderer-options.ts';
import { inline, joinMrkdwn, type Mrkdwn, messageText, mrkdwn } from '../text/mrkdwn.ts';
import { digestBlocks, digestLines } from './digest-blocks.ts';
import { mention } from './mention.ts';
import { overviewActions, overviewBlocks, overviewText } from './overview-card.ts';
import { progressLine } from './progress-line.ts';
import { reportLines } from './report-lines.ts';
import { reportLinks } from './report-links.ts';
import { SEVERITY_WORDS } from './severity-words.ts';

/** The channel message of a run that somebody asked for; the overview of all services has its own form. */
export function renderRunCard(card: RunCard, key: string, options: RendererOptions): MessageContent {
  const { report } = card;
  const title = titleOf(card);
  const lines = linesOf(card, options.timezone);
  const overview = report?.overview === true ? report : undefined;
  const footer = footerOf(card);
  return {
    text: messageText([
      inline(title, 400),
      ...lines,
      ...(overview === undefined ? [] : overviewText(overview, options.timezone)),
      ...(report === undefined || report.overview ? [] : digestLines(report)),
      footer,
    ]),
    blocks: blocks(
      header(title),
      ...lines.map(section),
      ...(overview === undefined ? [] : overviewBlocks(overview, options.timezone)),
      ...(report === undefined || report.overview ? [] : digestBlocks(report, options)),
      context(footer),
      ...(overview === undefined
        ? [actions(buttonsOf(card, options))]
        : overviewActions(overview, buttonsOf(card, options), options)),
    ),
    metadata: { event_type: 'perfbot_report', event_payload: { part: 'card', key, run_id: card.runId } },
  };
}

function titleOf({ report, progress, failure, title, service }: RunCard): string {
  const state =
    report !== undefined && progress === undefined
      ? SEVERITY_WORDS[report.severity]
      : failure !== undefined
        ? '⚪ Failed'
        : '⏳ Looking';
  return [state, title, ...(service === undefined ? [] : [service])].join(' · ');
}

function linesOf({ report, progress, failure }: RunCard, timezone: string): readonly Mrkdwn[] {
  const live = progress === undefined ? [] : [progressLine(progress)];
  if (report !== undefined) {
    return [
      ...(report.overview ? [mrkdwn`*${inline(report.verdict, 1_000)}*`] : reportLines(report, { timezone })),
      ...live,
    ];
  }
  if (failure !== undefined) return [mrkdwn`Could not finish: ${inline(failure, 500)}`];
  return [progressLine(progress)];
}

function footerOf({ runId, requestedBy, report }: RunCard): Mrkdwn {
  return joinMrkdwn(
    [
      requestedBy === undefined ? inline('') : mrkdwn`Asked by ${mention(requestedBy)}`,
      report === undefined ? inline('') : mrkdwn`took ${formatDuration(report.durationMs)}`,
      mrkdwn`run ${inline(runId, 80)}`,
    ],
    ' · ',
  );
}

function buttonsOf(card: RunCard, options: RendererOptions): readonly Block[] {
  const { runId, playbook, service, report, progress, failure, now } = card;
  const settled = progress === undefined && (report !== undefined || failure !== undefined);
  const value = toActionValue({ runId, playbook, service });
  const links =
    report === undefined
      ? (options.links?.({ service, from: now, to: now }) ?? [])
      : reportLinks(report, options);
  return [
    ...(settled ? button({ label: 'Run again', actionId: ACTIONS.runAgain, value }) : []),
    ...linkButtons(links),
  ];
}
