import { DateTime } from 'luxon';

const DAY_MS = 86_400_000;

/** First and last moment of the month. */
export const FROM = Date.parse('2026-10-03T00:00:00Z');
export const UNTIL = Date.parse('2026-11-03T00:00:00Z');

/** What the clock on the wall shows at every round; the second hour of the night is skipped or comes twice once. */
export const LISTS = [
  { name: 'berlin', timezone: 'Europe/Berlin', at: '02:30' },
  { name: 'new-york', timezone: 'America/New_York', at: '01:30' },
  { name: 'lord-howe', timezone: 'Australia/Lord_Howe', at: '02:15' },
] as const;
/** The half hour from two o'clock is not there on this day. */
const SKIPPED = { list: 'lord-howe', day: '2026-10-04', at: '02:30' };
/** Its rounds are filled by a run of all workers. */
export const WEEKLY = { name: 'weekly', timezone: 'Europe/Berlin', at: '10:00' };

/** A round of the month. */
export interface Due {
  readonly list: string;
  /** What the wall clock of its zone shows. */
  readonly wall: string;
  readonly at: number;
}

/** Every round of the month by the calendar, without the scheduler that is tested. */
export function calendar(): readonly Due[] {
  const days = Array.from({ length: 33 }, (_, day) =>
    DateTime.fromMillis(FROM - DAY_MS, { zone: 'utc' })
      .plus({ days: day })
      .toISODate(),
  );
  const daily = LISTS.flatMap(({ name, timezone, at }) =>
    days.map((day) => {
      const skipped = name === SKIPPED.list && day === SKIPPED.day;
      return dueAt({ name, timezone, at: skipped ? SKIPPED.at : at }, String(day));
    }),
  );
  const mondays = ['2026-10-05', '2026-10-12', '2026-10-19', '2026-10-26', '2026-11-02'];
  return [...daily, ...mondays.map((day) => dueAt(WEEKLY, day))]
    .filter(({ at }) => at > FROM && at <= UNTIL)
    .sort((a, b) => a.at - b.at);
}

function dueAt(list: { name: string; timezone: string; at: string }, day: string): Due {
  const wall = `${day} ${list.at}`;
  const one = DateTime.fromISO(`${day}T${list.at}`, { zone: list.timezone });
  // An hour that comes twice counts the first time.
  const first = [one.minus({ hours: 1 }), one].find((time) => time.toFormat('yyyy-MM-dd HH:mm') === wall);
  if (first === undefined) throw new Error(`${wall} is not there in ${list.timezone}`);
  return { list: list.name, wall, at: first.toMillis() };
}
