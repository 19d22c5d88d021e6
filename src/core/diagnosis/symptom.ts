import type { Service } from '../inventory/service.ts';
import { breaksKpi } from '../kpi.ts';
import { formatValue } from '../unit.ts';
import { type Facts, metricFor } from './facts.ts';

/** The service that uses `service` (a database, a cache): the one that was asked about, else the first that depends on it. */
export function userOf({ subject, services }: Facts, service: string): Service | undefined {
  if (subject?.dependsOn.includes(service)) return subject;
  return services.find(({ dependsOn }) => dependsOn.includes(service));
}

/** What users of a service feel right now, in words; undefined when it is well or was not measured. */
export function symptomOf(facts: Facts, service: Service | undefined): string | undefined {
  if (service === undefined) return undefined;
  const p95 = metricFor(facts, 'http.timing', service.name, 'response_time_p95_ms');
  const errors = metricFor(facts, 'http.timing', service.name, 'error_rate');
  if (errors !== undefined && breaksKpi(service.kpis, 'error_rate', errors)) {
    return `${service.name} answers ${formatValue(errors, 'ratio')} of requests with an error`;
  }
  if (p95 !== undefined && breaksKpi(service.kpis, 'response_time_p95', p95)) {
    return `${service.name} has a p95 of ${formatValue(p95, 'ms')}`;
  }
  return undefined;
}
