import type { CollectedEvidence } from '../evidence.ts';
import { metricValue } from '../evidence.ts';
import type { Cause, EvidenceLine } from './cause.ts';
import { metricLine } from './evidence-line.ts';
import { collectedBy, type Facts } from './facts.ts';
import type { DiagnosisRule } from './rule.ts';
import { causeVerdict, ruledOutVerdict } from './verdicts.ts';

/** The page of one service as `frontend.page` and, where it ran, `frontend.lighthouse` saw it. */
export interface PageView {
  readonly service: string;
  readonly path: string;
  readonly page: CollectedEvidence;
  readonly audit: CollectedEvidence | undefined;
  value(metric: string): number | undefined;
  line(metric: string, text: string, threshold?: number): EvidenceLine | undefined;
  auditLine(metric: string, text: string, threshold?: number): EvidenceLine | undefined;
}

/** What a rule says of one page; nothing where it does not apply. */
export type PageVerdict = { readonly found: Omit<Cause, 'id' | 'service'> } | { readonly clear: string };

/** A rule that looks at each page that was loaded. */
export function pageRule(options: {
  readonly id: string;
  judge(view: PageView): PageVerdict | undefined;
}): DiagnosisRule {
  const { id, judge } = options;
  return {
    ids: [id],
    evaluate: (facts) =>
      pageViews(facts).flatMap((view) => {
        const verdict = judge(view);
        if (verdict === undefined) return [];
        return 'found' in verdict
          ? [causeVerdict({ id, service: view.service, ...verdict.found })]
          : [ruledOutVerdict(id, `${view.service}: ${verdict.clear}`)];
      }),
  };
}

function pageViews(facts: Facts): readonly PageView[] {
  const audits = collectedBy(facts, 'frontend.lighthouse');
  return collectedBy(facts, 'frontend.page').map((page) => {
    const audit = audits.find(({ target }) => target === page.target);
    const limit = (threshold: number | undefined) => (threshold === undefined ? {} : { threshold });
    return {
      service: page.service,
      path: page.facts?.page ?? '/',
      page,
      audit,
      value: (metric) => metricValue(page, metric),
      line: (metric, text, threshold) => metricLine(page, metric, text, limit(threshold)),
      auditLine: (metric, text, threshold) => metricLine(audit, metric, text, limit(threshold)),
    };
  });
}
