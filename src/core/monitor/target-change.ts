import type { CollectedEvidence } from '../evidence.ts';
import { metricValue } from '../evidence.ts';
import { formatValue } from '../unit.ts';

/** What was otherwise than before at a target, from `at` on (milliseconds since the epoch). */
export interface TargetChange {
  readonly target: string;
  readonly service: string;
  readonly at: number;
  /** For people, without the name of the service: `replaced (image shop:4f2a to shop:9c01)`. */
  readonly what: string;
}

/** What is compared from one look to the next; an entry that a look does not tell is missing. */
export type TargetFacts = Readonly<Record<string, string>>;

/** The facts of a container that explain why it behaves otherwise when they change. */
export function watchedFacts(evidence: CollectedEvidence): TargetFacts | undefined {
  const { facts } = evidence;
  if (evidence.targetKind !== 'container' || facts?.started_at === undefined) return undefined;
  const cpus = metricValue(evidence, 'cpu_limit_cores');
  const known = {
    started_at: facts.started_at,
    image: facts.image,
    image_id: facts.image_id,
    environment: facts.environment,
    memory_limit: facts.memory_limit,
    cpus: cpus === undefined ? undefined : formatValue(cpus, 'cores'),
  };
  return Object.fromEntries(
    Object.entries(known).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** What changed between two looks at a target. A container that is stopped has not changed yet. Pure. */
export function findChanges(
  before: TargetFacts,
  after: TargetFacts,
  seen: Pick<TargetChange, 'target' | 'service' | 'at'>,
): readonly TargetChange[] {
  const differs = (name: string) =>
    before[name] !== undefined && after[name] !== undefined && before[name] !== after[name];
  const fromTo = (name: string) => `${before[name]} to ${after[name]}`;
  const limits = [
    ...(differs('memory_limit') ? [`memory limit ${fromTo('memory_limit')}`] : []),
    ...(differs('cpus') ? [`CPU limit ${fromTo('cpus')}`] : []),
  ];
  if (!differs('started_at')) return limits.map((what) => ({ ...seen, what }));
  const replaced = [
    ...(differs('image') ? [`image ${fromTo('image')}`] : []),
    ...(!differs('image') && differs('image_id') ? [`another image as ${after.image}`] : []),
    ...(differs('environment') ? ['another environment'] : []),
    ...limits,
  ];
  const startedAt = Date.parse(after.started_at ?? '');
  // Looks are seconds apart; the start itself is known to the millisecond.
  const at = Number.isFinite(startedAt) && startedAt <= seen.at ? startedAt : seen.at;
  return [{ ...seen, at, what: replaced.length === 0 ? 'restarted' : `replaced (${replaced.join(', ')})` }];
}
