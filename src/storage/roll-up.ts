import { addPartitions, type Partitioned } from './partitions.ts';
import type { Queryable } from './queryable.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export const RAW: Partitioned = { table: 'samples', widthMs: DAY_MS };
export const FIVE_MINUTES: Partitioned = { table: 'samples_5m', widthMs: 7 * DAY_MS };
export const HOURS: Partitioned = { table: 'samples_1h', widthMs: 28 * DAY_MS };

/** A round of samples that is still being stored belongs to a span that is not over. */
const LATE_MS = MINUTE_MS;
/** Spans that one statement rolls up, so that a long pause is caught up with in short steps. */
const STEP_MS = 6 * HOUR_MS;

interface RollUp {
  readonly from: Partitioned;
  readonly into: Partitioned;
  readonly spanMs: number;
  /** Columns count, mean, lowest, highest of the source. */
  readonly columns: string;
}

const ROLL_UPS: readonly RollUp[] = [
  {
    from: RAW,
    into: FIVE_MINUTES,
    spanMs: 5 * MINUTE_MS,
    columns: 'count(*), avg(value), min(value), max(value)',
  },
  {
    from: FIVE_MINUTES,
    into: HOURS,
    spanMs: HOUR_MS,
    columns: 'sum(count), sum(mean * count) / sum(count), min(lowest), max(highest)',
  },
];

/** Brings the roll-ups up to the last spans that are over. Repeatable; two workers may do so at once. */
export async function rollUp(db: Queryable, now: number): Promise<void> {
  let complete = now - LATE_MS;
  for (const step of ROLL_UPS) {
    const end = Math.floor(complete / step.spanMs) * step.spanMs;
    let from = await begin(db, step);
    while (from !== undefined && from < end) {
      const to = Math.min(end, from + STEP_MS);
      await rollSpan(db, step, from, to);
      from = to;
    }
    complete = end;
  }
}

async function begin(db: Queryable, { from, into, spanMs }: RollUp): Promise<number | undefined> {
  const { rows } = await db.query<{ at: string | null }>(
    `select coalesce((select at from upkeep where name = $1), (select min(at) from ${from.table})) as at`,
    [into.table],
  );
  const at = rows[0]?.at;
  return at == null ? undefined : Math.floor(Number(at) / spanMs) * spanMs;
}

async function rollSpan(
  db: Queryable,
  { from: source, into, spanMs, columns }: RollUp,
  from: number,
  to: number,
): Promise<void> {
  await addPartitions(db, into, [from, to - 1]);
  await db.query(
    `insert into ${into.table} (at, series, count, mean, lowest, highest)
     select at - at % ${spanMs}, series, ${columns} from ${source.table} where at >= $1 and at < $2 group by 1, 2
     on conflict (series, at) do update set
       count = excluded.count, mean = excluded.mean, lowest = excluded.lowest, highest = excluded.highest`,
    [from, to],
  );
  await db.query(
    `insert into upkeep (name, at) values ($1, $2) on conflict (name) do update set at = greatest(upkeep.at, excluded.at)`,
    [into.table, to],
  );
}
