import { z } from 'zod';
import { KPI_DEFINITIONS, KPI_NAMES, type KpiName, type KpiTargets } from '../../core/kpi.ts';
import { Duration, Ratio } from '../../core/quantity.ts';
import type { Unit } from '../../core/unit.ts';

const Count = z.number({ error: 'write a number, for example 1000' }).nonnegative();

/** How a target of this unit is written: `2s`, `80%`, `1000`. */
function schemaOf(unit: Unit): z.ZodType<number, unknown> {
  if (unit === 'ms')
    return z.string({ error: 'write a duration with its unit, for example 2s' }).pipe(Duration);
  return unit === 'ratio' ? Ratio : Count;
}

const shape = Object.fromEntries(
  KPI_NAMES.map((name) => [name, schemaOf(KPI_DEFINITIONS[name].unit).optional()]),
) as Record<KpiName, z.ZodOptional<z.ZodType<number, unknown>>>;

/** The `kpis` of a service, to targets in the unit of each KPI. */
export const KpiDefinitions = z.strictObject(shape).transform((targets): KpiTargets => {
  const known = KPI_NAMES.flatMap((name) => {
    const target = targets[name];
    return target === undefined ? [] : [[name, target] as const];
  });
  return Object.fromEntries(known);
});
