const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;

/** Until then every hour of the week has not had its weeks yet. */
const YOUNG_MS = 4 * WEEK_MS;

/** True when the usual values should be computed again: weekly; daily in the first four weeks, hourly on the first day. */
export function baselineDue({
  lastAt,
  firstPointAt,
  now,
}: {
  readonly lastAt: number | undefined;
  readonly firstPointAt: number | undefined;
  readonly now: number;
}): boolean {
  if (firstPointAt === undefined) return false;
  if (lastAt === undefined) return true;
  const age = now - firstPointAt;
  const pause = age < DAY_MS ? HOUR_MS : age < YOUNG_MS ? DAY_MS : WEEK_MS;
  return now - lastAt >= pause;
}
