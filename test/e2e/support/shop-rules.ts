/** Alert rules over the metrics of the shop. They look back only so far that one missed scrape does not resolve them. */
export const SHOP_RULES = {
  cpu: (labels: Readonly<Record<string, string>>) => ({
    alert: 'HighCPUUsage',
    expr: 'rate(process_cpu_seconds_total{job="shop"}[10s]) > 0.3',
    labels: { severity: 'critical', ...labels },
    summary: 'The shop uses more than a third of a core',
  }),
  memory: (labels: Readonly<Record<string, string>>) => ({
    alert: 'HighMemoryUsage',
    expr: 'process_resident_memory_bytes{job="shop"} > 140e6',
    labels: { severity: 'critical', ...labels },
    summary: 'The shop keeps more than 140 MB',
  }),
  responseTime: (route: string, thresholdSeconds: number, labels: Readonly<Record<string, string>>) => ({
    alert: 'HighResponseTime',
    expr: `histogram_quantile(0.95, sum by (le, route) (rate(http_request_duration_seconds_bucket{job="shop",route="${route}"}[8s]))) > ${thresholdSeconds}`,
    labels: { severity: 'critical', ...labels },
    summary: `${route} of the shop is slow`,
  }),
} as const;
