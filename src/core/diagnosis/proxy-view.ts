import type { CollectedEvidence } from '../evidence.ts';
import { type Service, withDependencies } from '../inventory/service.ts';
import type { Cause, Verdict } from './cause.ts';
import type { Row } from './cells.ts';
import { collectedFor, type Facts, metricFor, rowsOf } from './facts.ts';
import { isInFront } from './in-front.ts';
import type { DiagnosisRule } from './rule.ts';
import { causeVerdict, ruledOutVerdict, undecidedVerdict } from './verdicts.ts';

/** What is known of one reverse proxy. */
export interface ProxyView {
  readonly service: Service;
  readonly access: CollectedEvidence | undefined;
  readonly status: CollectedEvidence | undefined;
  /** Upstream servers of the window, worst first. */
  readonly upstreams: readonly Row[];
  readonly routes: readonly Row[];
  /** What the inventory says is behind it. */
  readonly backends: readonly Service[];
  /** True: some backend answered perfbot directly; undefined: none was asked. */
  readonly backendsAnswer: boolean | undefined;
}

/** What a rule says of one proxy; nothing where it does not apply. */
export type ProxyVerdict =
  | { readonly found: Omit<Cause, 'id' | 'service' | 'against'> }
  | { readonly clear: string }
  | { readonly unclear: string };

/** A rule that looks at each proxy. It clears the asked-about service and what is in front of it by name, others not at all. */
export function proxyRule(options: {
  readonly id: string;
  judge(view: ProxyView, facts: Facts): ProxyVerdict | undefined;
}): DiagnosisRule {
  const { id, judge } = options;
  return {
    ids: [id],
    evaluate: (facts) =>
      facts.services.flatMap((candidate): readonly Verdict[] => {
        const view = toView(candidate, facts);
        const verdict = view && judge(view, facts);
        if (verdict === undefined) return [];
        const service = candidate.name;
        if ('found' in verdict) return [causeVerdict({ id, service, ...verdict.found })];
        if (facts.subject && facts.subject.name !== service && !isInFront(facts, candidate)) return [];
        return 'clear' in verdict
          ? [ruledOutVerdict(id, `${service}: ${verdict.clear}`)]
          : [undecidedVerdict(id, `${service}: ${verdict.unclear}`)];
      }),
  };
}

function toView(service: Service, facts: Facts): ProxyView | undefined {
  const access = collectedFor(facts, 'nginx.access', service.name);
  const status = collectedFor(facts, 'nginx.status', service.name);
  if (access === undefined && status === undefined) return undefined;
  if (access?.facts?.in_front === 'no') return undefined;
  const only = facts.services.find(({ name }) => name === access?.facts?.upstream_service);
  const backends = only
    ? [only]
    : withDependencies(facts.services, service).filter((candidate) => candidate !== service);
  const asked = backends.flatMap(({ name }) => metricFor(facts, 'http.timing', name, 'availability') ?? []);
  return {
    service,
    access,
    status,
    upstreams: rowsOf(access, 'upstreams'),
    routes: rowsOf(access, 'routes'),
    backends,
    backendsAnswer: asked.length === 0 ? undefined : asked.some((availability) => availability > 0),
  };
}
