import { formatValue, type Unit } from '../unit.ts';

/** Longest alternative text (`ChartSpec.alt`). */
const MOST_ALT = 2000;

/** `2026-11-23 03:12 UTC`: the alternative text names the zone because nobody knows where it is read. */
export function utcMinute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** The time of day only: `03:12 UTC`. */
export function utcClock(at: number): string {
  return `${new Date(at).toISOString().slice(11, 16)} UTC`;
}

/** The metric as a title: `memory_used_bytes` to `Memory used`. */
export function metricTitle(metric: string): string {
  const words = metric
    .replace(/_(bytes_per_second|per_second|per_minute|bytes|ratio|ms|cores)$/, '')
    .replace(/_/g, ' ')
    .replace(/\b(cpu|io|p50|p95)\b/g, (word) => (word.startsWith('p') ? word : word.toUpperCase()));
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

/** `0.3 s–0.5 s`, or one value where both are written alike. */
export function rangeText(lower: number, upper: number, unit: Unit): string {
  const [low, high] = [formatValue(lower, unit), formatValue(upper, unit)];
  return low === high ? low : `${low} – ${high}`;
}

/** Parts joined to an id that is fit for a file name. */
export function chartId(...parts: readonly string[]): string {
  const id = parts
    .join('-')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 80);
  return id === '' ? 'chart' : id;
}

/** Untrusted text on one line, without control and direction-changing characters, cut in the middle. */
export function plainText(text: string, most: number): string {
  const line = text
    .slice(0, 4000)
    .replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ')
    .replace(/\p{Cf}/gu, '')
    .trim();
  const characters = [...line];
  if (characters.length <= most) return line;
  const half = Math.floor((most - 1) / 2);
  return `${characters.slice(0, half).join('')}…${characters.slice(-half).join('')}`;
}

/** Sentences of an alternative text, cut to its greatest length. */
export function altText(sentences: readonly (string | undefined)[]): string {
  const text = sentences.filter((sentence) => sentence !== undefined).join(' ');
  return text.length <= MOST_ALT ? text : `${text.slice(0, MOST_ALT - 1)}…`;
}
