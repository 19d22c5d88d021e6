import { KPI_METRICS } from '../../core/checks/kpi-metrics.ts';
import type { CollectedEvidence, Evidence } from '../../core/evidence.ts';
import type { Sample } from '../ports/sample-store.ts';
import type { KeptParts, MonitoredProbe } from './monitored.ts';

/** What is kept of evidence: KPIs, the metrics that its probe is monitored for, and the parts of its target. */
export function toSamples(evidence: Evidence, monitored: readonly MonitoredProbe[]): readonly Sample[] {
  if (evidence.status === 'unavailable') return [];
  const { target, service, probe, collectedAt: at } = evidence;
  const own = monitored.filter((one) => one.probe === probe);
  const wanted = new Set([
    ...KPI_METRICS.filter((source) => source.probe === probe).map(({ metric }) => metric),
    ...own.flatMap(({ metrics = [] }) => metrics),
  ]);
  const whole = evidence.metrics
    .filter(({ name }) => wanted.has(name))
    .map(({ name, unit, value }) => ({ target, service, metric: name, unit, at, value }));
  return [...whole, ...own.flatMap(({ parts }) => (parts ? partsOf(evidence, parts) : []))];
}

/** One sample for each row of a table that has a name and a number. */
function partsOf(evidence: CollectedEvidence, { table, label, value, metric, most }: KeptParts): Sample[] {
  const { target, service, collectedAt: at } = evidence;
  const found = evidence.tables?.find(({ name }) => name === table);
  const names = found?.columns.findIndex(({ name }) => name === label) ?? -1;
  const values = found?.columns.findIndex(({ name }) => name === value) ?? -1;
  const unit = found?.columns[values]?.unit;
  if (found === undefined || unit === undefined) return [];
  return found.rows.slice(0, most).flatMap((row) => {
    const [name, number] = [row[names], row[values]];
    if (typeof name !== 'string' || name === '' || typeof number !== 'number') return [];
    return [{ target, service, metric, label: name.slice(0, LONGEST_LABEL), unit, at, value: number }];
  });
}

const LONGEST_LABEL = 200;
