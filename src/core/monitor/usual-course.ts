import type { ChartBand } from '../chart.ts';
import { rangeText } from '../chart-plan/chart-words.ts';
import { usualBand } from '../chart-plan/usual-band.ts';
import type { Unit } from '../unit.ts';
import type { UsualValue } from './usual-values.ts';
import { ALL_HOURS } from './week-slot.ts';

/** All zones begin their hours at a quarter. */
const QUARTER_MS = 15 * 60_000;

/** The usual values of one metric, and what tells to which hour of the week a time belongs. */
export interface KnownHours {
  readonly values: readonly UsualValue[];
  slotOf(at: number): number;
}

/**
 * What is usual in each hour of a span, as the band of a chart: the hour of the week where it is known, else all hours
 * together. Undefined without enough history. Pure.
 */
export function usualCourse(
  { values, slotOf }: KnownHours,
  { from, to, unit }: { readonly from: number; readonly to: number; readonly unit: Unit },
): ChartBand | undefined {
  const bySlot = new Map(values.map((value) => [value.slot, value]));
  const steps: { at: number; value: UsualValue }[] = [];
  for (let at = from; at <= to; at = Math.floor(at / QUARTER_MS) * QUARTER_MS + QUARTER_MS) {
    const value = bySlot.get(slotOf(at)) ?? bySlot.get(ALL_HOURS);
    if (value !== undefined && value !== steps.at(-1)?.value) steps.push({ at, value });
  }
  const bands = steps.flatMap(({ at, value }) => {
    const band = usualBand([], { until: at, usual: value.median, range: value, unit });
    return band === undefined ? [] : [{ at, ...band }];
  });
  const last = bands.at(-1);
  if (last === undefined) return undefined;
  const { at: _, ...band } = last;
  if (bands.length === 1) return band;
  return { ...band, points: bands.map(({ at, lower, upper }) => ({ at, lower, upper })) };
}

/** A band in words: what is usual at the end of the picture and, where it changes, between what it moves. */
export function bandWords(band: ChartBand, unit: Unit): string {
  const { label, points } = band;
  if (points === undefined) return `${label}.`;
  const lowest = Math.min(...points.map(({ lower }) => lower));
  const highest = Math.max(...points.map(({ upper }) => upper));
  return `${label} at the end, hour by hour within ${rangeText(lowest, highest, unit)}.`;
}
