import type { AlertState } from '../core/monitor/alert-state.ts';
import type { MonitoredTarget, MonitorStore, SentAlert } from '../engine/ports/monitor-store.ts';
import { cleanText, toJsonb } from './json-value.ts';
import type { Queryable } from './queryable.ts';

interface StateRow {
  readonly target: string;
  readonly rule: string;
  readonly state: AlertState;
  readonly sent: { readonly alert: SentAlert['alert']; readonly lane?: string } | null;
}

/** What the monitor remembers between two samples. */
export function monitorStore(db: Queryable): MonitorStore {
  return {
    async claim(targets, { at, until }) {
      // In a fixed order, so that two workers never wait for each other in a circle.
      const { rows } = await db.query<MonitoredTarget>(
        `insert into monitor_targets (target, probe, service, leased_until)
         select target, probe, service, $5
         from unnest($1::text[], $2::text[], $3::text[], $6::bigint[]) as g (target, probe, service, not_since)
         where not_since is null or not exists (
           select from monitor_targets t where t.target = g.target and t.probe = g.probe and greatest(measured_at, failed_at) >= not_since
         )
         order by target, probe
         on conflict (target, probe) do update set leased_until = excluded.leased_until, service = excluded.service
         where monitor_targets.leased_until <= $4
         returning target, probe, service`,
        [
          targets.map(({ target }) => cleanText(target)),
          targets.map(({ probe }) => probe),
          targets.map(({ service }) => cleanText(service)),
          at,
          until,
          targets.map(({ notSince }) => notSince ?? null),
        ],
      );
      return rows;
    },
    async renew(targets, until) {
      // Locked in the order of `claim`, so that the two never wait for each other in a circle.
      await db.query(
        `with own as (
           select target, probe from monitor_targets
           where (target, probe) in (select * from unnest($1::text[], $2::text[])) and leased_until > 0
           order by target, probe for update
         )
         update monitor_targets t set leased_until = $3 from own where t.target = own.target and t.probe = own.probe`,
        [targets.map(({ target }) => cleanText(target)), targets.map(({ probe }) => probe), until],
      );
    },
    async staleTargets(since) {
      const { rows } = await db.query<{ stale: number }>(
        `select count(distinct target)::int as stale from monitor_targets
         where reason is not null and measured_at is not null and failed_at >= $1`,
        [since],
      );
      return rows[0]?.stale ?? 0;
    },
    async release(results) {
      await db.query(
        `update monitor_targets t set leased_until = 0,
           measured_at = case when g.reason is null then g.at else t.measured_at end,
           failed_at = case when g.reason is null then t.failed_at else g.at end,
           reason = g.reason, message = g.message
         from jsonb_to_recordset($1) as g (target text, probe text, at bigint, reason text, message text)
         where t.target = g.target and t.probe = g.probe`,
        [
          toJsonb(
            results.map(({ target, probe, at, failure }) => ({
              target,
              probe,
              at: Math.round(at),
              reason: failure?.reason ?? null,
              message: failure?.message ?? null,
            })),
          ),
        ],
      );
    },
    async states() {
      const { rows } = await db.query<StateRow>('select target, rule, state, sent from monitor_alerts');
      return rows.map(({ sent, ...row }) => ({
        ...row,
        sent: sent === null ? undefined : { alert: sent.alert, lane: sent.lane },
      }));
    },
    async saveStates(states) {
      if (states.length === 0) return;
      await db.query(
        `insert into monitor_alerts (target, rule, state, sent)
         select target, rule, state, sent from jsonb_to_recordset($1) as g (target text, rule text, state jsonb, sent jsonb)
         order by target, rule
         on conflict (target, rule) do update set state = excluded.state, sent = excluded.sent`,
        [toJsonb(states)],
      );
    },
    async triedSince(at) {
      const { rows } = await db.query<{ target: string }>(
        'select distinct target from monitor_targets where greatest(measured_at, failed_at, leased_until) >= $1',
        [at],
      );
      return new Set(rows.map(({ target }) => target));
    },
    async forget(before) {
      await db.query(
        `with gone as (
           delete from monitor_targets where coalesce(greatest(measured_at, failed_at, leased_until), 0) < $1
           returning target
         )
         delete from monitor_alerts where target in (select target from gone)`,
        [before],
      );
    },
  };
}
