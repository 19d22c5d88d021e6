import type { Config } from '../config.ts';
import type { ConfiguredServices } from '../probes/inventory/configured-services.ts';
import type { RendererOptions } from '../slack/renderer-options.ts';
import type { Targets } from './targets.ts';

type Links = NonNullable<RendererOptions['links']>;
type Subject = Parameters<Links>[0];

/** What came before an incident helps to see what it is. */
const BEFORE_MS = 15 * 60_000;

/** Links into the users' own tools: the graph, panel and search that fit what the message is about, with the time range set. */
export function linksFor(
  { prometheusUrl, grafanaUrl, jaegerUrl }: Pick<Config, 'prometheusUrl' | 'grafanaUrl' | 'jaegerUrl'>,
  { configured }: Pick<Targets, 'configured'>,
): Links {
  return (subject) => [
    ...link('Prometheus', prometheusUrl, (base) => prometheusGraph(base, subject)),
    ...link('Grafana', grafanaUrl, (base) => grafanaPanel(base, subject, configured())),
    ...link('Jaeger', jaegerUrl, (base) => jaegerSearch(base, subject, configured())),
  ];
}

function link(title: string, base: string | undefined, build: (base: string) => string | undefined) {
  const url = base === undefined ? undefined : build(base);
  return url === undefined ? [] : [{ title, url }];
}

/** The expression that measured what is wrong, else the alert itself. */
function prometheusGraph(base: string, { focus, alertname, from, to }: Subject): string | undefined {
  const alert = alertname === undefined ? undefined : `ALERTS{alertname=${JSON.stringify(alertname)}}`;
  const expression = focus?.query ?? alert;
  if (expression === undefined) return undefined;
  return withQuery(base, 'graph', {
    'g0.expr': expression,
    'g0.tab': '0',
    'g0.range_input': `${Math.ceil((to - from + BEFORE_MS) / 60_000)}m`,
    'g0.end_input': new Date(to).toISOString(),
  });
}

/** The panel of the service's dashboard that shows the KPI; without one the dashboard, without that Explore. */
function grafanaPanel(
  base: string,
  { service, focus, from, to }: Subject,
  { dashboards }: ConfiguredServices,
): string {
  const known = dashboards.get(service ?? '');
  const panel = focus && known?.panels[focus.kpi];
  return withQuery(base, known?.dashboard.replace(/^\//, '') ?? 'explore', {
    from: String(from - BEFORE_MS),
    to: String(to),
    ...(panel !== undefined && { viewPanel: String(panel) }),
  });
}

/** Jaeger counts microseconds. */
function jaegerSearch(
  base: string,
  { service, from, to }: Subject,
  { services }: ConfiguredServices,
): string | undefined {
  if (service === undefined) return undefined;
  return withQuery(base, 'search', {
    service: services.find(({ name }) => name === service)?.traceName ?? service,
    start: String((from - BEFORE_MS) * 1000),
    end: String(to * 1000),
    lookback: 'custom',
  });
}

/** Credentials in a configured URL must not reach a message. */
function withQuery(base: string, path: string, query: Readonly<Record<string, string>>): string {
  const url = new URL(path, base.endsWith('/') ? base : `${base}/`);
  url.username = '';
  url.password = '';
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}
