import type { Evidence } from '../core/evidence.ts';
import type { Target } from '../core/inventory/target.ts';
import type { RunStep, RunStore, StepState } from '../engine/ports/run-store.ts';
import { toJsonb } from './json-value.ts';
import type { Queryable } from './queryable.ts';

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

/** The steps of runs, with what their probes saw. */
export function runStepStore(
  db: Queryable,
): Pick<
  RunStore,
  'addSteps' | 'steps' | 'openSteps' | 'stepStates' | 'awaitedTargets' | 'step' | 'startStep' | 'finishStep'
> {
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
    async awaitedTargets() {
      const { rows } = await db.query<{ target: string }>(
        `select distinct s.target ->> 'id' as target from runs r join run_steps s on s.run_id = r.id
         where r.state not in ('finished', 'failed') and s.state <> 'done'`,
      );
      return new Set(rows.map(({ target }) => target));
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
