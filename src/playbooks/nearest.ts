import { closest, distance } from 'fastest-levenshtein';

/** ` Did you mean "x"?` for the most similar of the known names, or nothing when none is similar. */
export function suggestion(name: string, known: readonly string[]): string {
  if (known.length === 0) return '';
  const best = closest(name, [...known]);
  const similar = distance(name, best) <= Math.max(2, Math.floor(name.length / 3));
  return similar ? ` Did you mean "${best}"?` : '';
}
