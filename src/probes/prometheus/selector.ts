import { SERVICE_LABELS } from '../../core/inventory/service.ts';
import type { LabelledSeries, PrometheusClient } from './client.ts';
import { quoteLabelValue } from './placeholders.ts';

/** Where a service is found in Prometheus. */
interface Selector {
  /** Label matcher without braces: `job="shop-api"`. */
  readonly matcher: string;
  readonly job: string | undefined;
}

export interface SelectorSearch {
  readonly client: Pick<PrometheusClient, 'query'>;
  /** The service's name and its aliases. */
  readonly names: readonly string[];
  readonly at: number;
  readonly signal: AbortSignal;
}

/** Looks for the series of a metric that belong to a service, by the labels that alerts are matched by. */
export async function findSelector(metric: string, search: SelectorSearch): Promise<Selector | undefined> {
  const { client, names, at, signal } = search;
  const found = await client.query(`group by (${SERVICE_LABELS.join(', ')}) (${metric})`, at, signal);
  return toSelector(found, names);
}

/** Takes the most telling label that has one of the names; several values (instances) become alternatives. */
export function toSelector(
  found: readonly Pick<LabelledSeries, 'labels'>[],
  names: readonly string[],
): Selector | undefined {
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  for (const label of SERVICE_LABELS) {
    const matching = found.filter(({ labels }) => wanted.has((labels[label] ?? '').toLowerCase()));
    const values = [...new Set(matching.map(({ labels }) => labels[label] ?? ''))].sort();
    if (values.length === 0) continue;
    const jobs = new Set(matching.map(({ labels }) => labels.job));
    return {
      matcher: toMatcher(label, values),
      job: jobs.size === 1 ? [...jobs][0] : undefined,
    };
  }
  return undefined;
}

function toMatcher(label: string, values: readonly string[]): string {
  const [only] = values;
  if (values.length === 1 && only !== undefined) return `${label}=${quoteLabelValue(only)}`;
  return `${label}=~${quoteLabelValue(values.map(escapeRegex).join('|'))}`;
}

function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
