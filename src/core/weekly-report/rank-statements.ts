import { OTHERS } from '../monitor/statement-deltas.ts';
import type { Span } from './report-week.ts';

/** What a statement did in a span; `hours` with counters, in which it was among the first. */
interface StatementSpan {
  readonly calls: number;
  readonly totalMs: number;
  readonly hours: number;
}

/** A statement of a database in this week and in the one before. `queryid` is OTHERS for all that are not told. */
export interface StatementWeek {
  readonly target: string;
  readonly service: string;
  readonly database: string;
  readonly queryid: string;
  /** Without values; undefined: nobody may see it. */
  readonly query: string | undefined;
  readonly firstSeenAt: number;
  readonly rows: number;
  readonly now: StatementSpan;
  readonly before: StatementSpan;
}

/** A statement beside the others of its database. */
export interface RankedStatement extends StatementWeek {
  /** Of the time of its database, 0..1. */
  readonly share: number;
  readonly shareBefore: number;
  readonly isNew: boolean;
  /** Time an hour, this week to last week; undefined: cannot be compared. */
  readonly growth: number | undefined;
}

/** A day in each week is the least that can be compared. */
const LEAST_HOURS = 24;

/** The statements of all databases, those with the most time this week first. */
export function rankStatements(found: readonly StatementWeek[], { from }: Span): readonly RankedStatement[] {
  const databases = new Map<string, StatementWeek[]>();
  for (const one of found) {
    const key = `${one.target} ${one.database}`;
    databases.set(key, [...(databases.get(key) ?? []), one]);
  }
  return [...databases.values()]
    .flatMap((members) => {
      const others = members.find(({ queryid }) => queryid === OTHERS);
      const watched = { now: others?.now.hours ?? 0, before: others?.before.hours ?? 0 };
      const comparable = watched.now >= LEAST_HOURS && watched.before >= LEAST_HOURS;
      const [total, totalBefore] = [sum(members, 'now'), sum(members, 'before')];
      return members
        .filter(({ queryid, now }) => queryid !== OTHERS && now.calls > 0)
        .map((one) => ({
          ...one,
          share: total > 0 ? one.now.totalMs / total : 0,
          shareBefore: totalBefore > 0 ? one.before.totalMs / totalBefore : 0,
          isNew: one.firstSeenAt >= from && (others?.firstSeenAt ?? from) < from,
          growth:
            comparable && one.before.totalMs > 0
              ? one.now.totalMs / watched.now / (one.before.totalMs / watched.before)
              : undefined,
        }));
    })
    .toSorted((a, b) => b.now.totalMs - a.now.totalMs);
}

function sum(members: readonly StatementWeek[], span: 'now' | 'before'): number {
  return members.reduce((total, one) => total + one[span].totalMs, 0);
}

/** Milliseconds of one call. */
export function meanOf({ calls, totalMs }: StatementSpan): number {
  return calls > 0 ? totalMs / calls : 0;
}
