import { formatValue } from '../../unit.ts';
import type { EvidenceLine } from '../cause.ts';
import { type ContainerView, containerViews } from '../container-view.ts';
import { lines } from '../evidence-line.ts';
import type { Facts } from '../facts.ts';
import { type HttpVerdict, httpRule } from '../http-rule.ts';
import type { HttpView } from '../http-view.ts';
import { retransmitLine } from '../retransmits.ts';

/** TCP alone on a local network; with TLS there are more round trips and some arithmetic. */
const SLOW_CONNECT_MS = { http: 50, https: 200 } as const;
const DOMINANT_SHARE = 0.5;
const SLOW_DOWNLOAD_MS = 100;
/** Below this body, time goes into waiting for the server and not into bytes. */
const LEAST_BODY_BYTES = 10_000;
/** Slower than 16 Mbit/s is a narrow line rather than a large body. */
const NARROW_BYTES_PER_SECOND = 2_000_000;

/** Opening a connection takes long although the name is known. */
export const netConnectSlowRule = httpRule({
  id: 'net.connect_slow',
  judge(view): HttpVerdict | undefined {
    const connectMs = view.value('connect_p95_ms');
    if (connectMs === undefined) return undefined;
    const threshold = SLOW_CONNECT_MS[isTls(view) ? 'https' : 'http'];
    const text = `opening a connection takes ${formatValue(connectMs, 'ms')}`;
    if (connectMs < threshold) return { clear: text };
    const share = connectMs / (view.responseTime?.ms ?? Number.POSITIVE_INFINITY);
    return {
      found: {
        title: 'Connections open slowly',
        summary: `${view.service.name}: ${text}, before any request is sent.`,
        confidence: share >= DOMINANT_SHARE ? 0.75 : 0.45,
        evidence: lines(view.line('connect_p95_ms', text, threshold)),
        against: share < DOMINANT_SHARE ? lines(view.responseTime?.line) : [],
        advice: [
          {
            title: 'See whether the queue of new connections is full',
            why: 'A process that does not accept leaves connections waiting; a long way does not fill the queue.',
            effect: 'reads',
            command: 'ss -lnt && nstat -az TcpExtListenOverflows TcpExtListenDrops',
            source: 'https://man7.org/linux/man-pages/man2/listen.2.html',
          },
          {
            title: 'Keep connections open between the proxy and the service',
            why: 'A connection that stays open pays this price once, not for every request.',
            effect: 'changes',
            command:
              'upstream <name> { server <host:port>; keepalive 32; }  # and at its proxy_pass: proxy_http_version 1.1; proxy_set_header Connection "";',
            risk: 'The service has to keep idle connections longer than nginx (60 s), else some requests fail with 502. Test with nginx -t before the reload.',
            undo: 'Remove keepalive and reload nginx.',
            source: 'https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive',
          },
        ],
      },
    };
  },
});

/** Most of the time goes into the bytes of the answer, and they come slowly. */
export const netBandwidthRule = httpRule({
  id: 'net.bandwidth',
  judge(view, facts): HttpVerdict | undefined {
    const downloadMs = view.value('download_p95_ms');
    const bytes = view.value('response_bytes_mean');
    const total = view.responseTime;
    if (downloadMs === undefined || bytes === undefined || total === undefined) return undefined;
    const share = downloadMs / total.ms;
    if (downloadMs < SLOW_DOWNLOAD_MS || share < DOMINANT_SHARE)
      return { clear: `its answers arrive within ${formatValue(downloadMs, 'ms')} of the first byte` };
    if (bytes < LEAST_BODY_BYTES)
      return { clear: `its answers have only ${formatValue(bytes, 'bytes')}: it stalls while it sends` };
    const rate = (bytes / downloadMs) * 1000;
    const rateText = formatValue(rate, 'bytes_per_second');
    if (rate >= NARROW_BYTES_PER_SECOND)
      return { clear: `its answers are large (${formatValue(bytes, 'bytes')}) and arrive with ${rateText}` };
    const busy = busyContainer(view, facts);
    const container = containerOf(view, facts);
    return {
      found: {
        title: 'The network line is narrow',
        summary: `${view.service.name}: answers arrive with only ${rateText}; the download is ${formatValue(Math.min(1, share), 'ratio')} of the response time.`,
        confidence: (total.isSlow ? 0.8 : 0.5) - (busy ? 0.2 : 0),
        evidence: lines(
          view.line(
            'download_p95_ms',
            `the download takes ${formatValue(downloadMs, 'ms')}`,
            SLOW_DOWNLOAD_MS,
          ),
          view.line('response_bytes_mean', `for ${formatValue(bytes, 'bytes')}, so ${rateText}`),
          view.line('ttfb_p95_ms', 'the first byte comes soon'),
          unsentLine(container),
          retransmitLine(container),
        ),
        against: lines(busy),
        advice: [
          {
            title: 'Look for a limit on the line',
            why: 'A traffic shaper or a saturated interface slows every byte, whatever the service does.',
            effect: 'reads',
            command: 'tc -s qdisc show && ip -s link',
            source: 'https://man7.org/linux/man-pages/man8/tc.8.html',
          },
          {
            title: 'Send fewer bytes',
            why: 'Compression and pages of results help on any line.',
            source: 'https://developer.mozilla.org/docs/Web/HTTP/Guides/Compression',
          },
        ],
      },
    };
  },
});

function isTls({ service }: HttpView): boolean {
  return service.targets.some((target) => target.kind === 'http' && target.baseUrl.startsWith('https:'));
}

function containerOf({ service }: HttpView, facts: Facts): ContainerView | undefined {
  return containerViews(facts).find((candidate) => candidate.service === service.name);
}

/** What the server has written and the line has not carried away. */
function unsentLine(container: ContainerView | undefined): EvidenceLine | undefined {
  const unsent = container?.value('sockets', 'unsent_bytes') ?? 0;
  if (unsent < LEAST_BODY_BYTES) return undefined;
  const text = `${formatValue(unsent, 'bytes')} that the service has sent are not acknowledged`;
  return container?.line('sockets', 'unsent_bytes', text);
}

/** A server without CPU writes slowly too. */
function busyContainer(view: HttpView, facts: Facts) {
  const container = containerOf(view, facts);
  const ratio = container?.value('stats', 'cpu_ratio') ?? 0;
  return ratio >= 0.8
    ? container?.line('stats', 'cpu_ratio', 'its container has no CPU to spare')
    : undefined;
}
