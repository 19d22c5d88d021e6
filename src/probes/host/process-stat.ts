/** One process at one moment. */
export interface ProcessStat {
  readonly pid: number;
  readonly command: string;
  /** User and system time in seconds since it started. */
  readonly cpuSeconds: number;
  /** Tells a process from a later one with the same pid. */
  readonly startTicks: number;
  readonly residentPages: number;
}

/** USER_HZ, which Linux fixes at 100 for everything it shows to programs. */
const TICKS_PER_SECOND = 100;

/** Reads `/proc/<pid>/stat`; undefined when it is not one. The name may hold blanks and brackets. */
export function parseProcessStat(text: string): ProcessStat | undefined {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open < 1 || close < open) return undefined;
  // Fields from the third on: state is 0, utime 11, stime 12, starttime 19, rss 21 (proc(5)).
  const fields = text
    .slice(close + 2)
    .trim()
    .split(' ');
  const [utime, stime, startTicks, residentPages] = [11, 12, 19, 21].map((index) => Number(fields[index]));
  const pid = Number(text.slice(0, open));
  if (
    utime === undefined ||
    stime === undefined ||
    startTicks === undefined ||
    residentPages === undefined ||
    ![pid, utime, stime, startTicks, residentPages].every(Number.isFinite)
  )
    return undefined;
  return {
    pid,
    command: text.slice(open + 1, close),
    cpuSeconds: (utime + stime) / TICKS_PER_SECOND,
    startTicks,
    residentPages,
  };
}
