/** What a statement did since its counters began. */
export interface StatementTotals {
  readonly database: string;
  /** Identity of the normalised statement; HIDDEN for all that the role may not see. */
  readonly queryid: string;
  readonly calls: number;
  /** Milliseconds. */
  readonly totalMs: number;
  readonly rows: number;
}

/** The counters of a server at one moment. */
export interface StatementSnapshot {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** When the counters were last reset, in the words of the server; null where it does not tell. */
  readonly statsReset: string | null;
  readonly statements: readonly StatementTotals[];
}

/** Stands in the place of an identity. */
export const HIDDEN = 'hidden';
/** Stands for all statements of a database that are not told one by one. */
export const OTHERS = '';

/**
 * What each statement did between two moments: of every database the `most` with the most time, and the sum of the
 * others, which is there also when it is nothing. Entries that begin anew (a reset, a lack of room) count from zero. Pure.
 */
export function statementDeltas(
  before: StatementSnapshot,
  after: StatementSnapshot,
  most: number,
): readonly StatementTotals[] {
  const counted = before.statsReset === after.statsReset ? before.statements : [];
  const earlier = new Map(counted.map((one) => [keyOf(one), one]));
  const differences = after.statements.map((now) => since(earlier.get(keyOf(now)), now));
  const databases = [...new Set(differences.map(({ database }) => database))].sort();
  return databases.flatMap((database) => {
    const own = differences
      .filter((one) => one.database === database)
      .toSorted((a, b) => b.totalMs - a.totalMs || b.calls - a.calls);
    const kept = own.filter(({ calls }) => calls > 0).slice(0, most);
    const others = own.filter((one) => !kept.includes(one));
    return [...kept, others.reduce(add, { database, queryid: OTHERS, calls: 0, totalMs: 0, rows: 0 })];
  });
}

/** Fewer calls than before: the entry was thrown away and came back. */
function since(then: StatementTotals | undefined, now: StatementTotals): StatementTotals {
  if (then === undefined || now.calls < then.calls) return now;
  return {
    ...now,
    calls: now.calls - then.calls,
    totalMs: Math.max(0, now.totalMs - then.totalMs),
    rows: Math.max(0, now.rows - then.rows),
  };
}

function add(sum: StatementTotals, one: StatementTotals): StatementTotals {
  return {
    ...sum,
    calls: sum.calls + one.calls,
    totalMs: sum.totalMs + one.totalMs,
    rows: sum.rows + one.rows,
  };
}

function keyOf({ database, queryid }: StatementTotals): string {
  return `${queryid} ${database}`;
}
