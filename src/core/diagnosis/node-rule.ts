import type { Cause, Verdict } from './cause.ts';
import type { Facts } from './facts.ts';
import { NODE_PROBES, type NodeSource, type NodeView, nodeViews } from './node-view.ts';
import type { DiagnosisRule } from './rule.ts';
import { causeVerdict, ruledOutVerdict, undecidedVerdict } from './verdicts.ts';

/** What a rule says of one Node process; nothing where it does not apply. */
export type NodeVerdict =
  | { readonly found: Omit<Cause, 'id' | 'service'> }
  | { readonly clear: string }
  | { readonly unclear: string };

export interface NodeRuleOptions {
  readonly id: string;
  /** One of these has to have looked, or nothing can be said. */
  readonly needs: readonly NodeSource[];
  judge(view: NodeView, facts: Facts): NodeVerdict | undefined;
}

/** A rule that looks at each Node process by itself. */
export function nodeRule({ id, needs, judge }: NodeRuleOptions): DiagnosisRule {
  return {
    ids: [id],
    evaluate(facts) {
      const views = nodeViews(facts).filter((view) => needs.some((source) => view.has(source)));
      const judged = views.flatMap((view): readonly Verdict[] => {
        const { service } = view;
        const verdict = judge(view, facts);
        if (verdict === undefined) return [];
        if ('found' in verdict) return [causeVerdict({ id, service, ...verdict.found })];
        return 'clear' in verdict
          ? [ruledOutVerdict(id, `${service}: ${verdict.clear}`)]
          : [undecidedVerdict(id, `${service}: ${verdict.unclear}`)];
      });
      const seen = new Set(views.map(({ service }) => service));
      return [...judged, ...unread(facts, { id, needs, seen })];
    },
  };
}

function unread(
  facts: Facts,
  {
    id,
    needs,
    seen,
  }: { readonly id: string; readonly needs: readonly NodeSource[]; readonly seen: ReadonlySet<string> },
): readonly Verdict[] {
  // A Prometheus that does not answer concerns every service, and most of them are no Node process.
  const probes: readonly string[] = needs.flatMap((source) =>
    source === 'prometheus' ? [] : [NODE_PROBES[source]],
  );
  return facts.evidence.flatMap((evidence): readonly Verdict[] =>
    evidence.status === 'unavailable' && probes.includes(evidence.probe) && !seen.has(evidence.service)
      ? [undecidedVerdict(id, `${evidence.service}: ${evidence.message}`)]
      : [],
  );
}
