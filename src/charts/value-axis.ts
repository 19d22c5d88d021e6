import type { Unit } from '../core/unit.ts';

/** A value axis with round steps in the unit that people read. Values stay in the unit of the chart. */
export interface ValueAxis {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  label(value: number): string;
}

interface DisplayUnit {
  /** What one displayed unit is worth in the unit of the chart. */
  readonly worth: number;
  readonly suffix: string;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const DURATIONS: readonly (DisplayUnit & { readonly from: number })[] = [
  { from: 2 * DAY, worth: DAY, suffix: ' d' },
  { from: 2 * HOUR, worth: HOUR, suffix: ' h' },
  { from: 2 * MINUTE, worth: MINUTE, suffix: ' min' },
  { from: 1000, worth: 1000, suffix: ' s' },
  { from: 0, worth: 1, suffix: ' ms' },
];
const BYTES = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** An axis over `min..max` with about `steps` steps of 1, 2, 2.5 or 5 times a power of ten. */
export function valueAxis(range: { min: number; max: number; unit: Unit; steps?: number }): ValueAxis {
  const shown = displayUnit(range.unit, Math.max(Math.abs(range.min), Math.abs(range.max)));
  const low = range.min / shown.worth;
  const span = range.max / shown.worth - low;
  const step = roundStep((span > 0 ? span : Math.abs(low) || 1) / (range.steps ?? 4), range.unit === 'count');
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(range.max / shown.worth / step - 1e-9));
  const decimals = Math.max(0, Math.min(6, Math.ceil(-Math.log10(step) - 1e-9) + (isHalfStep(step) ? 1 : 0)));
  return {
    min: first * step * shown.worth,
    max: last * step * shown.worth,
    step: step * shown.worth,
    label: (value) => {
      const number = (value / shown.worth).toLocaleString('en-US', {
        minimumFractionDigits: 0,
        maximumFractionDigits: decimals,
      });
      return `${number === '-0' ? '0' : number}${shown.suffix}`;
    },
  };
}

function roundStep(rough: number, whole: boolean): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 2.5, 5, 10].find((candidate) => candidate * power >= rough * (1 - 1e-9)) ?? 10;
  const step = factor * power;
  return whole ? Math.max(1, Math.ceil(step)) : step;
}

function isHalfStep(step: number): boolean {
  const leading = step / 10 ** Math.floor(Math.log10(step) + 1e-9);
  return Math.abs(leading - 2.5) < 1e-6;
}

function displayUnit(unit: Unit, size: number): DisplayUnit {
  switch (unit) {
    case 'ms':
      return DURATIONS.find(({ from }) => size >= from) ?? { worth: 1, suffix: ' ms' };
    case 'bytes':
    case 'bytes_per_second': {
      const step = Math.min(BYTES.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(size, 1)) / 3)));
      return { worth: 1000 ** step, suffix: ` ${BYTES[step]}${unit === 'bytes' ? '' : '/s'}` };
    }
    case 'ratio':
      return { worth: 0.01, suffix: ' %' };
    case 'per_second':
      return { worth: 1, suffix: '/s' };
    case 'per_minute':
      return { worth: 1, suffix: '/min' };
    case 'cores':
      return { worth: 1, suffix: ' cores' };
    case 'count':
    case 'timestamp':
      return { worth: 1, suffix: '' };
  }
}
