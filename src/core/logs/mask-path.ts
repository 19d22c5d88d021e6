import { redactSecrets } from './redact-secrets.ts';

const MOST_SEGMENTS = 8;
const MOST_CHARACTERS = 120;
const ID = ':id';

/** What varies within a segment, widest shapes first. */
const MASKS: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, ID],
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b/gi, ID],
  [/\d{3,}/g, ID],
];

/** `/items/17/parts?page=2` as `/items/:id/parts`: ids masked, the query dropped, so that its like are one route. */
export function maskPath(target: string): string {
  const path = target.replace(/[?#;].*$/s, '').replace(/^https?:\/\/[^/]+/i, '');
  const segments = path.split('/').slice(1);
  const shown = segments.slice(0, MOST_SEGMENTS).map(maskSegment).join('/');
  const more = segments.length > MOST_SEGMENTS ? '/…' : '';
  return redactSecrets(`/${shown}${more}`).slice(0, MOST_CHARACTERS);
}

function maskSegment(segment: string): string {
  if (/^\d+$/.test(segment) || segment.includes('@') || segment.includes('%40')) return ID;
  // A token: long, and neither a word nor a file name.
  if (segment.length >= 20 && /\d/.test(segment) && !/\.[a-z]{2,5}$/i.test(segment)) return ID;
  return MASKS.reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), segment);
}
