import { formatValue } from '../../unit.ts';
import { containerViews, type PatternRow } from '../container-view.ts';
import { lines } from '../evidence-line.ts';
import type { Facts } from '../facts.ts';
import { type HttpVerdict, httpRule } from '../http-rule.ts';
import type { HttpView } from '../http-view.ts';
import { moreThreads } from '../node-advice.ts';

const SLOW_DNS_MS = 100;
const DOMINANT_SHARE = 0.5;
const DNS_ERROR = /EAI_AGAIN|ENOTFOUND|getaddrinfo|DNS lookup/i;

/** Names resolve slowly or not at all: seen from perfbot, or in the service's own log. */
export const depDnsSlowRule = httpRule({
  id: 'dep.dns_slow',
  judge(view, facts): HttpVerdict | undefined {
    const dnsMs = view.value('dns_p95_ms');
    if (view.fact('failure_code')?.includes('EAI_AGAIN')) return foundMute(facts, view);
    if (dnsMs !== undefined && dnsMs >= SLOW_DNS_MS) return foundSlow(facts, view, dnsMs);
    const logged = dnsErrorInLog(view, facts);
    if (logged !== undefined) return foundInLog(facts, view, logged);
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

function foundInLog(facts: Facts, view: HttpView, { count, example }: PatternRow): HttpVerdict {
  return found(facts, view, {
    text: 'its log speaks of names that do not resolve',
    confidence: 0.75,
    evidence: [
      {
        probe: 'docker.logs',
        metric: 'patterns',
        value: count,
        unit: 'count',
        text: `in its log: ${example.slice(0, 160)}`,
      },
    ],
  });
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
