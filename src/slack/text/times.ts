import { formatDuration, formatValue, type Unit } from '../../core/unit.ts';
import { inline, type Mrkdwn, reference } from './mrkdwn.ts';

const LATEST_MS = 8.64e15;

/** A moment as text in a time zone: `23 Nov 2026, 03:12 UTC`. */
export function plainTime(at: number, timezone: string): string {
  if (!Number.isFinite(at) || Math.abs(at) > LATEST_MS) return 'unknown time';
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  }).format(at);
}

/** A moment that Slack shows in the reader's own zone; `plainTime` is what others see. */
export function renderTime(at: number, timezone: string): Mrkdwn {
  const fallback = plainTime(at, timezone);
  const seconds = Math.floor(at / 1000);
  if (!Number.isFinite(seconds) || seconds < 0 || at > LATEST_MS) return inline(fallback);
  return reference(`!date^${seconds}^{date_short_pretty} {time}|${fallback}`);
}

/** Time between two moments, at least `0 s`, in whole seconds. */
export function elapsed(from: number, to: number): string {
  const ms = Math.max(0, to - from);
  return Number.isFinite(ms) ? formatDuration(Math.max(1000, Math.round(ms / 1000) * 1000)) : 'unknown time';
}

/** A value with its unit; moments are in the given zone. */
export function showValue(value: number, unit: Unit | undefined, timezone: string): string {
  if (unit === 'timestamp') return plainTime(value, timezone);
  return formatValue(value, unit ?? 'count');
}
