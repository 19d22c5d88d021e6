import type { Unit } from './unit.ts';

/** The guide's key performance indicators. Values are in the unit of `KPI_DEFINITIONS`. */
export const KPI_NAMES = [
  'response_time_p95',
  'throughput_per_minute',
  'error_rate',
  'availability',
  'cpu',
  'memory',
  'database_response',
] as const;
export type KpiName = (typeof KPI_NAMES)[number];

export interface KpiDefinition {
  readonly title: string;
  readonly unit: Unit;
  /** Default target, in `unit`. */
  readonly target: number;
  /** `max`: a value above the target is a breach; `min`: below it. */
  readonly bound: 'max' | 'min';
}

export const KPI_DEFINITIONS: Readonly<Record<KpiName, KpiDefinition>> = {
  response_time_p95: { title: 'Response time (p95)', unit: 'ms', target: 2000, bound: 'max' },
  throughput_per_minute: { title: 'Throughput', unit: 'per_minute', target: 1000, bound: 'min' },
  error_rate: { title: 'Error rate', unit: 'ratio', target: 0.01, bound: 'max' },
  availability: { title: 'Availability', unit: 'ratio', target: 0.999, bound: 'min' },
  cpu: { title: 'CPU', unit: 'ratio', target: 0.8, bound: 'max' },
  memory: { title: 'Memory', unit: 'ratio', target: 0.9, bound: 'max' },
  database_response: { title: 'Database response (mean)', unit: 'ms', target: 100, bound: 'max' },
};

/** Targets of one service; what is absent has the default of `KPI_DEFINITIONS`. */
export type KpiTargets = Readonly<Partial<Record<KpiName, number>>>;

/** The target that holds for a service, in the KPI's unit. */
export function kpiTarget(targets: KpiTargets, name: KpiName): number {
  return targets[name] ?? KPI_DEFINITIONS[name].target;
}

/** The target that a service is held to. Little traffic is normal: throughput has one only where somebody named it. */
export function judgedTarget(targets: KpiTargets, name: KpiName): number | undefined {
  return name === 'throughput_per_minute' ? targets[name] : kpiTarget(targets, name);
}

/** True when `value` misses the target that the service is held to. */
export function breaksKpi(targets: KpiTargets, name: KpiName, value: number): boolean {
  const target = judgedTarget(targets, name);
  if (target === undefined) return false;
  return KPI_DEFINITIONS[name].bound === 'max' ? value > target : value < target;
}
