import type { Evidence } from '../core/evidence.ts';
import type { Target } from '../core/inventory/target.ts';
import type { Report } from '../core/report.ts';
import type { Run, RunState, RunTrigger } from '../core/run.ts';
import type { RunStep, RunStore, StepState } from '../engine/ports/run-store.ts';
import { cleanText, toJsonb } from './json-value.ts';
import type { Queryable } from './queryable.ts';

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

interface StepRow {
  readonly run_id: string;
  readonly step: number;
  readonly title: string;
  readonly probe: string;
  readonly target: Target;
  readonly params: Readonly<Record<string, unknown>>;
  readonly timeout_ms: number;
  readonly state: StepState;
  readonly evidence: Evidence | null;
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
    ...steps(db),
    ...charts(db),
  };
}

function steps(
  db: Queryable,
): Pick<RunStore, 'addSteps' | 'steps' | 'openSteps' | 'stepStates' | 'step' | 'startStep' | 'finishStep'> {
  return {
    async addSteps(planned) {
      await db.query(
        `insert into run_steps (run_id, step, title, probe, target, params, timeout_ms, state)
         select s.run_id, s.step, s.title, s.probe, s.target, s.params, s.timeout_ms, s.state
         from jsonb_to_recordset($1) as s (run_id text, step int, title text, probe text, target jsonb, params jsonb, timeout_ms double precision, state text)
         on conflict do nothing`,
        [
          toJsonb(
            planned.map(({ runId, step, title, probe, target, params, timeoutMs, state }) => ({
              run_id: runId,
              step,
              title,
              probe,
              target,
              params,
              timeout_ms: timeoutMs,
              state,
            })),
          ),
        ],
      );
    },
    async steps(runId) {
      const { rows } = await db.query<StepRow>('select * from run_steps where run_id = $1 order by step', [
        runId,
      ]);
      return rows.map(toStep);
    },
    async openSteps(runId) {
      const { rows } = await db.query<StepRow>(
        `select * from run_steps where run_id = $1 and state <> 'done' order by step`,
        [runId],
      );
      return rows.map(toStep);
    },
    async stepStates(runId) {
      const { rows } = await db.query<{
        title: string;
        state: StepState;
        evidence: Evidence['status'] | null;
      }>(
        `select title, state, evidence ->> 'status' as evidence from run_steps where run_id = $1 order by step`,
        [runId],
      );
      return rows.map(({ title, state, evidence }) => ({ title, state, evidence: evidence ?? undefined }));
    },
    async step(runId, step) {
      const { rows } = await db.query<StepRow>('select * from run_steps where run_id = $1 and step = $2', [
        runId,
        step,
      ]);
      return rows[0] && toStep(rows[0]);
    },
    async startStep(runId, step) {
      await db.query(
        `update run_steps set state = 'running' where run_id = $1 and step = $2 and state = 'waiting'`,
        [runId, step],
      );
    },
    async finishStep(runId, step, evidence) {
      await db.query(
        `update run_steps set state = 'done', evidence = $3 where run_id = $1 and step = $2 and state <> 'done'`,
        [runId, step, toJsonb(evidence)],
      );
      // A statement of its own: it must see what other workers committed while this one wrote.
      const { rows } = await db.query<{ open: string }>(
        `select count(*) as open from run_steps where run_id = $1 and state <> 'done'`,
        [runId],
      );
      return Number(rows[0]?.open ?? 0);
    },
  };
}

function charts(db: Queryable): Pick<RunStore, 'saveCharts' | 'chart'> {
  return {
    async saveCharts(runId, images) {
      for (const { id, title, alt, png } of images) {
        await db.query(
          `insert into run_charts (run_id, chart_id, title, alt, png) values ($1, $2, $3, $4, $5)
           on conflict (run_id, chart_id) do update set title = excluded.title, alt = excluded.alt, png = excluded.png`,
          [runId, id, cleanText(title), cleanText(alt), Buffer.from(png)],
        );
      }
    },
    async chart(runId, chartId) {
      const { rows } = await db.query<{ title: string; alt: string; png: Buffer }>(
        'select title, alt, png from run_charts where run_id = $1 and chart_id = $2',
        [runId, chartId],
      );
      return rows[0] && { id: chartId, ...rows[0] };
    },
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

function toStep(row: StepRow): RunStep {
  return {
    runId: row.run_id,
    step: row.step,
    title: row.title,
    probe: row.probe,
    target: row.target,
    params: row.params,
    timeoutMs: row.timeout_ms,
    state: row.state,
    evidence: row.evidence ?? undefined,
  };
}
