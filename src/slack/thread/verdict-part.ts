import type { Cause, EvidenceLine } from '../../core/diagnosis/cause.ts';
import type { Block } from '../blocks/builders.ts';
import { actions, blocks, context, section } from '../blocks/builders.ts';
import { linkButtons } from '../blocks/buttons.ts';
import { bullets, type Piece, paragraph, richText } from '../blocks/rich-text.ts';
import { lineSections, splitServices } from '../cards/overview-card.ts';
import { serviceLine } from '../cards/service-line.ts';
import { SEVERITY_WORDS } from '../cards/severity-words.ts';
import { inline, joinMrkdwn, mrkdwn } from '../text/mrkdwn.ts';
import { evidenceText } from './evidence-line.ts';
import type { Part, Passage } from './passage.ts';
import type { ReportView } from './report-view.ts';

const MOST_CAUSES = 3;
const MOST_LINES = 8;
const MOST_AGAINST = 5;
const MOST_FINDINGS = 15;
const MOST_RULED_OUT = 6;
const MOST_SERVICES = 60;
const MOST_DIGEST_LINES = 20;
const LINE_LENGTH = 350;

/** The cause with its evidence, what speaks against it, and what was ruled out. */
export function verdictPart(view: ReportView): Part {
  const { report } = view;
  const causes = view.shortener.list(report.causes, MOST_CAUSES);
  const details = [
    ...(report.overview ? furtherServices(view) : []),
    ...digest(view),
    ...causes.shown.map((cause, index) => causePassage(view, cause, index + 1)),
    ...(causes.hidden > 0 ? [lessLikely(report.causes.slice(MOST_CAUSES), causes.hidden)] : []),
    ...(report.causes.length === 0 && !report.overview ? checked(view) : []),
    ...ruledOut(view),
  ];
  // The card of an overview has said the verdict already: it needs no thread of its own to say it again.
  const alone = report.overview && view.links === undefined && details.length === 0;
  return { name: 'verdict', passages: alone ? [] : [headline(view), ...details] };
}

function headline({ report, shortener, links }: ReportView): Passage {
  const verdict = shortener.text(report.verdict, 1_500);
  // In the thread of another message stand several reports: each says what it is.
  const said = inline(links === undefined ? verdict : `${report.title}: ${verdict}`, 2_400);
  return {
    blocks: blocks(section(mrkdwn`*${said}*`), actions(linkButtons(links ?? []))),
    text: [said],
  };
}

/** What a report over a long time found, one line each. */
function digest({ report, shortener }: ReportView): readonly Passage[] {
  const { shown, hidden } = shortener.list(report.digest?.lines ?? [], MOST_DIGEST_LINES);
  if (shown.length === 0) return [];
  const lines = shown.map((line) => shortener.text(line, LINE_LENGTH));
  const more = hidden > 0 ? [`… ${hidden} more in the file below`] : [];
  return [
    {
      blocks: [richText(bullets([...lines, ...more].map((text) => [{ text }])))],
      text: lines.slice(0, 5).map((text) => inline(text, LINE_LENGTH)),
    },
  ];
}

/** The services that the card had no room for. */
function furtherServices({ report, shortener, timezone }: ReportView): readonly Passage[] {
  const rest = shortener.list(splitServices(report, timezone).rest, MOST_SERVICES);
  const lines = rest.shown.map((line) => serviceLine(line, timezone));
  const text = rest.shown.map(
    ({ service, severity }) => mrkdwn`${SEVERITY_WORDS[severity]} ${inline(service, 80)}`,
  );
  const more = rest.hidden > 0 ? [mrkdwn`… ${rest.hidden} more services in the file below`] : [];
  return [
    ...lineSections(lines).map((block, index) => ({ blocks: [block], text: index === 0 ? text : [] })),
    ...more.map((line) => ({ blocks: [context(line)], text: [line] })),
  ];
}

function causePassage(view: ReportView, cause: Cause, rank: number): Passage {
  const { shortener } = view;
  const share = Math.round(cause.confidence * 100);
  const title = mrkdwn`${rank}. ${inline(cause.title, 150)} on ${inline(cause.service, 80)}, ${share} % sure`;
  const told = view.report.verdict.includes(cause.summary.replace(/\.$/, ''));
  const summary = inline(told ? '' : shortener.text(cause.summary, 500), 800);
  const evidence = evidenceItems(view, cause.evidence, MOST_LINES);
  const against = evidenceItems(view, cause.against, MOST_AGAINST);
  const lists: readonly Block[] = [
    ...(evidence.length > 0 ? [bullets(evidence)] : []),
    ...(against.length > 0
      ? [paragraph({ text: 'Speaks against it', bold: true }), bullets(against)]
      : evidence.length > 0
        ? [paragraph({ text: 'Nothing measured speaks against it.' })]
        : []),
  ];
  return {
    blocks: blocks(
      section(joinMrkdwn([mrkdwn`*${title}*`, summary], '\n')),
      lists.length > 0 ? richText(...lists) : undefined,
    ),
    text: [title, summary, ...evidence.slice(0, 3).map((pieces) => inline(asText(pieces), LINE_LENGTH))],
  };
}

function evidenceItems(
  { shortener, timezone }: ReportView,
  lines: readonly EvidenceLine[],
  max: number,
): readonly (readonly Piece[])[] {
  const { shown, hidden } = shortener.list(lines, max);
  const items = shown.map((line) => [{ text: shortener.text(evidenceText(line, timezone), LINE_LENGTH) }]);
  return hidden > 0 ? [...items, [{ text: `… ${hidden} more in the file below` }]] : items;
}

function asText(pieces: readonly Piece[]): string {
  return pieces.map(({ text }) => text).join(' ');
}

function lessLikely(causes: readonly Cause[], count: number): Passage {
  const named = causes
    .slice(0, 5)
    .map(({ title, confidence }) => mrkdwn`${inline(title, 100)} (${Math.round(confidence * 100)} %)`);
  const line = mrkdwn`${count} less likely, in the file below: ${joinMrkdwn(named, '; ')}`;
  return { blocks: [section(line)], text: [line] };
}

/** Without a cause people want to know what was looked at. */
function checked({ report, shortener }: ReportView): readonly Passage[] {
  const { shown, hidden } = shortener.list(report.findings, MOST_FINDINGS);
  if (shown.length === 0) return [];
  const items = shown.map(({ severity, text }) => [
    { text: `${SEVERITY_WORDS[severity]}: ${shortener.text(text, LINE_LENGTH)}` },
  ]);
  const all = hidden > 0 ? [...items, [{ text: `… ${hidden} more in the file below` }]] : items;
  return [
    {
      blocks: [richText(paragraph({ text: 'What was checked', bold: true }), bullets(all))],
      text: [mrkdwn`What was checked:`, ...items.map((pieces) => inline(asText(pieces)))],
    },
  ];
}

function ruledOut({ report, shortener }: ReportView): readonly Passage[] {
  // Neighbouring causes are often ruled out by the same number: it is said once.
  const reasonsOnce = [...new Map(report.ruledOut.map((entry) => [entry.reason, entry])).values()];
  const { shown, hidden } = shortener.list(reasonsOnce, MOST_RULED_OUT);
  if (shown.length === 0) return [];
  const reasons = shown.map(({ reason }) => inline(shortener.text(reason, 150), 200));
  const more = hidden > 0 ? [mrkdwn`${hidden} more in the file below`] : [];
  const line = mrkdwn`Ruled out: ${joinMrkdwn([...reasons, ...more], '; ')}`;
  return [{ blocks: [section(line)], text: [line] }];
}
