import type { Labels } from '../core/alert/alert.ts';
import { isObject, type Json } from './json.ts';

/** Longer values carry text, not identity; the rest of them is cut. */
const LONGEST_LABEL = 4_096;
export const LONGEST_ANNOTATION = 16_384;
/** Real alerts have a few dozen labels; the rest is cut. */
const MOST_LABELS = 500;

/** A label value as text: numbers and booleans as they are written, lists and objects as JSON; undefined when empty. */
export function toText(value: Json | undefined, longest = LONGEST_LABEL): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.length > longest ? `${text.slice(0, longest - 1)}…`.replace(/\p{Surrogate}/gu, '') : text;
}

/** Labels on a null prototype, so that `__proto__` is a name like any other. An empty value is the same as no label. */
export function toLabels(value: Json | undefined, longest = LONGEST_LABEL): Labels {
  const labels: Record<string, string> = Object.create(null);
  if (!isObject(value)) return labels;
  for (const [name, member] of Object.entries(value).slice(0, MOST_LABELS)) {
    const text = toText(member, longest);
    if (text !== undefined) labels[name] = text;
  }
  return labels;
}

/** The labels that all sets share with the same value. */
export function commonLabels(sets: readonly Labels[]): Labels {
  const [first = {}, ...others] = sets;
  return fromEntries(
    Object.entries(first).filter(([name, value]) => others.every((labels) => labels[name] === value)),
  );
}

/** Later sets win; the result has no prototype. */
export function mergeLabels(...sets: readonly Labels[]): Labels {
  return fromEntries(sets.flatMap((labels) => Object.entries(labels)));
}

function fromEntries(entries: readonly (readonly [string, string])[]): Labels {
  const labels: Record<string, string> = Object.create(null);
  for (const [name, value] of entries) labels[name] = value;
  return labels;
}

/** An http(s) address as it was given, or undefined: nothing else may become a link. */
export function toLink(value: Json | undefined): string | undefined {
  if (typeof value !== 'string' || value.length > 2_000 || /\s/.test(value)) return undefined;
  return /^https?:\/\//i.test(value) && URL.canParse(value) ? value : undefined;
}
