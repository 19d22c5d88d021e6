import { withDependencies } from '../../inventory/service.ts';
import { formatValue } from '../../unit.ts';
import type { CauseAdvice } from '../cause.ts';
import { lines } from '../evidence-line.ts';
import { collectedFor, type Facts } from '../facts.ts';
import { type HttpVerdict, httpRule } from '../http-rule.ts';
import type { HttpView } from '../http-view.ts';
import { nodeViewOf } from '../node-view.ts';

/** Just enough to be told when nothing better explains the symptom, and behind everything that does. */
const LAST_RESORT = 0.32;

/** Which probe would have told what a service or a dependency of this kind waits for. */
const TELLING_PROBES: Readonly<Record<string, string>> = {
  container: 'docker.stats',
  postgres: 'postgres.activity',
  redis: 'redis.info',
};

/** The service is slow and nothing here tells why: said as such, with what was not measured. */
export const appSlowResponseRule = httpRule({
  id: 'app.slow_response',
  judge(view, facts): HttpVerdict | undefined {
    const { responseTime, service } = view;
    if (responseTime === undefined) return undefined;
    const took = formatValue(responseTime.ms, 'ms');
    if (!responseTime.isSlow)
      return { clear: `answers within ${took} (target ${formatValue(responseTime.targetMs, 'ms')})` };
    const missing = unmeasured(view, facts);
    const because =
      missing.length > 0
        ? `not measured: ${missing.join(', ')}`
        : 'CPU, databases and caches that were measured do not explain it';
    return {
      found: {
        title: 'Slow answers, reason not found',
        summary: `${service.name} takes ${took}${phaseText(view)}; perfbot cannot tell what it waits for (${because}).`,
        confidence: LAST_RESORT,
        evidence: lines(
          responseTime.line,
          view.line('ttfb_p95_ms', `first byte after ${formatValue(view.value('ttfb_p95_ms') ?? 0, 'ms')}`),
        ),
        against: [],
        // Whoever has looked there already need not be told to.
        advice: nodeViewOf(facts, service.name)?.has('runtime') === true ? [] : [lookInside(view)],
      },
    };
  },
});

function lookInside({ service, slowestRoute }: HttpView): CauseAdvice {
  return {
    title: 'Look inside the process',
    why: `The event loop while ${slowestRoute ?? 'the slowest route'} is asked tells computing from waiting; a Node.js service needs node: { inspect: true } in services.yaml for it.`,
    effect: 'reads',
    command: `/perf run high-response-time ${service.name}`,
    risk: 'The inspector of the process is open on its own loopback for some seconds.',
    source: 'https://nodejs.org/en/learn/asynchronous-work/dont-block-the-event-loop',
  };
}

function phaseText(view: HttpView): string {
  const ttfb = view.value('ttfb_p95_ms');
  const total = view.responseTime?.ms;
  if (ttfb === undefined || !total) return '';
  return `, ${formatValue(Math.min(1, ttfb / total), 'ratio')} of it before the first byte`;
}

function unmeasured({ service }: HttpView, facts: Facts): readonly string[] {
  const services = withDependencies(facts.services, service);
  const missing = services.flatMap(({ name, targets }) =>
    targets.flatMap(({ kind }) => {
      const probe = TELLING_PROBES[kind];
      return probe === undefined || collectedFor(facts, probe, name) ? [] : [`${probe} of ${name}`];
    }),
  );
  return service.dependsOn.length === 0 ? [...missing, `what ${service.name} depends on`] : missing;
}
