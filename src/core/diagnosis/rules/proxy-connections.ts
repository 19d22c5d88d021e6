import { metricValue } from '../../evidence.ts';
import { formatValue } from '../../unit.ts';
import { numberIn, textIn } from '../cells.ts';
import { lines, metricLine } from '../evidence-line.ts';
import { changeConfiguration, keepUpstreamConnections } from '../nginx-advice.ts';
import { type ProxyVerdict, proxyRule } from '../proxy-view.ts';
import { delaysMost } from './proxy-limits.ts';

const SLOW_CLIENTS = 0.05;
const LEAST_CLIENT_MS = 500;
/** On a local network a connection takes less than a millisecond. */
const SLOW_CONNECT_MS = 50;
const CONNECT_SHARE = 0.5;

/** nginx accepted connections and dropped them at once: its worker_connections or file descriptors are used up. */
export const proxyDroppedConnectionsRule = proxyRule({
  id: 'proxy.dropped_connections',
  judge(view): ProxyVerdict | undefined {
    const { access, status, service } = view;
    const dropped = status && metricValue(status, 'dropped_connections');
    const usedUp = access && metricValue(access, 'connections_used_up');
    if (dropped === undefined && usedUp === undefined) return undefined;
    const worst = Math.max(dropped ?? 0, usedUp ?? 0);
    if (worst === 0) return { clear: 'it dropped no connection' };
    return {
      found: {
        title: 'nginx drops connections',
        summary: `nginx of ${service.name} dropped ${formatValue(worst, 'count')} connections: it is at its limit of worker_connections or of open files.`,
        confidence: 0.9,
        evidence: lines(
          metricLine(status, 'dropped_connections', 'connections accepted but not handled', { threshold: 0 }),
          metricLine(access, 'connections_used_up', 'in its log: "worker_connections are not enough"', {
            threshold: 0,
          }),
          metricLine(status, 'connections_active', 'open connections of clients'),
        ),
        advice: [
          changeConfiguration(view, {
            title: 'Allow more connections',
            why: 'Every request to an upstream takes two: that of the client and that to the upstream. The limit is for each worker.',
            lines: [
              'worker_rlimit_nofile 8192;              # at the top of nginx.conf',
              'events { worker_connections 4096; }     # at the top of nginx.conf',
            ],
            risk: 'Each connection takes memory for its buffers; more requests reach the backend at once.',
            source: 'https://nginx.org/en/docs/ngx_core_module.html#worker_connections',
          }),
          keepUpstreamConnections(view),
        ],
      },
    };
  },
});

/** nginx had the answer long before the client had it: large bodies or slow lines, not the backend. */
export const proxySlowClientRule = proxyRule({
  id: 'proxy.slow_client',
  judge(view): ProxyVerdict | undefined {
    const { access, service } = view;
    if (access === undefined) return undefined;
    const share = metricValue(access, 'slow_client_ratio');
    const client = metricValue(access, 'client_time_p95_ms');
    if (share === undefined || client === undefined) return undefined;
    const upstream = metricValue(access, 'upstream_time_p95_ms') ?? 0;
    if (share < SLOW_CLIENTS || client < LEAST_CLIENT_MS)
      return { clear: `clients take ${formatValue(client, 'ms')} beyond the backend (p95)` };
    if (delaysMost(view, share)) return { clear: 'nginx itself delays these requests, by limit_req' };
    const bytes = metricValue(access, 'slow_client_bytes_p50');
    return {
      found: {
        title: 'The time goes into the way to the clients',
        summary: `${formatValue(share, 'ratio')} of the requests through ${service.name} spend most of their time between nginx and the client (p95 ${formatValue(client, 'ms')}), while the backend takes ${formatValue(upstream, 'ms')}${bytes === undefined ? '' : `; half of their answers are ${formatValue(bytes, 'bytes')} or more`}.`,
        confidence: client > upstream ? 0.75 : 0.5,
        evidence: lines(
          metricLine(access, 'slow_client_ratio', 'requests that wait for their client most of the time', {
            threshold: SLOW_CLIENTS,
          }),
          metricLine(access, 'client_time_p95_ms', 'request time without the upstream (p95)', {
            threshold: LEAST_CLIENT_MS,
          }),
          metricLine(access, 'upstream_time_p95_ms', 'time of the upstream (p95)'),
          metricLine(access, 'slow_client_bytes_p50', 'median size of these answers'),
        ),
        advice: [
          changeConfiguration(view, {
            title: 'Send fewer bytes',
            why: 'Text shrinks to a quarter. proxy_buffering (on by default) keeps the backend free while a slow client reads.',
            lines: [
              'gzip on; gzip_proxied any; gzip_min_length 1024;                           # in http { }',
              'gzip_types application/json application/javascript text/css text/plain;    # there as well',
            ],
            risk: 'Takes CPU of nginx. Leave it off for answers that hold a secret beside text that the user sends (BREACH).',
            source: 'https://nginx.org/en/docs/http/ngx_http_gzip_module.html',
          }),
        ],
      },
    };
  },
});

/** Opening connections to the upstream takes long: its accept queue is full, or the way is. */
export const proxyConnectSlowRule = proxyRule({
  id: 'proxy.connect_slow',
  judge(view): ProxyVerdict | undefined {
    const [slowest] = view.upstreams.toSorted(
      (a, b) => (numberIn(b, 'connect_p95_ms') ?? 0) - (numberIn(a, 'connect_p95_ms') ?? 0),
    );
    const connect = numberIn(slowest, 'connect_p95_ms');
    if (connect === undefined) return undefined;
    const took = formatValue(connect, 'ms');
    const whole = numberIn(slowest, 'p95_ms') ?? connect;
    if (connect < SLOW_CONNECT_MS || connect < CONNECT_SHARE * whole)
      return { clear: `connections to its upstream take ${took} (p95)` };
    const address = textIn(slowest, 'address');
    return {
      found: {
        title: 'Connecting to the backend takes long',
        summary: `nginx of ${view.service.name} needs ${took} (p95) to connect to ${address}, out of ${formatValue(whole, 'ms')} for the answer: the backend accepts connections late, or the way is slow.`,
        confidence: 0.65,
        evidence: [
          {
            probe: 'nginx.access',
            metric: 'connect_p95_ms',
            value: connect,
            unit: 'ms',
            threshold: SLOW_CONNECT_MS,
            text: `time to connect to ${address} (p95)`,
          },
        ],
        advice: [keepUpstreamConnections(view)],
      },
    };
  },
});
