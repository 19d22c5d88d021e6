import type { CauseAdvice } from './cause.ts';
import type { ProxyView } from './proxy-view.ts';
import { shellWord } from './quote.ts';

/** How a changed configuration is tried and taken, in the container of this nginx where it is known. */
export function reloadCommand({ access }: ProxyView): string {
  const container = access?.facts?.container;
  const reload = 'nginx -t && nginx -s reload';
  return container === undefined ? reload : `docker exec ${shellWord(container)} sh -c '${reload}'`;
}

/** A change of nginx.conf: the lines, each with the block that it belongs to, and how nginx takes them. */
export function changeConfiguration(
  view: ProxyView,
  change: {
    readonly title: string;
    readonly why: string;
    readonly lines: readonly string[];
    readonly risk: string;
    readonly source: string;
  },
): CauseAdvice {
  const { title, why, lines, risk, source } = change;
  return {
    title,
    why,
    command: [...lines, `# then: ${reloadCommand(view)}`].join('\n'),
    effect: 'changes',
    risk,
    undo: `Take the lines out again, then: ${reloadCommand(view)}`,
    source,
  };
}

/** Connections to upstream servers that are kept, instead of one for each request. */
export function keepUpstreamConnections(view: ProxyView): CauseAdvice {
  return changeConfiguration(view, {
    title: 'Keep connections to the upstream servers',
    why: 'Without keepalive nginx opens a connection for every request, and pays its round trips (and TLS) every time.',
    lines: [
      'keepalive 32;                    # in upstream { }, behind its servers; upstream { } stands in http { }',
      'proxy_http_version 1.1;          # in the location { } with proxy_pass',
      'proxy_set_header Connection "";  # there as well',
    ],
    risk: 'Each worker keeps up to 32 connections open; the upstream must not close idle ones sooner than nginx (keepalive_timeout, 60 s).',
    source: 'https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive',
  });
}
