import { describe, expect, it } from 'vitest';
import { linksFor } from '../../src/app/links.ts';
import { toConfiguredServices } from '../../src/probes/inventory/configured-services.ts';
import { parseServices } from '../../src/probes/inventory/parse-services.ts';

const FROM = Date.UTC(2026, 10, 23, 3, 0);
const TO = Date.UTC(2026, 10, 23, 3, 30);
const TOOLS = {
  prometheusUrl: 'http://user:secret@prometheus:9090/sub',
  grafanaUrl: 'http://grafana:3000',
  jaegerUrl: 'http://jaeger:16686',
};
const FILE = `services:
  api: { grafana: { dashboard: '/d/abc/shop?var-service=api', panels: { cpu: 4 } } }
  pay: { traces: payments }
`;
const configured = toConfiguredServices(
  parseServices({ text: FILE, file: 'services.yaml', environment: {} }),
);
const TARGETS = { configured: () => configured };
const subject = { service: 'api', from: FROM, to: TO };
const urls = (of: Parameters<ReturnType<typeof linksFor>>[0]) =>
  Object.fromEntries(linksFor(TOOLS, TARGETS)(of).map(({ title, url }) => [title, new URL(url)]));

describe('linksFor', () => {
  it('opens the graph that measured it, with a quarter of an hour before', () => {
    const { Prometheus } = urls({ ...subject, focus: { kpi: 'cpu', query: 'sum(rate(x[5m]))' } });
    expect(Prometheus?.href).not.toContain('secret');
    expect(Prometheus?.pathname).toBe('/sub/graph');
    expect(Object.fromEntries(Prometheus?.searchParams ?? [])).toEqual({
      'g0.expr': 'sum(rate(x[5m]))',
      'g0.tab': '0',
      'g0.range_input': '45m',
      'g0.end_input': '2026-11-23T03:30:00.000Z',
    });
  });

  it('opens the alert where nothing was measured, and nothing without an alert', () => {
    const { Prometheus } = urls({ ...subject, alertname: 'Slow"Page' });
    expect(Prometheus?.searchParams.get('g0.expr')).toBe('ALERTS{alertname="Slow\\"Page"}');
    expect(urls(subject).Prometheus).toBeUndefined();
  });

  it('opens the panel of the KPI, the dashboard without one, and Explore without either', () => {
    const panel = urls({ ...subject, focus: { kpi: 'cpu' } }).Grafana;
    expect(panel?.pathname).toBe('/d/abc/shop');
    expect(Object.fromEntries(panel?.searchParams ?? [])).toEqual({
      'var-service': 'api',
      from: String(FROM - 900_000),
      to: String(TO),
      viewPanel: '4',
    });
    const dashboard = urls({ ...subject, focus: { kpi: 'memory' } }).Grafana;
    expect(dashboard?.searchParams.has('viewPanel')).toBe(false);
    expect(urls({ ...subject, service: 'other' }).Grafana?.pathname).toBe('/explore');
  });

  it('searches the traces of the service in microseconds', () => {
    expect(Object.fromEntries(urls(subject).Jaeger?.searchParams ?? [])).toEqual({
      service: 'api',
      start: String((FROM - 900_000) * 1000),
      end: String(TO * 1000),
      lookback: 'custom',
    });
    expect(urls({ ...subject, service: 'pay' }).Jaeger?.searchParams.get('service')).toBe('payments');
    expect(urls({ ...subject, service: undefined }).Jaeger).toBeUndefined();
  });

  it('has none where nothing is configured', () => {
    const none = { prometheusUrl: undefined, grafanaUrl: undefined, jaegerUrl: undefined };
    expect(linksFor(none, TARGETS)(subject)).toEqual([]);
  });
});
