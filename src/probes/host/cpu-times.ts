/** CPU time of the whole machine since boot, in clock ticks. */
export interface CpuTimes {
  readonly total: number;
  readonly idle: number;
  readonly iowait: number;
  readonly steal: number;
  readonly cpus: number;
}

/** Reads `/proc/stat`; undefined when its first line is not there. Columns: proc(5). */
export function parseCpuTimes(text: string): CpuTimes | undefined {
  const lines = text.split('\n');
  const fields = lines
    .find((line) => line.startsWith('cpu '))
    ?.trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  if (fields === undefined || fields.length < 4 || !fields.every(Number.isFinite)) return undefined;
  // guest and guest_nice (columns 9, 10) are already counted in user and nice.
  const counted = fields.slice(0, 8);
  return {
    total: counted.reduce((sum, ticks) => sum + ticks, 0),
    idle: counted[3] ?? 0,
    iowait: counted[4] ?? 0,
    steal: counted[7] ?? 0,
    cpus: lines.filter((line) => /^cpu\d+ /.test(line)).length,
  };
}

/** Shares of CPU time between two readings, 0..1. Waiting for a disk is not busy: another process could run. */
interface CpuShares {
  readonly busy: number;
  readonly iowait: number;
  readonly steal: number;
}

/** Undefined when no time has passed between the readings. */
export function toCpuShares(before: CpuTimes, after: CpuTimes): CpuShares | undefined {
  const total = after.total - before.total;
  if (total <= 0) return undefined;
  // iowait can run backwards on a tickless kernel, therefore the clamp.
  const share = (ticks: number) => Math.min(1, Math.max(0, ticks / total));
  return {
    busy: share(total - (after.idle - before.idle) - (after.iowait - before.iowait)),
    iowait: share(after.iowait - before.iowait),
    steal: share(after.steal - before.steal),
  };
}
