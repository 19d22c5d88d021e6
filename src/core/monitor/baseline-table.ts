import { metricTitle, rangeText } from '../chart-plan/chart-words.ts';
import type { Table } from '../evidence.ts';
import { formatValue, type Unit } from '../unit.ts';
import { changeSize, changeText } from './change-size.ts';
import { MAD_TO_SIGMA } from './robust.ts';
import type { UsualValue } from './usual-values.ts';
import { ALL_HOURS, slotName } from './week-slot.ts';

/** A metric with what is usual for it, where there is enough history, and with its last value. */
export interface BaselineLine {
  readonly target: string;
  readonly metric: string;
  readonly service: string;
  readonly unit: Unit;
  readonly usual: UsualValue | undefined;
  /** Mean of the last minutes, or undefined when nothing was measured. */
  readonly now: number | undefined;
}

/** The biggest differences from the usual value first; what has none comes last. */
export function rankBaselines(lines: readonly BaselineLine[]): readonly BaselineLine[] {
  return lines.toSorted(
    (a, b) => sizeOf(b) - sizeOf(a) || `${a.service} ${a.metric}`.localeCompare(`${b.service} ${b.metric}`),
  );
}

/** Usual values as a table, in their order. */
export function baselineTable(ranked: readonly BaselineLine[]): Table {
  return {
    name: 'baseline',
    title: 'Usual values',
    columns: ['Service', 'Metric', 'Usual', 'Range', 'Now', 'Rests on'].map((title) => ({
      name: title.toLowerCase().replace(' ', '_'),
      title,
    })),
    rows: ranked.map(({ service, metric, unit, usual, now }) => [
      service,
      metricTitle(metric),
      usual === undefined ? 'not enough history' : formatValue(usual.median, unit),
      usual === undefined ? null : rangeOf(usual, unit),
      now === undefined
        ? 'not measured'
        : `${formatValue(now, unit)}${usual === undefined ? '' : ` (${changeText(usual.median, now, unit)})`}`,
      usual === undefined ? null : restsOn(usual),
    ]),
  };
}

/** The first line: what is far from usual now, or that nothing is. */
export function baselineVerdict(ranked: readonly BaselineLine[]): string {
  const known = ranked.filter(({ usual }) => usual !== undefined);
  if (ranked.length === 0) return 'Nothing has been measured yet.';
  if (known.length === 0)
    return 'Not enough history yet: the first usual values need an hour of measurements.';
  const unusual = known.filter(isUnusual);
  const [first] = unusual;
  const missing = ranked.length - known.length;
  const tail = missing > 0 ? ` ${missing} of ${ranked.length} metrics have not enough history yet.` : '';
  if (first?.usual === undefined || first.now === undefined)
    return `All ${known.length} known metrics are as usual.${tail}`;
  const { service, metric, unit, usual, now } = first;
  const more = unusual.length > 1 ? `; ${unusual.length - 1} more are unusual` : '';
  return `Furthest from usual: ${metricTitle(metric)} of ${service} ${formatValue(now, unit)}, usually ${formatValue(usual.median, unit)}${more}.${tail}`;
}

/** Outside two robust standard deviations, and by more than a tenth. */
function isUnusual({ usual, now, unit }: BaselineLine): boolean {
  if (usual === undefined || now === undefined) return false;
  return (
    Math.abs(now - usual.median) > 2 * MAD_TO_SIGMA * usual.mad && changeSize(usual.median, now, unit) >= 1
  );
}

function sizeOf({ usual, now, unit }: BaselineLine): number {
  if (usual === undefined) return -1;
  return now === undefined ? 0 : changeSize(usual.median, now, unit);
}

function rangeOf({ median, mad }: UsualValue, unit: Unit): string {
  const width = 2 * MAD_TO_SIGMA * mad;
  return rangeText(Math.max(0, median - width), median + width, unit);
}

function restsOn({ slot, weeks, points }: UsualValue): string {
  if (slot !== ALL_HOURS) return `${slotName(slot)}, ${weeks} weeks`;
  const hours = points / 12;
  return `all hours, ${hours < 48 ? `${Math.round(hours)} h` : `${Math.round(hours / 24)} d`}`;
}
