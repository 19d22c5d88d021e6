import { formatValue } from '../../unit.ts';
import type { EvidenceLine } from '../cause.ts';
import { containerViews, type PatternRow } from '../container-view.ts';
import { loopEvidence } from '../event-loop.ts';
import { lines } from '../evidence-line.ts';
import type { Facts } from '../facts.ts';
import { type HttpVerdict, httpRule } from '../http-rule.ts';
import type { HttpView } from '../http-view.ts';
import { moreThreads } from '../node-advice.ts';
import { NODE_PROBES, type NodeView, nodeViewOf } from '../node-view.ts';

const SLOW_DNS_MS = 100;
const DOMINANT_SHARE = 0.5;
/** One look-up may just be under way; several at once queue for the threads that Node has for them. */
const LEAST_LOOK_UPS = 2;
const LOOK_UP = 'GetAddrInfoReqWrap';
const DNS_ERROR = /EAI_AGAIN|ENOTFOUND|getaddrinfo|DNS lookup/i;

/** Names resolve slowly or not at all: seen from perfbot, inside of the process, or in the service's own log. */
export const depDnsSlowRule = httpRule({
  id: 'dep.dns_slow',
  judge(view, facts): HttpVerdict | undefined {
    const dnsMs = view.value('dns_p95_ms');
    if (view.fact('failure_code')?.includes('EAI_AGAIN')) return foundMute(facts, view);
    if (dnsMs !== undefined && dnsMs >= SLOW_DNS_MS) return foundSlow(facts, view, dnsMs);
    const process = nodeViewOf(facts, view.service.name);
    const lookUps = view.responseTime?.isSlow === true ? waitingLookUps(process) : undefined;
    const logged = dnsErrorInLog(view, facts);
    if (lookUps !== undefined) return foundInProcess(facts, view, { lookUps, logged, process });
    if (logged !== undefined) return foundInLog(facts, view, { logged, process });
    return dnsMs === undefined ? undefined : { clear: `its name resolves in ${formatValue(dnsMs, 'ms')}` };
  },
});

function foundMute(facts: Facts, view: HttpView): HttpVerdict {
  const text = 'the name server does not answer';
  return found(facts, view, { text, confidence: 0.85, evidence: lines(view.line('availability', text)) });
}

function foundSlow(facts: Facts, view: HttpView, dnsMs: number): HttpVerdict {
  const text = `resolving its name takes ${formatValue(dnsMs, 'ms')}`;
  const dominates = dnsMs >= DOMINANT_SHARE * (view.responseTime?.ms ?? Number.POSITIVE_INFINITY);
  return found(facts, view, {
    text,
    confidence: dominates ? 0.85 : 0.5,
    evidence: lines(view.line('dns_p95_ms', text, SLOW_DNS_MS)),
    ...(!dominates && { against: lines(view.responseTime?.line) }),
  });
}

/** Look-ups of names that the process waits for, when they are more than one. */
export function waitingLookUps(process: NodeView | undefined): EvidenceLine | undefined {
  const count = process?.waitingFor(LOOK_UP) ?? 0;
  if (count < LEAST_LOOK_UPS) return undefined;
  const text = `its process waits for ${count} names at once`;
  return { probe: NODE_PROBES.runtime, metric: 'resources', value: count, unit: 'count', text };
}

interface Inside {
  readonly logged: PatternRow | undefined;
  readonly process: NodeView | undefined;
}

function foundInProcess(
  facts: Facts,
  view: HttpView,
  { lookUps, logged, process }: Inside & { readonly lookUps: EvidenceLine },
): HttpVerdict {
  const loop = loopEvidence(process);
  return found(facts, view, {
    text: lookUps.text,
    confidence: loop.busy ? 0.4 : logged ? 0.9 : loop.idle ? 0.82 : 0.7,
    evidence: lines(lookUps, view.responseTime?.line, loop.idle, logged && logLine(logged)),
    against: lines(loop.busy),
  });
}

function foundInLog(
  facts: Facts,
  view: HttpView,
  { logged, process }: Inside & { readonly logged: PatternRow },
): HttpVerdict {
  const loop = loopEvidence(process);
  return found(facts, view, {
    text: 'its log speaks of names that do not resolve',
    confidence: loop.busy ? 0.5 : loop.idle ? 0.8 : 0.75,
    evidence: lines(logLine(logged), loop.idle),
    against: lines(loop.busy),
  });
}

function logLine({ count, example }: PatternRow): EvidenceLine {
  const text = `in its log: ${example.slice(0, 160)}`;
  return { probe: 'docker.logs', metric: 'patterns', value: count, unit: 'count', text };
}

interface Finding {
  readonly text: string;
  readonly confidence: number;
  readonly evidence: ReturnType<typeof lines>;
  readonly against?: ReturnType<typeof lines>;
}

function found(
  facts: Facts,
  { service }: HttpView,
  { text, confidence, evidence, against = [] }: Finding,
): HttpVerdict {
  return {
    found: {
      title: 'Name resolution is slow',
      summary: `${service.name}: ${text}.`,
      confidence,
      evidence,
      against,
      advice: [
        {
          title: 'Ask the name server directly',
          why: 'It tells whether the server is slow, or one of several listed servers does not answer.',
          effect: 'reads',
          command: 'cat /etc/resolv.conf && time getent hosts <name>',
          source: 'https://nodejs.org/api/dns.html#implementation-considerations',
        },
        ...moreThreads(facts, service.name),
      ],
    },
  };
}

function dnsErrorInLog({ service, responseTime, errorRate }: HttpView, facts: Facts): PatternRow | undefined {
  const suffers = responseTime?.isSlow === true || Number(errorRate?.value ?? 0) > 0;
  if (!suffers) return undefined;
  return containerViews(facts)
    .find((container) => container.service === service.name)
    ?.patterns.find(({ pattern, example, count }) => count > 0 && DNS_ERROR.test(`${pattern} ${example}`));
}
