import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';
import type { Advice } from '../../core/diagnosis/cause.ts';
import { lookLines } from '../../core/report/looked-at.ts';
import { mergeUnavailable } from '../../core/report/merge-unavailable.ts';
import type { KeyNumber, Report } from '../../core/report.ts';
import { formatValue } from '../../core/unit.ts';
import { evidenceText } from '../../slack/thread/evidence-line.ts';

const PLAIN = { style: { head: [], border: [] } };
const MARK = { ok: 'ok', unknown: 'unknown', warning: 'WARNING', critical: 'CRITICAL' } as const;

/** The report for a terminal: verdict, causes with evidence, services, next steps, what was not measured. */
export function printReport(report: Report, chartPaths: readonly string[]): string {
  const parts = [
    `${MARK[report.severity]} · ${report.title}${report.service === undefined ? '' : ` · ${report.service}`} · ${formatValue(report.durationMs, 'ms')}`,
    report.verdict,
    servicesTable(report),
    ...report.causes.map((cause) =>
      [
        `${Math.round(cause.confidence * 100)} %  ${cause.title} (${cause.id}) · ${cause.service}`,
        ...cause.evidence.map((line) => `  + ${evidenceText(line, 'UTC')}`),
        ...cause.against.map((line) => `  - ${evidenceText(line, 'UTC')}`),
      ].join('\n'),
    ),
    list(
      'Ruled out',
      report.ruledOut.map(({ id, reason }) => `${id}: ${reason}`),
    ),
    list('Do next', report.nextSteps.map(step)),
    list(
      'Not measured',
      mergeUnavailable(report.unavailable).map(
        ({ probe, service, reason, mend }) =>
          `${probe} on ${service}: ${reason}${mend === undefined ? '' : `\n    ${mend}`}`,
      ),
    ),
    list('Looked with, by what it costs the target', lookLines(report.lookedAt ?? [])),
    list('Charts', chartPaths),
  ];
  // Untrusted text (logs, SQL, labels) must not steer the terminal.
  return `${parts
    .filter((part) => part !== '')
    .map(stripVTControlCharacters)
    .join('\n\n')}\n`;
}

function servicesTable({ services }: Report): string {
  if (services.length === 0) return '';
  const table = new Table({
    ...PLAIN,
    head: ['service', 'state', 'numbers', 'remarks'],
    colWidths: [20, 10, 42, 60],
    wordWrap: true,
  });
  for (const { service, severity, numbers, remarks } of services) {
    table.push(
      [service, MARK[severity], numbers.map(number).join('\n') || 'nothing measured', remarks.join('\n')].map(
        stripVTControlCharacters,
      ),
    );
  }
  return table.toString();
}

function number({ title, value, unit, usual, target }: KeyNumber): string {
  const comparison = [
    usual === undefined ? '' : `usual ${formatValue(usual, unit)}`,
    target === undefined ? '' : `target ${formatValue(target, unit)}`,
  ];
  return [`${title} ${formatValue(value, unit)}`, ...comparison.filter(Boolean)].join(', ');
}

function step({ title, why, command, effect, risk, undo, source }: Advice): string {
  return [
    `${title}: ${why}`,
    ...(command === undefined ? [] : [`  ${command}`]),
    ...(effect === 'reads' ? ['  it only looks'] : []),
    ...(risk === undefined ? [] : [`  risk: ${risk}`]),
    ...(undo === undefined ? [] : [`  undo: ${undo}`]),
    ...(source === undefined ? [] : [`  source: ${source}`]),
  ].join('\n  ');
}

function list(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [`${title}:`, ...lines.map((line) => `  ${line}`)].join('\n');
}
