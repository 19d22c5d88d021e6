import { withDependencies } from '../inventory/service.ts';
import type { Cause, RuledOut, Verdict } from './cause.ts';
import type { Facts } from './facts.ts';
import { isInFront } from './in-front.ts';
import { neighboursFirst } from './neighbours.ts';
import type { DiagnosisRule } from './rule.ts';
import { undecidedVerdict } from './verdicts.ts';

/** Below this a suspicion is noise and is not told. */
const LEAST_CONFIDENCE = 0.3;

/** What a cause in the asked-about service itself, in what it depends on (or in the proxy before it), or elsewhere on the machine is worth. */
const NEARNESS = { subject: 1, dependency: 0.98, elsewhere: 0.85 } as const;

export interface Diagnosis {
  /** Ranked, best first; empty when nothing explains anything or nothing is wrong. */
  readonly causes: readonly Cause[];
  /** What looks like the best cause first. */
  readonly ruledOut: readonly RuledOut[];
  /** Causes that could not be decided because numbers are missing. */
  readonly undecided: readonly { readonly id: string; readonly reason: string }[];
}

/**
 * Runs all rules over the facts and ranks what they name. `explains` are patterns of causes that can explain the trouble
 * (none: all can); something else that is wrong on the machine is a finding, not its cause. Pure; ties are broken by id
 * and service.
 */
export function diagnose(
  rules: readonly DiagnosisRule[],
  facts: Facts,
  explains: readonly string[] = [],
): Diagnosis {
  const verdicts = rules.flatMap((rule) => evaluate(rule, facts));
  const canExplain = (id: string) =>
    explains.length === 0 || explains.some((pattern) => isNamedBy(id, pattern));
  const causes = verdicts
    .flatMap((verdict) => (verdict.kind === 'cause' ? [verdict.cause] : []))
    .filter(({ id }) => canExplain(id))
    .map((cause) => ({ cause, weight: cause.confidence * nearness(facts, cause) }))
    .filter(({ weight }) => weight >= LEAST_CONFIDENCE)
    .sort(
      (a, b) =>
        b.weight - a.weight ||
        a.cause.id.localeCompare(b.cause.id) ||
        a.cause.service.localeCompare(b.cause.service),
    )
    .map(({ cause }) => cause);
  const named = new Set(causes.map(({ id }) => id));
  const asked = ({ id }: { readonly id: string }) => !named.has(id) && canExplain(id);
  const ruledOut = unique(
    verdicts.flatMap((verdict) => (verdict.kind === 'ruled_out' ? [verdict.ruledOut] : [])),
  ).filter(asked);
  return {
    causes,
    ruledOut: neighboursFirst(ruledOut, causes[0]?.id),
    undecided: unique(verdicts.flatMap((verdict) => (verdict.kind === 'undecided' ? [verdict] : []))).filter(
      asked,
    ),
  };
}

/** `container.cpu_*` names every id that begins so. */
export function isNamedBy(id: string, pattern: string): boolean {
  return pattern.endsWith('*') ? id.startsWith(pattern.slice(0, -1)) : id === pattern;
}

/** A rule that breaks on facts that nobody thought of says so in its place; the others still count. */
function evaluate(rule: DiagnosisRule, facts: Facts): readonly Verdict[] {
  try {
    return rule.evaluate(facts);
  } catch (error) {
    const reason = `its rule failed (${error instanceof Error ? error.message : 'no reason given'})`;
    return rule.ids.map((id) => undecidedVerdict(id, reason));
  }
}

function nearness(facts: Facts, cause: Cause): number {
  const { subject, services } = facts;
  if (subject === undefined || cause.service === subject.name) return NEARNESS.subject;
  const near = withDependencies(services, subject).some(({ name }) => name === cause.service);
  const place = services.find(({ name }) => name === cause.service);
  return near || (place && isInFront(facts, place)) ? NEARNESS.dependency : NEARNESS.elsewhere;
}

function unique<T extends { readonly id: string; readonly reason: string }>(
  items: readonly T[],
): readonly T[] {
  const seen = new Set<string>();
  return items.filter(({ id, reason }) => {
    const key = `${id} ${reason}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
