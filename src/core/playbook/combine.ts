import type { Playbook } from './playbook.ts';
import type { Symptom } from './symptom.ts';

const SEPARATOR = '+';
const LONGEST_TITLE = 80;
/** What each further playbook adds to the longest deadline: they share most of their probes. */
const FURTHER_MS = 10_000;

/** Name under which several playbooks run as one: `high-cpu+memory`. */
function combinedName(names: readonly string[]): string {
  return [...new Set(names)].join(SEPARATOR);
}

/** The playbook of a name, which may be that of several together; undefined when one of them is not there. */
export function findCombined(
  name: string,
  find: (name: string) => Playbook | undefined,
): Playbook | undefined {
  const parts = name.split(SEPARATOR).map(find);
  const known = parts.filter((playbook) => playbook !== undefined);
  return known.length === parts.length ? combinePlaybooks(known) : undefined;
}

/** Playbooks that one of the symptoms points to, each once, in their order. */
export function playbooksForSymptoms(
  playbooks: readonly Playbook[],
  symptoms: readonly Symptom[],
): readonly Playbook[] {
  return playbooks.filter(({ triggers }) => triggers.symptoms.some((symptom) => symptoms.includes(symptom)));
}

/**
 * Several playbooks as one run with one diagnosis: all their probes, checks and next steps, each once. A cause can
 * explain the trouble when it can for one of them. Undefined for none. Pure.
 */
export function combinePlaybooks(playbooks: readonly Playbook[]): Playbook | undefined {
  const [first, ...others] = playbooks;
  if (first === undefined || others.length === 0) return first;
  const all = [first, ...others];
  return {
    name: combinedName(all.map(({ name }) => name)),
    title: titleOf(all),
    description: `Several playbooks as one run: ${all.map(({ title }) => title).join(', ')}.`,
    triggers: { alerts: [], symptoms: [], fallback: false },
    overview: false,
    explains: all.some(({ explains }) => explains.length === 0)
      ? []
      : [...new Set(all.flatMap(({ explains }) => explains))],
    deadline: Math.max(...all.map(({ deadline }) => deadline)) + others.length * FURTHER_MS,
    steps: all.flatMap(({ steps }) => steps),
    checks: unique(
      all.flatMap(({ checks }) => checks),
      (check) => JSON.stringify([check.metric, check.warning, check.critical]),
    ),
    next_steps: unique(
      all.flatMap(({ next_steps }) => next_steps),
      ({ title }) => title,
    ),
  };
}

function titleOf(playbooks: readonly Playbook[]): string {
  const titles = playbooks.map(({ title }) => title).join(', ');
  return titles.length <= LONGEST_TITLE ? titles : `${playbooks[0]?.title} and ${playbooks.length - 1} more`;
}

function unique<T>(items: readonly T[], key: (item: T) => string): T[] {
  return [...new Map(items.toReversed().map((item) => [key(item), item])).values()].toReversed();
}
