import type { KpiTargets } from '../kpi.ts';
import type { Target } from './target.ts';

export const ROLES = [
  'frontend',
  'node',
  'postgres',
  'redis',
  'nginx',
  'host',
  'perfbot',
  'prometheus',
  'other',
] as const;
export type Role = (typeof ROLES)[number];

/** An entry of the inventory: something people name when they ask why it is slow. */
export interface Service {
  readonly name: string;
  readonly role: Role;
  /** Where the entry comes from: `services.yaml`, or what was found on this machine. */
  readonly source: 'configured' | 'discovered';
  readonly targets: readonly Target[];
  readonly dependsOn: readonly string[];
  /** For example `staging`; load tests run only where this allows it. */
  readonly environment?: string;
  readonly kpis: KpiTargets;
  /** Pause between two looks of the monitor, where it is longer than that of all services. */
  readonly sampleIntervalMs?: number;
  /** Name under which it reports traces, where that is another one. */
  readonly traceName?: string;
  /** Names under which an alert may speak of this service: container names, compose service, `host:port` of its URL. */
  readonly aliases: readonly string[];
  /** What cannot be measured until somebody configures it. */
  readonly gaps: readonly { readonly what: string; readonly mend: string }[];
}

/** Labels by which an alert names its service, most telling first (contract, "Inventory"). */
export const SERVICE_LABELS = ['service', 'container', 'name', 'job', 'instance', 'pod'] as const;

/** True when an alert speaks of a service, known or not. */
export function namesService(labels: Readonly<Record<string, string>>): boolean {
  return SERVICE_LABELS.some((label) => Boolean(labels[label]?.trim()));
}

/** Finds the service that the labels of an alert speak of, or undefined. */
export function findService(
  services: readonly Service[],
  labels: Readonly<Record<string, string>>,
): Service | undefined {
  for (const label of SERVICE_LABELS) {
    const value = labels[label]?.trim().toLowerCase();
    if (!value) continue;
    const match = services.find(({ name, aliases }) =>
      [name, ...aliases].some((alias) => alias.toLowerCase() === value),
    );
    if (match) return match;
  }
  return undefined;
}

/** A service together with everything it depends on, nearest first; cycles are walked once. */
export function withDependencies(services: readonly Service[], service: Service): readonly Service[] {
  const found: Service[] = [service];
  for (const current of found) {
    for (const name of current.dependsOn) {
      const dependency = services.find((candidate) => candidate.name === name);
      if (dependency && !found.includes(dependency)) found.push(dependency);
    }
  }
  return found;
}
