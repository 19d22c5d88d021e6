import { metricValue } from '../../evidence.ts';
import { formatValue } from '../../unit.ts';
import type { EvidenceLine } from '../cause.ts';
import { numberIn, type Row, textIn } from '../cells.ts';
import { lines, metricLine } from '../evidence-line.ts';
import { changeConfiguration, keepUpstreamConnections } from '../nginx-advice.ts';
import { type ProxyVerdict, type ProxyView, proxyRule } from '../proxy-view.ts';

const LEAST_HELD = 3;
const LEAST_SHARE = 0.01;
/** As the kernel words EADDRNOTAVAIL, and nginx after it. */
const NO_PORT = /cannot assign requested address/i;

/** A limit of nginx itself (limit_req, limit_conn) lets requests wait in its queue or turns them away: the backend never sees why. */
export const proxyRequestLimitRule = proxyRule({
  id: 'proxy.request_limit',
  judge(view): ProxyVerdict | undefined {
    const { access, service } = view;
    const { delayed, refused } = heldBack(view);
    if (access === undefined || delayed === undefined || refused === undefined) return undefined;
    const held = delayed + refused;
    const requests = metricValue(access, 'requests') ?? 0;
    if (held < LEAST_HELD || held < LEAST_SHARE * requests)
      return { clear: `its limits held ${formatValue(held, 'count')} requests back` };
    const share = requests > 0 ? Math.min(1, held / requests) : undefined;
    return {
      found: {
        title: 'nginx holds requests back',
        summary: `A limit in the configuration of nginx of ${service.name} delayed ${formatValue(delayed, 'count')} requests and turned ${formatValue(refused, 'count')} away${share === undefined ? '' : `, ${formatValue(share, 'ratio')} of those in its log`}: that time and those errors are not the backend's.`,
        confidence: share !== undefined && share >= 0.1 ? 0.85 : 0.6,
        evidence: lines(
          metricLine(access, 'requests_delayed', 'in its log: "delaying request" (limit_req)', {
            threshold: 0,
          }),
          metricLine(
            access,
            'requests_refused',
            'in its log: "limiting requests" or "limiting connections"',
            {
              threshold: 0,
            },
          ),
          metricLine(access, 'response_time_p95_ms', 'request time at nginx (p95)'),
          metricLine(access, 'upstream_time_p95_ms', 'time of the upstream (p95)'),
        ),
        advice: [
          changeConfiguration(view, {
            title: 'Set the limit to what the backend can take',
            why: 'Requests beyond the rate wait in a queue of the length burst; with nodelay they pass at once as long as the queue has room, and what is beyond it is turned away.',
            lines: [
              'limit_req_zone $binary_remote_addr zone=perip:10m rate=50r/s;  # in http { }, with your names and your rate',
              'limit_req zone=perip burst=100 nodelay;                        # in the location { }, instead of the one that is there',
            ],
            risk: 'More requests reach the backend at once. Behind another proxy or a NAT all clients share one address, and so one limit.',
            source: 'https://nginx.org/en/docs/http/ngx_http_limit_req_module.html',
          }),
        ],
      },
    };
  },
});

/** How many requests limits of nginx delayed and turned away; undefined where its error log was not read for it. */
function heldBack({ access }: ProxyView) {
  return {
    delayed: access && metricValue(access, 'requests_delayed'),
    refused: access && metricValue(access, 'requests_refused'),
  };
}

/** True when nginx delayed at least half as many requests as waited for something behind the upstream. */
export function delaysMost(view: ProxyView, slowShare: number): boolean {
  const requests = view.access && metricValue(view.access, 'requests');
  return (heldBack(view).delayed ?? 0) >= Math.max(LEAST_HELD, 0.5 * slowShare * (requests ?? 0));
}

/** nginx has no local port left towards its upstream: it opens a connection for each request, and each holds one. */
export const proxyPortsExhaustedRule = proxyRule({
  id: 'proxy.ports_exhausted',
  judge(view): ProxyVerdict | undefined {
    if (view.access === undefined) return undefined;
    const row = view.upstreams.find(hasNoPort);
    if (row === undefined) return { clear: 'it does not complain of ports' };
    const count = numberIn(row, 'unconnected') ?? 0;
    const failed: EvidenceLine = {
      probe: 'nginx.access',
      metric: 'unconnected',
      value: count,
      unit: 'count',
      text: `no connection to ${textIn(row, 'address')} (${textIn(row, 'reason')})`,
    };
    return {
      found: {
        title: 'nginx has no port left for connections to the backend',
        summary: `nginx of ${view.service.name} could not connect to ${textIn(row, 'address')} ${count} times, for all of its local ports towards it are taken. The backend itself is not the reason.`,
        confidence: 0.9,
        evidence: lines(
          failed,
          metricLine(view.access, 'errors_502', 'requests that it answered with 502 meanwhile'),
        ),
        advice: [
          keepUpstreamConnections(view),
          {
            title: 'See how many ports there are, and who holds them',
            why: 'Each connection to one address takes one local port, and a closed one keeps it for a minute on the side that closed it.',
            effect: 'reads',
            command: 'sysctl net.ipv4.ip_local_port_range; ss -tan state time-wait | wc -l',
            source: 'https://docs.kernel.org/networking/ip-sysctl.html',
          },
        ],
      },
    };
  },
});

/** True for an upstream that nginx could not connect to for want of a port of its own. */
export function hasNoPort(row: Row): boolean {
  return NO_PORT.test(textIn(row, 'reason')) && (numberIn(row, 'unconnected') ?? 0) > 0;
}
