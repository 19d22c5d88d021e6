/**
 * Units of measured values. Ratios are 0..1 (1 = 100 %), times are milliseconds, `cores` is CPU time per
 * wall time (1 = one core busy), `timestamp` is milliseconds since the epoch.
 */
export const UNITS = [
  'ms',
  'bytes',
  'bytes_per_second',
  'ratio',
  'count',
  'per_second',
  'per_minute',
  'cores',
  'timestamp',
] as const;
export type Unit = (typeof UNITS)[number];

const BYTE_STEPS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** A value with its unit, written for people: `3.4 s`, `1.2 GB`, `97 %`, `2,280/min`. */
export function formatValue(value: number, unit: Unit): string {
  if (!Number.isFinite(value)) return 'not measured';
  switch (unit) {
    case 'ms':
      return formatDuration(value);
    case 'bytes':
      return formatBytes(value);
    case 'bytes_per_second':
      return `${formatBytes(value)}/s`;
    case 'ratio':
      return `${formatShare(value * 100)} %`;
    case 'count':
      return formatNumber(value);
    case 'per_second':
      return `${formatNumber(value)}/s`;
    case 'per_minute':
      return `${formatNumber(value)}/min`;
    case 'cores':
      return `${formatNumber(value)} ${value === 1 ? 'core' : 'cores'}`;
    case 'timestamp':
      return new Date(value).toISOString();
  }
}

/** Just below 100 % every hundredth counts: an availability of 99.95 % is not 100 %. Cut, not rounded up. */
function formatShare(percent: number): string {
  if (percent <= 99 || percent >= 100) return formatNumber(percent);
  return String(Math.floor(percent * 100 + 1e-6) / 100);
}

/** Milliseconds as people say them: `0.4 ms`, `120 ms`, `3.4 s`, `14 min`, `3 h 20 min`, `2 d 4 h`. */
export function formatDuration(ms: number): string {
  const size = Math.abs(ms);
  if (size < 1000) return `${formatNumber(ms)} ms`;
  if (size < 120_000) return `${formatNumber(ms / 1000)} s`;
  const minutes = Math.round(ms / 60_000);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}

function formatBytes(bytes: number): string {
  let size = bytes;
  let step = 0;
  while (Math.abs(size) >= 1000 && step < BYTE_STEPS.length - 1) {
    size /= 1000;
    step += 1;
  }
  return `${formatNumber(size)} ${BYTE_STEPS[step]}`;
}

/** Three significant digits below 100, whole numbers with thousands separators from there on, and from a million on in millions. */
function formatNumber(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e6 && size < 1e12)
    return `${Number((value / 1e6).toPrecision(3)).toLocaleString('en-US')} million`;
  if (size >= 100) return Math.round(value).toLocaleString('en-US');
  if (size < 0.01) return '< 0.01';
  return String(Number(value.toPrecision(size < 1 ? 2 : 3)));
}

const BINARY_SIZES = [
  ['GB', 1024 ** 3],
  ['MB', 1024 ** 2],
  ['kB', 1024],
] as const;

/** Bytes as servers write them in their settings: `64MB` for 64 times 1024 times 1024. */
export function settingSize(bytes: number): string {
  const [unit, size] = BINARY_SIZES.find(([, step]) => bytes >= step && bytes % step === 0) ?? ['B', 1];
  return `${bytes / size}${unit}`;
}
