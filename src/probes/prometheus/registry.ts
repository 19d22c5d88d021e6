import type { Probe } from '../../engine/ports/probe.ts';
import { type PrometheusQueryOptions, type PrometheusQueryParams, prometheusQueryProbe } from './query.ts';

/** Probes that ask Prometheus. */
export function prometheusProbes(
  options: PrometheusQueryOptions,
): readonly Probe<'prometheus', PrometheusQueryParams>[] {
  return [prometheusQueryProbe(options)];
}
