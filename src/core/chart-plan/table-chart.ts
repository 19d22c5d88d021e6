import type { BarChart } from '../chart.ts';
import { type CollectedEvidence, metricValue } from '../evidence.ts';
import { formatValue } from '../unit.ts';
import type { BarTable } from './bar-table.ts';
import type { ChartPlanInput } from './chart-plan-input.ts';
import { collected } from './chart-points.ts';
import { altText, chartId, plainText } from './chart-words.ts';

/** Bars that are read; the table of the report has all rows. */
const MOST_BARS = 8;
const MOST_NAMED = 4;

/** A table as bars, largest first; undefined when it is not there, or has one row and nothing to compare it with. */
export function tableChart(
  input: Pick<ChartPlanInput, 'evidence'>,
  evidence: CollectedEvidence,
  definition: BarTable,
): BarChart | undefined {
  const all = barsOf(evidence, definition);
  const bars = all.slice(0, MOST_BARS);
  const { unit, title } = definition;
  const threshold = limitOf(input, evidence.service, definition);
  const comparable = bars.length > 1 || threshold !== undefined || unit === 'ratio' || unit === 'ms';
  if (bars.length === 0 || !comparable) return undefined;
  const service = plainText(evidence.service, 60);
  const named = bars
    .slice(0, MOST_NAMED)
    .map(({ label, value }) => `${plainText(label, 100)} ${formatValue(value, unit)}`);
  return {
    kind: 'bars',
    id: chartId(definition.table, definition.value, evidence.service),
    title: `${title}, ${service}`,
    alt: altText([
      `${title}, ${service}: ${named.join('; ')}.`,
      threshold && `${threshold.label}.`,
      all.length > named.length ? `${all.length} in all.` : undefined,
    ]),
    unit,
    bars: bars.map((bar, index) => (index === 0 ? { ...bar, emphasis: true } : bar)),
    ...(threshold && { threshold }),
  };
}

function barsOf(
  evidence: CollectedEvidence,
  definition: BarTable,
): readonly { label: string; value: number }[] {
  const table = evidence.tables?.find(({ name }) => name === definition.table);
  if (table === undefined) return [];
  const column = (name: string): number => table.columns.findIndex((candidate) => candidate.name === name);
  const valueAt = column(definition.value);
  const labelsAt = definition.labels.map(column).filter((index) => index >= 0);
  return table.rows
    .flatMap((row) => {
      const value = row[valueAt];
      const words = labelsAt
        .map((index) => row[index])
        .filter((cell) => cell !== null && cell !== undefined && cell !== '');
      const label = plainText(words.join(' · '), 200);
      return typeof value === 'number' && value > 0 ? [{ label: label || 'unnamed', value }] : [];
    })
    .sort((a, b) => b.value - a.value);
}

function limitOf(
  { evidence }: Pick<ChartPlanInput, 'evidence'>,
  service: string,
  { limit, unit }: BarTable,
): BarChart['threshold'] {
  if (limit === undefined) return undefined;
  const value = collected(evidence)
    .filter((item) => item.probe === limit.probe && item.service === service)
    .map((item) => metricValue(item, limit.metric))
    .find((candidate) => candidate !== undefined && candidate > 0);
  return value === undefined ? undefined : { value, label: `${limit.word} ${formatValue(value, unit)}` };
}
