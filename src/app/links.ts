import type { Config } from '../config.ts';
import type { RendererOptions } from '../slack/renderer-options.ts';

type Links = NonNullable<RendererOptions['links']>;

/** Links into the users' own tools, with the time range set. */
export function linksFor({
  prometheusUrl,
  grafanaUrl,
  jaegerUrl,
}: Pick<Config, 'prometheusUrl' | 'grafanaUrl' | 'jaegerUrl'>): Links {
  return ({ service, from, to }) => [
    ...(prometheusUrl === undefined
      ? []
      : [{ title: 'Prometheus', url: prometheusGraph(prometheusUrl, { from, to }) }]),
    ...(grafanaUrl === undefined
      ? []
      : [
          { title: 'Grafana', url: withQuery(grafanaUrl, 'explore', { from: String(from), to: String(to) }) },
        ]),
    ...(jaegerUrl === undefined || service === undefined
      ? []
      : [
          {
            title: 'Jaeger',
            url: withQuery(jaegerUrl, 'search', {
              service,
              start: String(from * 1000),
              end: String(to * 1000),
            }),
          },
        ]),
  ];
}

function prometheusGraph(base: string, { from, to }: { readonly from: number; readonly to: number }): string {
  const minutes = Math.max(5, Math.ceil((to - from) / 60_000) + 5);
  return withQuery(base, 'graph', {
    'g0.expr': 'ALERTS',
    'g0.tab': '0',
    'g0.range_input': `${minutes}m`,
    'g0.end_input': new Date(to).toISOString(),
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
