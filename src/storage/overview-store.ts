import type { RunState, RunTrigger } from '../core/run.ts';
import { SEVERITIES } from '../core/severity.ts';
import type { BriefRun, OverviewStore, ServiceHealth } from '../engine/ports/home.ts';
import type { Queryable } from './queryable.ts';

interface RunRow {
  readonly id: string;
  readonly playbook: string;
  readonly service: string | null;
  readonly trigger: RunTrigger;
  readonly state: RunState;
  readonly created_at: string;
  readonly severity: string | null;
  readonly verdict: string | null;
  readonly failure: string | null;
}

/** Reads for overviews; each leaves in PostgreSQL what would not be shown. */
export function overviewStore(db: Queryable): OverviewStore {
  return {
    async serviceHealth() {
      const { rows } = await db.query<{
        service: string;
        measured_at: string | null;
        looks: string;
        failed: string;
      }>(
        `select service, max(measured_at) as measured_at, count(*) as looks, count(reason) as failed
         from monitor_targets group by service order by service`,
      );
      return rows.map(
        ({ service, measured_at, looks, failed }): ServiceHealth => ({
          service,
          measuredAt: measured_at === null ? undefined : Number(measured_at),
          looks: Number(looks),
          failed: Number(failed),
        }),
      );
    },
    async briefRuns(limit) {
      const { rows } = await db.query<RunRow>(
        `select id, playbook, service, trigger, state, created_at, failure,
           report ->> 'severity' as severity, report ->> 'verdict' as verdict
         from runs order by created_at desc limit $1`,
        [limit],
      );
      return rows.map(toBriefRun);
    },
    async addresses(keys) {
      const { rows } = await db.query<{ key: string; channel: string; ts: string }>(
        `select key, address_channel as channel, address_ts as ts from outbox
         where key = any($1) and address_channel is not null and address_ts is not null`,
        [keys],
      );
      return new Map(rows.map(({ key, channel, ts }) => [key, { channel, ts }]));
    },
  };
}

function toBriefRun({ created_at, severity, ...row }: RunRow): BriefRun {
  return {
    ...row,
    service: row.service ?? undefined,
    createdAt: Number(created_at),
    severity: SEVERITIES.find((known) => known === severity),
    verdict: row.verdict ?? undefined,
    failure: row.failure ?? undefined,
  };
}
