import type { Json } from './json.ts';

const SHAPE =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:[.,](\d{1,9}))?\s*(Z|UTC|[+-]\d{2}:?\d{2})?(?:\s+[A-Z]{3,4})?$/i;

/** How far a sender's clock may run ahead of ours, milliseconds. */
const CLOCK_SKEW_MS = 300_000;

/**
 * Milliseconds since the epoch from what senders write: RFC 3339, a space for the T, no zone (taken as UTC), Go's
 * `+0000 UTC`, epoch seconds to nanoseconds. Undefined for anything else, for Go's zero time and for before 1970.
 */
export function toTimestamp(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return fromEpoch(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (/^\d{9,19}(\.\d+)?$/.test(text)) return fromEpoch(Number(text));
  const [, date, time = '', fraction = '', zone = 'Z'] = SHAPE.exec(text) ?? [];
  if (date === undefined) return undefined;
  const seconds = time.length === 5 ? `${time}:00` : time;
  const offset = /^(?:z|utc)$/i.test(zone) ? 'Z' : zone.replace(/^(...)(\d\d)$/, '$1:$2');
  const at = Date.parse(`${date}T${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}${offset}`);
  return at > 0 ? at : undefined;
}

/**
 * When an alert began. A sender that does not say (or whose clock runs ahead) gets the minute of arrival, so that a
 * delivery that is repeated at once is still seen as the same.
 */
export function toStart(value: Json | undefined, receivedAt: number): number {
  const at = toTimestamp(value);
  return at !== undefined && at <= receivedAt + CLOCK_SKEW_MS ? at : Math.floor(receivedAt / 60_000) * 60_000;
}

/** Seconds, milliseconds, microseconds or nanoseconds, told apart by size: all mean 2001 to 2286. */
function fromEpoch(value: number): number | undefined {
  for (const [least, factor] of [
    [1e18, 1e-6],
    [1e15, 1e-3],
    [1e12, 1],
    [1e9, 1000],
  ] as const) {
    if (value >= least && value < least * 10) return Math.round(value * factor);
  }
  return undefined;
}
