import type { Probe } from '../engine/ports/probe.ts';

/** The registered probes, as far as a playbook has to know them. */
export type ProbeCatalogue = readonly Pick<Probe, 'name' | 'title' | 'targetKind' | 'cost' | 'params'>[];
