import type { Service } from '../../core/inventory/service.ts';
import type { ContainerTarget } from '../../core/inventory/target.ts';
import type { PrometheusClient, ScrapeTarget } from './client.ts';
import { toSelector } from './selector.ts';

/** Who is asked about a service: Prometheus, and the inventory. */
export interface SubjectSearch {
  readonly client: PrometheusClient;
  /** The inventory's entry of a service: its aliases and containers are looked for as well as its name. */
  readonly serviceNamed?: (name: string) => Promise<Service | undefined>;
}

/** The service that is asked about, as Prometheus may know it. */
export interface Subject {
  readonly name: string;
  readonly names: readonly string[];
  readonly job: string | undefined;
  readonly container: string | undefined;
  readonly scrapes: readonly ScrapeTarget[];
}

/** Finds out under which names, job and container Prometheus knows a service, and who scrapes it. */
export async function findSubject(
  { client, serviceNamed }: SubjectSearch,
  name: string,
  signal: AbortSignal,
): Promise<Subject> {
  const service = await serviceNamed?.(name);
  const names = [name, ...(service?.aliases ?? [])];
  const selected = service?.targets.find(
    (candidate): candidate is ContainerTarget => candidate.kind === 'container',
  )?.container;
  const targets = await client.scrapeTargets(signal);
  const scrapes = targets.filter((scrape) => toSelector([scrape], names) !== undefined);
  return {
    name,
    names,
    job: toSelector(targets, names)?.job,
    container: selected !== undefined && 'name' in selected ? selected.name : undefined,
    scrapes,
  };
}
