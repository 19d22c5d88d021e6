const SLOT_CACHE_MS = 15 * 60_000;
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const NAMES = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

/** Stands for all hours of the week together. */
export const ALL_HOURS = -1;

/**
 * A function from a time to its hour of the week in a zone: 0 is Monday from midnight to one, 167 Sunday from 23 to 24.
 * Zones differ from each other by quarters of an hour at the least, so that one answer serves a quarter.
 */
export function createWeekSlot(timezone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    weekday: 'short',
    hour: '2-digit',
    hourCycle: 'h23',
  });
  const known = new Map<number, number>();
  return (at) => {
    const quarter = Math.floor(at / SLOT_CACHE_MS);
    const found = known.get(quarter);
    if (found !== undefined) return found;
    const parts = format.formatToParts(quarter * SLOT_CACHE_MS);
    const day = DAYS.indexOf(parts.find(({ type }) => type === 'weekday')?.value as (typeof DAYS)[number]);
    const slot = day * 24 + Number(parts.find(({ type }) => type === 'hour')?.value);
    known.set(quarter, slot);
    return slot;
  };
}

/** An hour of the week for people: `Monday 14:00`. */
export function slotName(slot: number): string {
  if (slot === ALL_HOURS) return 'all hours';
  return `${NAMES[Math.floor(slot / 24)]} ${String(slot % 24).padStart(2, '0')}:00`;
}
