import type { CollectedEvidence } from '../evidence.ts';
import type { EvidenceLine } from './cause.ts';

/** An evidence line for a metric that a probe reported; undefined when it did not report it. */
export function metricLine(
  evidence: CollectedEvidence | undefined,
  metric: string,
  text: string,
  comparison: { readonly usual?: number | undefined; readonly threshold?: number } = {},
): EvidenceLine | undefined {
  const found = evidence?.metrics.find(({ name }) => name === metric);
  if (evidence === undefined || found === undefined) return undefined;
  return {
    probe: evidence.probe,
    metric,
    value: found.value,
    unit: found.unit,
    ...(comparison.usual !== undefined && { usual: comparison.usual }),
    ...(comparison.threshold !== undefined && { threshold: comparison.threshold }),
    text,
  };
}

/** Leaves out the lines that were not measured. */
export function lines(...candidates: readonly (EvidenceLine | undefined)[]): readonly EvidenceLine[] {
  return candidates.filter((line) => line !== undefined);
}
