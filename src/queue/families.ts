import type { JobName } from '../engine/ports/queue.ts';

export const DEFAULT_ZONE = 'default';

/** Jobs that share a queue, so that a rush of one kind never holds up another. */
export const FAMILIES = ['intake', 'runs', 'probes', 'delivery', 'maintenance', 'load'] as const;
export type Family = (typeof FAMILIES)[number];

const FAMILY_OF: { readonly [N in JobName]: Family } = {
  intake: 'intake',
  start_run: 'runs',
  conclude_run: 'runs',
  run_step: 'probes',
  deliver: 'delivery',
  sweep: 'maintenance',
  // Where the targets are.
  sample: 'probes',
  upkeep: 'maintenance',
  checklist: 'maintenance',
  compare: 'runs',
  load_test: 'load',
};

/** Jobs of a family that one process runs at once. */
export const CONCURRENCY: { readonly [F in Family]: number } = {
  intake: 4,
  runs: 4,
  probes: 16,
  delivery: 4,
  maintenance: 2,
  load: 2,
};

/** Families whose jobs only a worker near the target can do. */
const OF_ZONES: readonly Family[] = ['probes', 'load'];

/** True when there is a queue of the family for each zone. */
export function hasZones(family: Family): boolean {
  return OF_ZONES.includes(family);
}

/** Name of the queue of a job; some have one for each zone. */
export function queueName(prefix: string, family: Family, zone: string): string {
  return hasZones(family) ? `${prefix}-${family}-${zone}` : `${prefix}-${family}`;
}

export function familyOf(name: JobName): Family {
  return FAMILY_OF[name];
}
