import type { StatementSnapshot } from '../core/monitor/statement-deltas.ts';
import type { StatementHours, StatementStore } from '../engine/ports/statement-store.ts';
import { cleanText, toJsonb } from './json-value.ts';
import { addPartitions, dropPartitions, type Partitioned } from './partitions.ts';
import type { Queryable } from './queryable.ts';

const STATEMENT_HOURS: Partitioned = { table: 'statement_hours', widthMs: 7 * 24 * 60 * 60_000 };

interface WeekRow {
  readonly target: string;
  readonly service: string;
  readonly database: string;
  readonly queryid: string;
  readonly query: string | null;
  readonly first_seen_at: string;
  readonly calls: number;
  readonly total_ms: number;
  readonly rows: number;
  readonly hours: string;
  readonly calls_before: number;
  readonly total_ms_before: number;
  readonly hours_before: string;
}

/** Statements by the hour, in partitions by time, each text once. */
export function statementStore(db: Queryable): StatementStore {
  return {
    async lockCounters(target) {
      const { rows } = await db.query<{ at: string; body: Omit<StatementSnapshot, 'at'> }>(
        'select at, body from statement_counters where target = $1 for update',
        [cleanText(target)],
      );
      return rows[0] && { at: Number(rows[0].at), ...rows[0].body };
    },
    async saveCounters(target, { at, ...body }) {
      await db.query(
        `insert into statement_counters (target, at, body) values ($1, $2, $3)
         on conflict (target) do update set at = excluded.at, body = excluded.body`,
        [cleanText(target), at, toJsonb(body)],
      );
    },
    makeRoom: (from, to) => addPartitions(db, STATEMENT_HOURS, [from, to]),
    async add(hours) {
      if (hours.statements.length === 0) return;
      await addStatements(db, hours);
      const { target, at, statements } = hours;
      await db.query(
        `insert into statement_hours (at, statement, calls, total_ms, rows)
         select $2, s.id, g.calls, g.total_ms, g.rows
         from unnest($3::text[], $4::text[], $5::float8[], $6::float8[], $7::float8[]) as g (database, queryid, calls, total_ms, rows)
         join statements s on s.target = $1 and s.database = g.database and s.queryid = g.queryid
         on conflict do nothing`,
        [
          cleanText(target),
          at,
          statements.map(({ database }) => cleanText(database)),
          statements.map(({ queryid }) => queryid),
          statements.map(({ calls }) => calls),
          statements.map(({ totalMs }) => totalMs),
          statements.map(({ rows }) => rows),
        ],
      );
    },
    async weeks({ from, to, before }) {
      const { rows } = await db.query<WeekRow>(WEEKS, [from, to, before.from, before.to]);
      return rows.map((row) => ({
        target: row.target,
        service: row.service,
        database: row.database,
        queryid: row.queryid,
        query: row.query ?? undefined,
        firstSeenAt: Number(row.first_seen_at),
        now: { calls: row.calls, totalMs: row.total_ms, hours: Number(row.hours) },
        before: { calls: row.calls_before, totalMs: row.total_ms_before, hours: Number(row.hours_before) },
        rows: row.rows,
      }));
    },
    async dropBefore(at) {
      await dropPartitions(db, STATEMENT_HOURS, at);
      await db.query('delete from statements where last_seen_at < $1', [at - STATEMENT_HOURS.widthMs]);
      await db.query('delete from statement_counters where at < $1', [at]);
    },
  };
}

/** Gives every statement its number; a text that was hidden once and is known now is kept. */
async function addStatements(
  db: Queryable,
  { target, service, at, statements, texts }: StatementHours,
): Promise<void> {
  await db.query(
    `insert into statements (target, database, queryid, service, query, first_seen_at, last_seen_at)
     select $1, database, queryid, $2, query, $3, $3 from unnest($4::text[], $5::text[], $6::text[]) as g (database, queryid, query)
     order by database, queryid
     on conflict (target, database, queryid) do update set service = excluded.service,
       query = coalesce(excluded.query, statements.query), last_seen_at = greatest(statements.last_seen_at, excluded.last_seen_at)`,
    [
      cleanText(target),
      cleanText(service),
      at,
      statements.map(({ database }) => cleanText(database)),
      statements.map(({ queryid }) => queryid),
      statements.map(({ queryid }) => {
        const text = texts.get(queryid);
        return text === undefined ? null : cleanText(text);
      }),
    ],
  );
}

const WEEKS = `
  select s.target, s.service, s.database, s.queryid, s.query, s.first_seen_at,
    coalesce(sum(h.calls) filter (where h.at >= $1), 0) as calls,
    coalesce(sum(h.total_ms) filter (where h.at >= $1), 0) as total_ms,
    coalesce(sum(h.rows) filter (where h.at >= $1), 0) as rows,
    count(*) filter (where h.at >= $1) as hours,
    coalesce(sum(h.calls) filter (where h.at < $4), 0) as calls_before,
    coalesce(sum(h.total_ms) filter (where h.at < $4), 0) as total_ms_before,
    count(*) filter (where h.at < $4) as hours_before
  from statements s join statement_hours h on h.statement = s.id
  where h.at >= $3 and h.at < $2 and (h.at >= $1 or h.at < $4)
  group by s.id order by total_ms desc, s.id`;
