import type { Point } from '../evidence.ts';
import { median, medianDeviation } from './robust.ts';
import { ALL_HOURS } from './week-slot.ts';

const WEEK_MS = 7 * 24 * 60 * 60_000;

/** An hour of the week needs so many weeks, each with half of its twelve 5-minute points. */
const LEAST_WEEKS = 3;
const LEAST_POINTS_OF_A_WEEK = 6;
/** All hours together need one hour of points. */
const LEAST_POINTS = 12;
/** Before an alert fires, the trouble has begun; after it, it echoes. */
const AROUND_INCIDENT_MS = 5 * 60_000;
/** What is wrong for longer is the new level: left out, it would leave nothing that is usual. */
const LONGEST_INCIDENT_MS = 3 * 24 * 60 * 60_000;

/** The usual value of a metric in one hour of the week, or in all of them. */
export interface UsualValue {
  /** 0 to 167, Monday midnight first; -1: all hours. */
  readonly slot: number;
  readonly median: number;
  /** Median absolute deviation. */
  readonly mad: number;
  /** 5-minute means that it rests on. */
  readonly points: number;
  readonly weeks: number;
}

/** Something was wrong from `from` to `to`. */
export interface Incident {
  readonly from: number;
  readonly to: number;
}

/**
 * The usual values of one metric from its 5-minute means. What was measured during incidents of up to three days is
 * left out; what is left of them moves a median little. A slot without enough history has no value. Pure.
 */
export function usualValues(
  points: readonly Point[],
  { incidents, slotOf }: { readonly incidents: readonly Incident[]; slotOf(at: number): number },
): readonly UsualValue[] {
  const passing = incidents.filter(({ from, to }) => to - from <= LONGEST_INCIDENT_MS);
  const calm = points.filter(({ at }) => !passing.some((incident) => isWithin(incident, at)));
  const slots = new Map<number, Point[]>();
  for (const point of calm) {
    const slot = slotOf(point.at);
    const members = slots.get(slot);
    if (members) members.push(point);
    else slots.set(slot, [point]);
  }
  const hours = [...slots].flatMap(([slot, members]) => {
    const enough = weeksOf(members).filter((week) => week.length >= LEAST_POINTS_OF_A_WEEK);
    return enough.length < LEAST_WEEKS ? [] : [toUsual(slot, enough.flat(), enough.length)];
  });
  const all = calm.length < LEAST_POINTS ? [] : [toUsual(ALL_HOURS, calm, weeksOf(calm).length)];
  return [...all, ...hours.sort((a, b) => a.slot - b.slot)];
}

function isWithin({ from, to }: Incident, at: number): boolean {
  return at > from - AROUND_INCIDENT_MS * 2 && at < to + AROUND_INCIDENT_MS;
}

function weeksOf(points: readonly Point[]): readonly (readonly Point[])[] {
  const weeks = new Map<number, Point[]>();
  for (const point of points) {
    const week = Math.floor(point.at / WEEK_MS);
    const members = weeks.get(week);
    if (members) members.push(point);
    else weeks.set(week, [point]);
  }
  return [...weeks.values()];
}

function toUsual(slot: number, points: readonly Point[], weeks: number): UsualValue {
  const values = points.map(({ value }) => value);
  const middle = median(values) ?? 0;
  return { slot, median: middle, mad: medianDeviation(values, middle), points: points.length, weeks };
}
