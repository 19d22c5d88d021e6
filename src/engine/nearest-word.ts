import { distance } from 'fastest-levenshtein';

/** Longer input is no typing error, and comparing it would cost time. */
const LONGEST_WORD = 100;

/** The candidate that somebody may have mistyped: at most a third of its letters differ, or it begins with the word. */
export function nearestWord(typed: string, candidates: readonly string[]): string | undefined {
  const word = typed.toLowerCase().slice(0, LONGEST_WORD);
  if (word === '') return undefined;
  const ranked = candidates
    .map((candidate) => ({ candidate, differs: distance(word, candidate.toLowerCase()) }))
    .sort((a, b) => a.differs - b.differs);
  const [best] = ranked;
  if (best && best.differs <= Math.max(1, Math.floor(best.candidate.length / 3))) return best.candidate;
  return word.length < 2
    ? undefined
    : candidates.find((candidate) => candidate.toLowerCase().startsWith(word));
}
