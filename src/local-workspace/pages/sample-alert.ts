import { createHash } from 'node:crypto';
import type { Clock } from '../../engine/ports/runtime.ts';
import type { SampleAlert } from '../protocol.ts';
import type { Store } from '../state/store.ts';

/** A rule in Prometheus fires after its condition has held for a while. */
const HELD_MS = 120_000;
const NO_END = '0001-01-01T00:00:00Z';

const SAMPLES = {
  cpu: {
    alertname: 'HighCPUUsage',
    severity: 'critical',
    summary: 'CPU usage is above 80 %',
    description: 'CPU usage has been above 80 % for 2 minutes (now 93 %).',
  },
  response_time: {
    alertname: 'HighResponseTime',
    severity: 'critical',
    summary: 'p95 response time is above 2 s',
    description: 'The 95th percentile of response times has been above 2 s for 2 minutes (now 3.4 s).',
  },
  memory: {
    alertname: 'HighMemoryUsage',
    severity: 'warning',
    summary: 'Memory usage is above 90 %',
    description: 'Memory usage has been above 90 % for 2 minutes (now 94 %).',
  },
} as const;

/**
 * A webhook body of Alertmanager (version 4). Each firing starts anew; a resolved one has fingerprint and start of the
 * last firing. Without a service the labels name none, so that the host is looked at.
 */
export function sampleAlertBody(
  { store, now }: { store: Pick<Store, 'firings'>; now: Clock },
  { kind, status, service }: SampleAlert,
): Record<string, unknown> {
  const { alertname, severity, summary, description } = SAMPLES[kind];
  const labels = {
    alertname,
    severity,
    origin: 'local-workspace',
    ...(service !== undefined && { service }),
  };
  const fingerprint = createHash('sha1').update(JSON.stringify(labels)).digest('hex').slice(0, 16);
  const startsAt =
    (status === 'resolved' ? store.firings.get(fingerprint)?.startsAt : undefined) ??
    new Date(now() - HELD_MS).toISOString();
  store.firings.put(fingerprint, { id: fingerprint, startsAt });
  const annotations = { summary, description };
  const groupLabels = { alertname, ...(service !== undefined && { service }) };
  return {
    version: '4',
    groupKey: `{}:{${Object.entries(groupLabels)
      .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
      .join(', ')}}`,
    truncatedAlerts: 0,
    status,
    receiver: 'perfbot',
    groupLabels,
    commonLabels: labels,
    commonAnnotations: annotations,
    externalURL: 'http://alertmanager.invalid:9093',
    alerts: [
      {
        status,
        labels,
        annotations,
        startsAt,
        endsAt: status === 'firing' ? NO_END : new Date(now()).toISOString(),
        generatorURL: '',
        fingerprint,
      },
    ],
  };
}
