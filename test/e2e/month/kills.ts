import { type Due, WEEKLY } from './calendar.ts';

/** Rounds at which a worker is killed, and how many of them are those of a Monday. */
const KILLS = 5;
const MONDAY_KILLS = 2;

/** Rounds at which a worker is killed, each with the moment after it in milliseconds. */
export function drawKills(due: readonly Due[], random: () => number): ReadonlyMap<Due, number> {
  const kills = new Map<Due, number>();
  const draw = (from: readonly Due[], until: number, withinMs: number) => {
    while (kills.size < until) {
      const one = from[Math.floor(random() * from.length)];
      if (one !== undefined && !kills.has(one)) kills.set(one, random() * withinMs);
    }
  };
  // A Monday has more to do: its items are filled and its report is made.
  draw(
    due.filter(({ list }) => list === WEEKLY.name),
    MONDAY_KILLS,
    2000,
  );
  draw(due, KILLS, 300);
  return kills;
}
