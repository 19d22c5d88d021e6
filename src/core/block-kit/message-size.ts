import { LIMITS } from './limits.ts';
import { isObject } from './rule.ts';

const TEXT_FIELDS = new Set([
  'text',
  'title',
  'subtitle',
  'body',
  'alt_text',
  'label',
  'caption',
  'name',
  'fallback',
]);

/** Characters of everything that people read in a value. */
export function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, entry) => sum + textLength(entry), 0);
  if (!isObject(value)) return 0;
  return Object.entries(value).reduce((sum, [key, entry]) => {
    if (typeof entry === 'string') return TEXT_FIELDS.has(key) ? sum + entry.length : sum;
    return sum + textLength(entry);
  }, 0);
}

/** What the blocks of a message cost of `LIMITS.message.characters`. */
export function messageSize(blocks: readonly unknown[]): number {
  return textLength(blocks) + Math.max(0, blocks.length - 1) * LIMITS.message.blockOverhead;
}
