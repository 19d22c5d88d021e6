import type { Unit } from '../../core/unit.ts';

/** One row of pg_settings. */
export interface Setting {
  readonly name: string;
  readonly value: string | null;
  /** `8kB`, `kB`, `MB`, `ms`, `s`, `min`, … or null. */
  readonly unit: string | null;
  readonly context: string;
  readonly source: string;
  readonly pending_restart: boolean;
}

const SIZES: Readonly<Record<string, number>> = { B: 1, kB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };
const TIMES: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A setting as a number in bytes or milliseconds where it has such a unit, switches as 1 and 0; undefined for words. */
export function settingNumber({ value, unit }: Setting): number | undefined {
  if (value === 'on') return 1;
  if (value === 'off') return 0;
  const number = value === null || value === '' ? Number.NaN : Number(value);
  if (!Number.isFinite(number)) return undefined;
  if (unit === null || unit === '') return number;
  const [, count = '', name = ''] = /^(\d*)(\w+)$/.exec(unit) ?? [];
  const factor = SIZES[name] ?? TIMES[name];
  return factor === undefined ? undefined : number * factor * (count === '' ? 1 : Number(count));
}

/** A setting for people. */
export function settingText(setting: Setting, format: (value: number, unit: Unit) => string): string | null {
  const number = settingNumber(setting);
  const unit = /[A-Za-z]+$/.exec(setting.unit ?? '')?.[0];
  if (number === undefined || unit === undefined) return setting.value;
  if (number <= 0 && unit in TIMES) return number === 0 ? '0 (no limit)' : setting.value;
  return format(number, unit in SIZES ? 'bytes' : 'ms');
}
