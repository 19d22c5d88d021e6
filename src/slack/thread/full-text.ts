import type { Advice, Cause } from '../../core/diagnosis/cause.ts';
import type { LookedAt } from '../../core/report/looked-at.ts';
import type { EvidenceTable, Report, ServiceLine, Unavailable } from '../../core/report.ts';
import { formatDuration } from '../../core/unit.ts';
import { cleanText } from '../text/clean-text.ts';
import { plainTime, showValue } from '../text/times.ts';
import { cellText } from './cell-text.ts';
import { evidenceText } from './evidence-line.ts';

/** A file that people may open on a phone; characters. */
const MOST_CHARACTERS = 1_000_000;

/** The report as plain text, nothing left out up to a million characters (and then it says so). */
export function fullText(report: Report, timezone: string): string {
  const text = cleanText(
    [
      `${report.title}${report.service === undefined ? '' : ` on ${report.service}`}`,
      `${plainTime(report.startedAt, timezone)}, run ${report.runId}, playbook ${report.playbook}, ${report.severity}`,
      report.verdict,
      ...chapter('In short', report.digest?.lines ?? [], (line) => `- ${line}`),
      ...chapter('Services', report.services, (line) => serviceText(line, timezone)),
      ...chapter('Causes', report.causes, (cause) => causeText(cause, timezone)),
      ...chapter('Ruled out', report.ruledOut, ({ id, reason }) => `- ${id}: ${reason}`),
      ...chapter('Checked', report.findings, ({ severity, text: said }) => `- ${severity}: ${said}`),
      ...chapter('Do next', report.nextSteps, adviceText),
      ...report.tables.flatMap((table) => tableText(table, timezone)),
      ...chapter('Not measured', report.unavailable, unavailableText),
      ...chapter('Looked at', report.lookedAt ?? [], lookText),
    ].join('\n'),
  );
  if (text.length <= MOST_CHARACTERS) return text;
  return `${cleanText(text.slice(0, MOST_CHARACTERS))}\n… cut here: the report is longer than ${MOST_CHARACTERS} characters`;
}

function chapter<T>(title: string, items: readonly T[], render: (item: T) => string): readonly string[] {
  return items.length === 0 ? [] : ['', `== ${title}`, ...items.map(render)];
}

function serviceText({ service, severity, numbers, remarks }: ServiceLine, timezone: string): string {
  const values = numbers.map(({ title, value, unit, usual }) =>
    [
      `${title} ${showValue(value, unit, timezone)}`,
      ...(usual === undefined ? [] : [`usually ${showValue(usual, unit, timezone)}`]),
    ].join(', '),
  );
  return [`- ${service}: ${severity}`, ...values, ...remarks].join('; ');
}

function causeText(cause: Cause, timezone: string): string {
  return [
    `- ${cause.title} on ${cause.service} (${cause.id}, ${Math.round(cause.confidence * 100)} % sure)`,
    `  ${cause.summary}`,
    ...cause.evidence.map((line) => `  for: ${evidenceText(line, timezone)}`),
    ...cause.against.map((line) => `  against: ${evidenceText(line, timezone)}`),
    ...cause.advice.map((advice) => adviceText(advice).replace(/^/gm, '  ')),
  ].join('\n');
}

function adviceText({ title, why, command, effect, risk, undo, source }: Advice): string {
  return [
    `- ${title}`,
    `  why: ${why}`,
    ...(command === undefined ? [] : [`  command:\n${command}`]),
    ...(effect === 'reads' ? ['  it only looks; nothing changes'] : []),
    ...(risk === undefined ? [] : [`  risk: ${risk}`]),
    ...(undo === undefined ? [] : [`  undo: ${undo}`]),
    ...(source === undefined ? [] : [`  source: ${source}`]),
  ].join('\n');
}

function tableText(table: EvidenceTable, timezone: string): readonly string[] {
  const rows = table.rows.map((row, rank) =>
    [
      `-- ${rank + 1}`,
      ...table.columns.map((column, index) => `${column.title}: ${cellText(row[index], column, timezone)}`),
    ].join('\n'),
  );
  const omitted = table.omittedRows ?? 0;
  return [
    '',
    `== ${table.title} (${table.probe} on ${table.service})`,
    ...rows,
    ...(omitted > 0 ? [`${omitted} more rows were not collected`] : []),
  ];
}

function lookText({ probe, service, target, cost, durationMs, collected }: LookedAt): string {
  const result = collected ? '' : ', without result';
  return `- ${cost ?? 'not run'}: ${probe} on ${service} (${target}), ${formatDuration(durationMs)}${result}`;
}

function unavailableText({ probe, service, reason, mend }: Unavailable): string {
  return `- ${probe} on ${service}: ${reason}${mend === undefined ? '' : `; to mend it: ${mend}`}`;
}
