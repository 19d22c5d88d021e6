import type { KpiTargets } from '../kpi.ts';
import { KPI_DEFINITIONS, kpiTarget } from '../kpi.ts';
import type { CheckDefinition, Threshold } from '../playbook/playbook.ts';
import type { Severity } from '../severity.ts';

/** What a value is compared with. `usual` is undefined while there is not enough history. */
export interface Comparison {
  readonly kpis: KpiTargets;
  readonly usual: number | undefined;
}

export interface Judgement {
  readonly severity: Exclude<Severity, 'unknown'>;
  /** The limit that was broken, or the nearest one when none was; undefined when none could be computed. */
  readonly threshold: number | undefined;
}

interface Limit {
  readonly value: number;
  readonly bound: 'max' | 'min';
}

/** Judges one value against the thresholds of a check. A limit that needs a usual value is left out without one. */
export function judgeValue(
  { warning, critical }: Pick<CheckDefinition, 'warning' | 'critical'>,
  value: number,
  comparison: Comparison,
): Judgement {
  for (const [severity, threshold] of [
    ['critical', critical],
    ['warning', warning],
  ] as const) {
    const broken = threshold && limitsOf(threshold, comparison).find((limit) => breaks(limit, value));
    if (broken) return { severity, threshold: broken.value };
  }
  const nearest = [warning, critical].flatMap((threshold) =>
    threshold ? limitsOf(threshold, comparison) : [],
  )[0];
  return { severity: 'ok', threshold: nearest?.value };
}

function limitsOf(threshold: Threshold, { kpis, usual }: Comparison): readonly Limit[] {
  const limits: Limit[] = [];
  if (threshold.kpi !== undefined) {
    limits.push({ value: kpiTarget(kpis, threshold.kpi), bound: KPI_DEFINITIONS[threshold.kpi].bound });
  }
  if (threshold.above !== undefined) limits.push({ value: threshold.above, bound: 'max' });
  if (threshold.below !== undefined) limits.push({ value: threshold.below, bound: 'min' });
  if (threshold.times_usual !== undefined && usual !== undefined) {
    limits.push({ value: threshold.times_usual * usual, bound: 'max' });
  }
  return limits;
}

function breaks({ value: limit, bound }: Limit, value: number): boolean {
  return bound === 'max' ? value > limit : value < limit;
}
