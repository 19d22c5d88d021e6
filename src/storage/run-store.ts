import type { Report } from '../core/report.ts';
import type { Run, RunState, RunTrigger } from '../core/run.ts';
import type { RunStore } from '../engine/ports/run-store.ts';
import { cleanText, toJsonb } from './json-value.ts';
import type { Queryable } from './queryable.ts';
import { runChartStore } from './run-chart-store.ts';
import { runStepStore } from './run-step-store.ts';

interface RunRow {
  readonly id: string;
  readonly playbook: string;
  readonly service: string | null;
  readonly trigger: RunTrigger;
  readonly state: RunState;
  readonly created_at: string;
  readonly deadline_at: string;
  readonly finished_at: string | null;
  readonly report: Report | null;
  readonly failure: string | null;
}

const UNFINISHED = `state not in ('finished', 'failed')`;

/** Runs, their steps and their charts. */
export function runStore(db: Queryable): RunStore {
  return {
    async create(run) {
      const { rowCount } = await db.query(
        `insert into runs (id, playbook, service, trigger, state, created_at, deadline_at) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (id) do nothing`,
        [run.id, run.playbook, run.service, toJsonb(run.trigger), run.state, run.createdAt, run.deadlineAt],
      );
      return rowCount === 1;
    },
    async get(id) {
      const { rows } = await db.query<RunRow>('select * from runs where id = $1', [id]);
      return rows[0] && toRun(rows[0]);
    },
    async exists(id) {
      return (await db.query('select from runs where id = $1', [id])).rowCount === 1;
    },
    async lock(id) {
      const { rows } = await db.query<RunRow>('select * from runs where id = $1 for update', [id]);
      return rows[0] && toRun(rows[0]);
    },
    async setState(id, state) {
      await db.query('update runs set state = $2 where id = $1', [id, state]);
    },
    async finish(id, report, at) {
      await db.query(`update runs set state = 'finished', report = $2, finished_at = $3 where id = $1`, [
        id,
        toJsonb(report),
        at,
      ]);
    },
    async fail(id, failure, at) {
      await db.query(`update runs set state = 'failed', failure = $2, finished_at = $3 where id = $1`, [
        id,
        cleanText(failure),
        at,
      ]);
    },
    async unfinished(before, limit, at = before) {
      const { rows } = await db.query<RunRow>(
        `with lost as (
           select id from runs where ${UNFINISHED}
             and (greatest(created_at, swept_at) < $1 or (deadline_at < $3 and swept_at < deadline_at))
           order by greatest(created_at, swept_at) limit $2 for update skip locked
         ), given as (
           update runs r set swept_at = $3 from lost where r.id = lost.id returning r.*
         )
         select * from given order by created_at`,
        [before, limit, at],
      );
      return rows.map(toRun);
    },
    async recent({ service, limit }) {
      const { rows } = await db.query<RunRow>(
        'select * from runs where $1::text is null or service = $1 order by created_at desc limit $2',
        [service ?? null, limit],
      );
      return rows.map(toRun);
    },
    async startingWith(prefix, limit) {
      const { rows } = await db.query<RunRow>(
        'select * from runs where starts_with(id, $1) order by created_at desc limit $2',
        [cleanText(prefix), limit],
      );
      return rows.map(toRun);
    },
    ...runStepStore(db),
    ...runChartStore(db),
  };
}

function toRun(row: RunRow): Run {
  return {
    id: row.id,
    playbook: row.playbook,
    service: row.service ?? undefined,
    trigger: row.trigger,
    state: row.state,
    createdAt: Number(row.created_at),
    deadlineAt: Number(row.deadline_at),
    finishedAt: row.finished_at === null ? undefined : Number(row.finished_at),
    report: row.report === null ? undefined : { ...row.report, service: row.report.service },
    failure: row.failure ?? undefined,
  };
}
