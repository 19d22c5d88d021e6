import type { JobName } from '../engine/ports/queue.ts';

export const DEFAULT_ZONE = 'default';

/** Jobs that share a queue, so that a rush of one kind never holds up another. */
export const FAMILIES = ['intake', 'runs', 'probes', 'delivery', 'maintenance'] as const;
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
};

/** Jobs of a family that one process runs at once. */
export const CONCURRENCY: { readonly [F in Family]: number } = {
  intake: 4,
  runs: 4,
  probes: 16,
  delivery: 4,
  maintenance: 2,
};

/** Name of the queue of a job; probes have one for each zone, since only a worker there can reach the target. */
export function queueName(prefix: string, family: Family, zone: string): string {
  return family === 'probes' ? `${prefix}-probes-${zone}` : `${prefix}-${family}`;
}

export function familyOf(name: JobName): Family {
  return FAMILY_OF[name];
}
