import type { Service } from '../../inventory/service.ts';
import { formatValue } from '../../unit.ts';
import type { CauseAdvice } from '../cause.ts';
import { numberIn, type Row, textIn } from '../cells.ts';
import { containerViews } from '../container-view.ts';
import { lines, metricLine } from '../evidence-line.ts';
import { collectedFor, type Facts } from '../facts.ts';
import { changeConfiguration, reloadCommand } from '../nginx-advice.ts';
import { type ProxyVerdict, type ProxyView, proxyRule } from '../proxy-view.ts';
import { hasNoPort } from './proxy-limits.ts';

const LEAST_FAILURES = 3;
const MOST_OF_ITS_REQUESTS = 0.5;

/** nginx asks an address that its backend does not have (any more), while the backend answers directly. */
export const proxyStaleUpstreamRule = proxyRule({
  id: 'proxy.stale_upstream',
  judge(view, facts): ProxyVerdict | undefined {
    if (view.access === undefined) return undefined;
    const [dead] = view.upstreams
      .filter(isDead)
      .toSorted((a, b) => (numberIn(b, 'unconnected') ?? 0) - (numberIn(a, 'unconnected') ?? 0));
    if (dead === undefined) return withoutFailures(view);
    const address = textIn(dead, 'address');
    const whose = judgeAddress(dead, view, facts);
    if ('clear' in whose || 'unclear' in whose) return whose;
    return {
      found: {
        title: 'nginx sends requests to an old address',
        summary: `nginx of ${view.service.name} could not connect to ${address} ${numberIn(dead, 'unconnected')} times: ${whose.because}.${view.backendsAnswer ? ` ${namesOf(view.backends)} itself answers: nginx looked the name up once, at its start.` : ''}`,
        confidence: whose.confidence,
        evidence: lines(
          {
            probe: 'nginx.access',
            metric: 'unconnected',
            value: numberIn(dead, 'unconnected') ?? 0,
            unit: 'count',
            text: `no connection to ${address}${textIn(dead, 'reason') === '' ? '' : ` (${textIn(dead, 'reason')})`}: ${whose.because}`,
          },
          metricLine(view.access, 'error_rate', 'share of requests that nginx answers with 5xx'),
          ...view.backends.map(({ name }) =>
            metricLine(
              collectedFor(facts, 'http.timing', name),
              'availability',
              `${name} answers perfbot directly`,
            ),
          ),
        ),
        advice: adviceFor(view),
      },
    };
  },
});

function isDead(row: Row): boolean {
  const failures = numberIn(row, 'unconnected') ?? 0;
  const requests = numberIn(row, 'requests');
  if (failures === 0 || hasNoPort(row)) return false;
  return (
    failures >= LEAST_FAILURES || (requests !== undefined && failures >= MOST_OF_ITS_REQUESTS * requests)
  );
}

function withoutFailures({ access, upstreams }: ProxyView): ProxyVerdict {
  const failed = ['errors_502', 'errors_504'].some(
    (name) => (access?.metrics.find((metric) => metric.name === name)?.value ?? 0) > 0,
  );
  return failed && upstreams.length === 0
    ? { unclear: 'its log names no upstream address' }
    : { clear: 'it connects to its upstream servers' };
}

type Whose =
  | { readonly because: string; readonly confidence: number }
  | { readonly clear: string }
  | { readonly unclear: string };

function judgeAddress(row: Row, view: ProxyView, facts: Facts): Whose {
  const address = textIn(row, 'address');
  const { backendsAnswer } = view;
  if (backendsAnswer === false) return { clear: `${namesOf(view.backends)} does not answer directly either` };
  switch (textIn(row, 'address_is')) {
    case 'free':
      return { because: 'no running container has this address', confidence: backendsAnswer ? 0.92 : 0.75 };
    case 'container':
      return judgeContainer(textIn(row, 'container'), view, facts);
    default: {
      const owner = facts.services.find(({ aliases }) => aliases.includes(address));
      if (owner) return { clear: `${address} is the address of ${owner.name}` };
      return backendsAnswer
        ? { because: 'the inventory has no such address', confidence: 0.7 }
        : { unclear: `it is not known whether its backend answers elsewhere than at ${address}` };
    }
  }
}

/** An address that was given to another container since is the worst case: that one gets the requests. */
function judgeContainer(container: string, { backends, backendsAnswer }: ProxyView, facts: Facts): Whose {
  const views = containerViews(facts);
  const own = backends.flatMap((service) => [
    ...service.targets.flatMap((target) =>
      target.kind === 'container' && 'name' in target.container ? [target.container.name] : [],
    ),
    ...views.flatMap((seen) => (seen.service === service.name ? [seen.container] : [])),
  ]);
  if (own.length === 0 || own.includes(container) || !backendsAnswer)
    return { clear: `the address is that of ${container}, which does not accept connections` };
  return { because: `the address belongs to another container, ${container}`, confidence: 0.85 };
}

function namesOf(services: readonly Service[]): string {
  return services.map(({ name }) => name).join(', ') || 'the backend';
}

function adviceFor(view: ProxyView): readonly CauseAdvice[] {
  return [
    {
      title: 'Have nginx look the name up again',
      why: 'nginx resolves the names in its configuration once, when it reads it. A reload reads it again.',
      command: reloadCommand(view),
      effect: 'changes',
      risk: 'Workers are replaced: old ones finish their requests first, long-lived ones (WebSocket) keep them for as long. A wrong configuration is refused and changes nothing.',
      undo: 'None needed: it is the configuration that is there already.',
      source: 'https://nginx.org/en/docs/control.html#reconfiguration',
    },
    changeConfiguration(view, {
      title: 'Resolve the name while nginx runs',
      why: `With a resolver and the name in a variable nginx asks again every ${formatValue(10_000, 'ms')}, so that a replaced container is found. 127.0.0.11 is the name server that Docker gives to containers of user-defined networks.`,
      lines: [
        'resolver 127.0.0.11 valid=10s;           # in http { } or server { }',
        'set $backend http://BACKEND_NAME:PORT;   # in the location { }, instead of proxy_pass http://BACKEND_NAME:PORT;',
        'proxy_pass $backend;                     # there as well',
        '# from nginx 1.27.3 instead, in upstream { } with a zone: server BACKEND_NAME:PORT resolve;',
      ],
      risk: 'With a variable nginx passes the path on as it came, and keepalive of an upstream { } block is not used; the resolver must be reachable.',
      source: 'https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver',
    }),
  ];
}
