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

/** Facts that begin with it are settings of a server; one that is not there is the default. */
const SETTING = 'setting.';
/** More settings than this are counted, not named. */
const MOST_SETTINGS = 4;

/** The facts of a container or a server that explain why it behaves otherwise when they change. */
export function watchedFacts(evidence: CollectedEvidence): TargetFacts | undefined {
  const { facts = {}, targetKind, probe } = evidence;
  if (targetKind === 'container' && facts.started_at !== undefined) return containerFacts(evidence, facts);
  if (probe !== 'postgres.settings' && probe !== 'redis.info') return undefined;
  const isWatched = (name: string) =>
    ['started_at', 'run', 'version', 'role', 'settings_seen'].includes(name) || name.startsWith(SETTING);
  return Object.fromEntries(Object.entries(facts).filter(([name]) => isWatched(name)));
}

function containerFacts(evidence: CollectedEvidence, facts: TargetFacts): TargetFacts {
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
  const limits = [...changed('memory limit', 'memory_limit'), ...changed('CPU limit', 'cpus')];
  const server = [
    ...changed('version', 'version'),
    ...changed('role', 'role'),
    ...settingChanges(before, after),
  ];
  // A server that only tells for how many seconds it has run has another name for each run.
  if (!differs(before, after, after.run === undefined ? 'started_at' : 'run')) {
    const set = server.length === 0 ? [] : [`reconfigured (${server.join(', ')})`];
    return [...limits, ...set].map((what) => ({ ...seen, what }));
  }
  const replaced = [...imageChanges(before, after), ...limits];
  const startedAt = Date.parse(after.started_at ?? '');
  // Looks are seconds apart; the start itself is known to the millisecond.
  const at = Number.isFinite(startedAt) && startedAt <= seen.at ? startedAt : seen.at;
  const how = replaced.length === 0 ? 'restarted' : 'replaced';
  const details = [...replaced, ...server];
  return [{ ...seen, at, what: details.length === 0 ? how : `${how} (${details.join(', ')})` }];

  function changed(title: string, name: string): readonly string[] {
    return differs(before, after, name) ? [`${title} ${before[name]} to ${after[name]}`] : [];
  }
}

/** A fact that one of two looks does not tell has not changed. */
function differs(before: TargetFacts, after: TargetFacts, name: string): boolean {
  return before[name] !== undefined && after[name] !== undefined && before[name] !== after[name];
}

function imageChanges(before: TargetFacts, after: TargetFacts): readonly string[] {
  const image = differs(before, after, 'image')
    ? [`image ${before.image} to ${after.image}`]
    : differs(before, after, 'image_id')
      ? [`another image as ${after.image}`]
      : [];
  return [...image, ...(differs(before, after, 'environment') ? ['another environment'] : [])];
}

/** Settings that are otherwise than at the last look; their texts are known as a hash only. */
function settingChanges(before: TargetFacts, after: TargetFacts): readonly string[] {
  // The first look has nothing to compare with; another right to look shows other settings.
  if (before.settings_seen !== after.settings_seen) return [];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) =>
    name.startsWith(SETTING),
  );
  const changes = names
    // A look that tells which settings are not the default tells by silence which are.
    .filter((name) =>
      after.settings_seen === undefined ? differs(before, after, name) : before[name] !== after[name],
    )
    .sort()
    .map((name) => settingChange(name.slice(SETTING.length), before[name], after[name]));
  if (changes.length <= MOST_SETTINGS) return changes;
  return [...changes.slice(0, MOST_SETTINGS), `${changes.length - MOST_SETTINGS} more settings`];
}

function settingChange(name: string, before: string | undefined, after: string | undefined): string {
  if (after === undefined) return `${name} back to its default`;
  if (after.startsWith('#')) return `another ${name}`;
  return before === undefined ? `${name} set to ${after}` : `${name} ${before} to ${after}`;
}

/** Two looks at the same thing, a container and the server in it, see one restart twice. */
const SAME_RESTART_MS = 60_000;

/** The changes without a bare "restarted" that is told better by another one of the same service. Pure. */
export function withoutEchoes(changes: readonly TargetChange[]): readonly TargetChange[] {
  return changes.filter((change, index) => {
    if (change.what !== 'restarted') return true;
    return !changes.some(
      (other, position) =>
        position !== index &&
        other.service === change.service &&
        other.target !== change.target &&
        Math.abs(other.at - change.at) <= SAME_RESTART_MS &&
        (/^(restarted|replaced) \(/.test(other.what) || (other.what === 'restarted' && position < index)),
    );
  });
}
