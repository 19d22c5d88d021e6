import type { Point } from '../evidence.ts';
import { theilSen } from './theil-sen.ts';

const DAY_MS = 24 * 60 * 60_000;
/** A week of days: with less, a rhythm of the week looks like a trend. */
const LEAST_DAYS = 7;
/** A fall by this part of the value is a clean-up or a restart: what was before it says nothing about what comes. */
const FALL = 0.25;
/** A guess that reaches further than this is none. */
const FURTHEST_DAYS = 365;

/** When a share (1: nothing left) will be used up. Days are counted from the last point. */
export type Forecast =
  | { readonly kind: 'too_little_history'; readonly days: number; readonly since: 'begin' | 'fall' }
  | { readonly kind: 'no_trend'; readonly level: number }
  | { readonly kind: 'falling'; readonly level: number }
  | { readonly kind: 'full_now'; readonly level: number }
  | {
      readonly kind: 'rising';
      readonly level: number;
      /** Of the share, a day. */
      readonly perDay: number;
      /** 90 % interval of `perDay`; both are above 0. */
      readonly slowest: number;
      readonly fastest: number;
      /** Undefined: not within a year. */
      readonly days: number | undefined;
      readonly earliest: number | undefined;
      readonly latest: number | undefined;
    };

/**
 * Where a used share is going, from its daily medians, oldest first. It is a trend only when the whole 90 % interval of
 * the slope lies on one side of zero. Only the days after the last fall count. Pure.
 */
export function forecast(daily: readonly Point[]): Forecast {
  const finite = daily.filter(({ at, value }) => Number.isFinite(at) && Number.isFinite(value));
  const recent = sinceLastFall(finite);
  const [first] = recent;
  const last = recent[recent.length - 1];
  if (first === undefined || last === undefined)
    return { kind: 'too_little_history', days: 0, since: 'begin' };
  if (last.value >= 1) return { kind: 'full_now', level: last.value };
  const line = theilSen(recent.map(({ at, value }) => ({ x: (at - last.at) / DAY_MS, y: value })));
  if (line === undefined || recent.length < LEAST_DAYS) {
    const since = recent.length < finite.length ? 'fall' : 'begin';
    return { kind: 'too_little_history', days: recent.length, since };
  }
  if (line.highest < 0) return { kind: 'falling', level: last.value };
  if (line.lowest <= 0) return { kind: 'no_trend', level: last.value };
  const level = Math.min(1, Math.max(0, line.valueAt(0)));
  const until = (slope: number) => {
    const days = (1 - level) / slope;
    return days <= FURTHEST_DAYS ? days : undefined;
  };
  return {
    kind: 'rising',
    level,
    perDay: line.slope,
    slowest: line.lowest,
    fastest: line.highest,
    days: until(line.slope),
    earliest: until(line.highest),
    latest: until(line.lowest),
  };
}

function sinceLastFall(points: readonly Point[]): readonly Point[] {
  const fall = points.findLastIndex((point, index) => {
    const before = points[index - 1]?.value;
    return before !== undefined && point.value < before * (1 - FALL);
  });
  return fall <= 0 ? points : points.slice(fall);
}

/** A forecast for people: `full in 23 days (14 to 51)`. */
export function forecastText(one: Forecast): string {
  switch (one.kind) {
    case 'too_little_history':
      return one.since === 'fall'
        ? `too little history: ${daysText(one.days)} since it fell, ${LEAST_DAYS} are needed`
        : `too little history: ${daysText(one.days)}, ${LEAST_DAYS} are needed`;
    case 'no_trend':
      return 'no trend';
    case 'falling':
      return 'falling';
    case 'full_now':
      return 'full now';
    case 'rising': {
      const { days, earliest, latest } = one;
      if (earliest === undefined) return 'rising, not full within a year';
      if (days === undefined) return `rising, full in ${daysText(earliest)} at the earliest`;
      const to = latest === undefined ? 'more than a year' : String(Math.round(latest));
      return `full in ${daysText(days)} (${Math.round(earliest)} to ${to})`;
    }
  }
}

function daysText(days: number): string {
  const whole = Math.round(days);
  if (whole === 0) return 'less than a day';
  return `${whole} ${whole === 1 ? 'day' : 'days'}`;
}
