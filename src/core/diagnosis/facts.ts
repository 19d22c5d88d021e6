import type { CollectedEvidence, Evidence, Table } from '../evidence.ts';
import { metricValue } from '../evidence.ts';
import type { Service } from '../inventory/service.ts';

/** All that a diagnosis rule may look at. Pure data with look-ups; no clock, no I/O. */
export interface Facts {
  /** The service that was asked about; undefined: everything. */
  readonly subject: Service | undefined;
  /** Those that were looked at. */
  readonly services: readonly Service[];
  /** The whole inventory, to name what was seen from elsewhere; absent: `services`. */
  readonly inventory?: readonly Service[];
  readonly evidence: readonly Evidence[];
  /** Usual value of a metric of a target, or undefined when there is not enough history. */
  usual(target: string, metric: string): number | undefined;
}

/** Collected evidence of one probe, over all targets. */
export function collectedBy(facts: Facts, probe: string): readonly CollectedEvidence[] {
  return facts.evidence.filter(
    (evidence): evidence is CollectedEvidence => evidence.status === 'collected' && evidence.probe === probe,
  );
}

/** Evidence of one probe for one service (the first target that has it). */
export function collectedFor(facts: Facts, probe: string, service: string): CollectedEvidence | undefined {
  return collectedBy(facts, probe).find((evidence) => evidence.service === service);
}

/** A metric of a service, or undefined when it was not measured: missing is never 0. */
export function metricFor(facts: Facts, probe: string, service: string, metric: string): number | undefined {
  const evidence = collectedFor(facts, probe, service);
  return evidence && metricValue(evidence, metric);
}

/** Rows of a table as records by column name; empty when the table is not there. */
export function rowsOf(
  evidence: CollectedEvidence | undefined,
  table: string,
): readonly Readonly<Record<string, number | string | null>>[] {
  const found: Table | undefined = evidence?.tables?.find(({ name }) => name === table);
  if (!found) return [];
  return found.rows.map((row) =>
    Object.fromEntries(found.columns.map(({ name }, index) => [name, row[index] ?? null])),
  );
}
