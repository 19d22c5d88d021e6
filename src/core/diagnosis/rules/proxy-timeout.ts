import { formatValue } from '../../unit.ts';
import { numberIn, type Row, textIn } from '../cells.ts';
import { lines, metricLine } from '../evidence-line.ts';
import { collectedFor, type Facts, metricFor } from '../facts.ts';
import { changeConfiguration } from '../nginx-advice.ts';
import { type ProxyVerdict, type ProxyView, proxyRule } from '../proxy-view.ts';

const LEAST_TIMEOUTS = 3;
/** Requests that end by a timeout all end after the same time; others differ. */
const SAME_TIME = 0.1;
/** nginx's default of proxy_read_timeout. */
const DEFAULT_TIMEOUT_MS = 60_000;

/** nginx gives up on answers that the backend would still have given: 504, each after the same time. */
export const proxyTimeoutRule = proxyRule({
  id: 'proxy.timeout',
  judge(view, facts): ProxyVerdict | undefined {
    if (view.access === undefined) return undefined;
    const [worst] = view.upstreams.toSorted(
      (a, b) => (numberIn(b, 'timed_out') ?? 0) - (numberIn(a, 'timed_out') ?? 0),
    );
    const count = numberIn(worst, 'timed_out') ?? 0;
    const errors504 = view.access.metrics.find(({ name }) => name === 'errors_504')?.value ?? 0;
    if (count < LEAST_TIMEOUTS) {
      return errors504 >= LEAST_TIMEOUTS && view.upstreams.length === 0
        ? { unclear: 'its log does not say what its 504 answers waited for' }
        : { clear: `${count} requests ran into a timeout while their upstream worked` };
    }
    return { found: toCause({ view, facts, worst: worst ?? {}, count }) };
  },
});

function toCause(seen: {
  readonly view: ProxyView;
  readonly facts: Facts;
  readonly worst: Row;
  readonly count: number;
}) {
  const { view, facts, worst, count } = seen;
  const least = numberIn(worst, 'timeout_min_ms');
  const most = numberIn(worst, 'timeout_max_ms');
  const isConstant = least !== undefined && most !== undefined && most - least <= SAME_TIME * most;
  const after = most === undefined ? '' : ` after ${formatValue(most, 'ms')}`;
  const slow = slowerBackend(view, facts, most);
  const route = routeWith504(view);
  return {
    title: 'nginx gives up before the backend answers',
    summary: `nginx of ${view.service.name} ended ${count} requests with 504${after}${route === undefined ? '' : `, most of them ${route}`}, while ${textIn(worst, 'address')} was still working on them.`,
    confidence: (most === undefined || isConstant ? 0.75 : 0.5) + (slow ? 0.15 : 0),
    evidence: lines(
      {
        probe: 'nginx.access',
        metric: 'timed_out',
        value: count,
        unit: 'count',
        text: `connected to ${textIn(worst, 'address')}, but no answer in time`,
      },
      most === undefined
        ? undefined
        : {
            probe: 'nginx.access',
            metric: 'timeout_max_ms',
            value: most,
            unit: 'ms',
            text: isConstant
              ? `each of them was given up after the same time, ${formatValue(least ?? most, 'ms')} to ${formatValue(most, 'ms')}: that is a timeout`
              : 'they were given up after different times',
          },
      slow,
    ),
    advice: [
      {
        title: 'Make the route quicker first',
        why: `${route ?? 'The route'} takes longer than anybody waits; a longer timeout only moves the wait. A run for the service behind nginx shows where its time goes.`,
        source: 'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout',
      },
      changeConfiguration(view, {
        title: 'Give this route alone more time',
        why: 'proxy_read_timeout is the longest pause between two reads of the answer, 60 s by default.',
        lines: [
          `location ${locationOf(route)} { proxy_read_timeout ${seconds(most)}s; }  # in server { }, with the proxy_pass of its neighbours`,
        ],
        risk: 'Slow requests hold connections of nginx and of the backend for longer; clients may give up before.',
        source: 'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout',
      }),
    ],
  };
}

/** The backend answered perfbot, and took longer than nginx waits. */
function slowerBackend({ backends }: ProxyView, facts: Facts, timeoutMs: number | undefined) {
  if (timeoutMs === undefined) return undefined;
  const slow = backends.find(
    ({ name }) =>
      (metricFor(facts, 'http.timing', name, 'availability') ?? 0) > 0 &&
      (metricFor(facts, 'http.timing', name, 'response_time_max_ms') ?? 0) >= timeoutMs,
  );
  return (
    slow &&
    metricLine(
      collectedFor(facts, 'http.timing', slow.name),
      'response_time_max_ms',
      `${slow.name} does answer, but needs longer than nginx waits`,
      { threshold: timeoutMs },
    )
  );
}

function routeWith504({ routes }: ProxyView): string | undefined {
  const [worst] = routes.toSorted(
    (a, b) => (numberIn(b, 'errors_504') ?? 0) - (numberIn(a, 'errors_504') ?? 0),
  );
  return (numberIn(worst, 'errors_504') ?? 0) > 0 ? textIn(worst, 'route') : undefined;
}

/** Text of a log goes into a configuration only where it is nothing but a path. */
function locationOf(route: string | undefined): string {
  const path = /^[A-Z]+ (\/[\w./-]*?)\/?(?::id[\w./:-]*)?$/.exec(route ?? '')?.[1];
  return path === undefined || path === '' ? '/SLOW/ROUTE' : path;
}

function seconds(timeoutMs: number | undefined): number {
  return Math.max(1, Math.ceil((2 * (timeoutMs ?? DEFAULT_TIMEOUT_MS)) / 1000));
}
