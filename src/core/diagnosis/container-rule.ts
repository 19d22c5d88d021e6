import type { Cause, Verdict } from './cause.ts';
import { type ContainerView, containerViews, DOCKER_PROBES, type DockerSource } from './container-view.ts';
import type { Facts } from './facts.ts';
import type { DiagnosisRule } from './rule.ts';

/** What a rule says of one container; nothing where it does not apply. */
export type ContainerVerdict =
  | { readonly found: Omit<Cause, 'id' | 'service'> }
  /** Not this: the measured reason, and how near it came (0..1). */
  | { readonly clear: string; readonly near: number }
  | { readonly unclear: string };

export interface ContainerRuleOptions {
  readonly id: string;
  /** The probe without which the rule cannot say anything; of several one is enough, the first tells most. */
  readonly needs: DockerSource | readonly DockerSource[];
  judge(view: ContainerView, facts: Facts): ContainerVerdict | undefined;
}

/**
 * A rule that looks at each container by itself. Containers that it clears give one reason together, that of the
 * nearest to the mark, so that a machine with fifty containers does not fill the report with what they are not.
 */
export function containerRule({ id, needs: wanted, judge }: ContainerRuleOptions): DiagnosisRule {
  const needs = [wanted].flat();
  return {
    ids: [id],
    evaluate(facts) {
      const judged = containerViews(facts)
        .filter((view) => needs.some((source) => view.has(source)))
        .flatMap((view) => {
          const verdict = judge(view, facts);
          return verdict ? [{ view, verdict }] : [];
        });
      const causes = judged.flatMap(({ view, verdict }): readonly Verdict[] =>
        'found' in verdict ? [{ kind: 'cause', cause: { id, service: view.service, ...verdict.found } }] : [],
      );
      const unclear = judged.flatMap(({ view, verdict }): readonly Verdict[] =>
        'unclear' in verdict
          ? [{ kind: 'undecided', id, reason: `${view.service}: ${verdict.unclear}` }]
          : [],
      );
      return [...causes, ...ruledOut(id, judged), ...unclear, ...unread(facts, id, needs[0])];
    },
  };
}

interface Judged {
  readonly view: ContainerView;
  readonly verdict: ContainerVerdict;
}

function ruledOut(id: string, judged: readonly Judged[]): readonly Verdict[] {
  const cleared = judged
    .flatMap(({ view, verdict }) => ('clear' in verdict ? [{ service: view.service, ...verdict }] : []))
    .sort((a, b) => b.near - a.near);
  const [nearest] = cleared;
  if (nearest === undefined) return [];
  const others = cleared.length > 1 ? `; ${cleared.length - 1} more further from it` : '';
  return [{ kind: 'ruled_out', ruledOut: { id, reason: `${nearest.service}: ${nearest.clear}${others}` } }];
}

function unread(facts: Facts, id: string, source: DockerSource | undefined): readonly Verdict[] {
  return facts.evidence.flatMap((evidence): readonly Verdict[] =>
    evidence.status === 'unavailable' && source !== undefined && evidence.probe === DOCKER_PROBES[source]
      ? [{ kind: 'undecided', id, reason: `${evidence.service}: ${evidence.message}` }]
      : [],
  );
}
