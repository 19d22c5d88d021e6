import type { Cause, Verdict } from './cause.ts';
import type { Facts } from './facts.ts';
import { type HttpView, httpViews } from './http-view.ts';
import type { DiagnosisRule } from './rule.ts';
import { causeVerdict, ruledOutVerdict, undecidedVerdict } from './verdicts.ts';

/** What a rule says of one service; nothing where it does not apply. */
export type HttpVerdict =
  | { readonly found: Omit<Cause, 'id' | 'service'> }
  | { readonly clear: string }
  | { readonly unclear: string };

/** A rule that looks at each service that was timed. It clears the asked-about service by name, others not at all. */
export function httpRule(options: {
  readonly id: string;
  judge(view: HttpView, facts: Facts): HttpVerdict | undefined;
}): DiagnosisRule {
  const { id, judge } = options;
  return {
    ids: [id],
    evaluate: (facts) =>
      httpViews(facts).flatMap((view): readonly Verdict[] => {
        const service = view.service.name;
        const verdict = judge(view, facts);
        if (verdict === undefined) return [];
        if ('found' in verdict) return [causeVerdict({ id, service, ...verdict.found })];
        if (facts.subject !== undefined && facts.subject.name !== service) return [];
        return 'clear' in verdict
          ? [ruledOutVerdict(id, `${service}: ${verdict.clear}`)]
          : [undecidedVerdict(id, `${service}: ${verdict.unclear}`)];
      }),
  };
}
