import type { Alert } from '../core/alert/alert.ts';
import type { AlertGroup, GroupStore } from '../engine/ports/group-store.ts';
import { cleanText, toJsonb } from './json-value.ts';
import type { Queryable } from './queryable.ts';
import { takeUnheard, unheardGroups } from './unheard.ts';

interface GroupRow {
  readonly body: Omit<AlertGroup, OptionalField> & Partial<Pick<AlertGroup, OptionalField>>;
}

type OptionalField =
  | 'service'
  | 'playbook'
  | 'resolvedAt'
  | 'acknowledgedBy'
  | 'acknowledgedAt'
  | 'lastRunId';

/** Groups of alerts and the newest state of the alerts in them. */
export function groupStore(db: Queryable): GroupStore {
  return {
    async lockNewest(identity) {
      // Also serialises callers while there is no row to lock yet.
      await db.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [identity]);
      const { rows } = await db.query<GroupRow>(
        'select body from alert_groups where identity = $1 order by seq desc limit 1 for update',
        [identity],
      );
      return rows[0] && toGroup(rows[0]);
    },
    async lock(id) {
      const { rows } = await db.query<GroupRow>('select body from alert_groups where id = $1 for update', [
        id,
      ]);
      return rows[0] && toGroup(rows[0]);
    },
    async get(id) {
      const { rows } = await db.query<GroupRow>('select body from alert_groups where id = $1', [id]);
      return rows[0] && toGroup(rows[0]);
    },
    async save(group) {
      await db.query(
        `insert into alert_groups (id, identity, state, service, started_at, body) values ($1, $2, $3, $4, $5, $6)
         on conflict (id) do update set state = excluded.state, service = excluded.service, body = excluded.body`,
        [
          group.id,
          group.identity,
          group.state,
          group.service && cleanText(group.service),
          group.startedAt,
          toJsonb(group),
        ],
      );
    },
    async alerts(groupId, fingerprints) {
      const { rows } = await db.query<{ body: Alert }>(
        `select body from group_alerts where group_id = $1 and ($2::text[] is null or fingerprint = any($2))
         order by fingerprint`,
        [groupId, fingerprints?.map(cleanText) ?? null],
      );
      return rows.map(({ body }) => body);
    },
    async countAlerts(groupId) {
      const { rows } = await db.query<{ firing: string; resolved: string }>(
        `select count(*) filter (where not resolved) as firing, count(*) filter (where resolved) as resolved
         from group_alerts where group_id = $1`,
        [groupId],
      );
      return { firing: Number(rows[0]?.firing ?? 0), resolved: Number(rows[0]?.resolved ?? 0) };
    },
    async saveAlerts(groupId, alerts) {
      await db.query(
        `insert into group_alerts (group_id, fingerprint, starts_at, resolved, body)
         select $1, a.fingerprint, a.starts_at, a.resolved, a.body
         from jsonb_to_recordset($2) as a (fingerprint text, starts_at bigint, resolved boolean, body jsonb)
         on conflict (group_id, fingerprint) do update set starts_at = excluded.starts_at, resolved = excluded.resolved, body = excluded.body
         where excluded.starts_at > group_alerts.starts_at
            or (excluded.starts_at = group_alerts.starts_at and excluded.resolved >= group_alerts.resolved)`,
        [groupId, toJsonb(newestOfEach(alerts).map(toAlertRow))],
      );
    },
    unheard: (limits, limit) => unheardGroups(db, limits, limit),
    takeUnheard: (groupId, limits) => takeUnheard(db, groupId, limits),
    async removeAlerts(groupId, fingerprints) {
      await db.query('delete from group_alerts where group_id = $1 and fingerprint = any($2)', [
        groupId,
        fingerprints,
      ]);
    },
    async startingWith(prefix, limit) {
      const { rows } = await db.query<GroupRow>(
        'select body from alert_groups where starts_with(id, $1) order by started_at desc limit $2',
        [cleanText(prefix), limit],
      );
      return rows.map(toGroup);
    },
    async recent({ state, service, limit }) {
      const { rows } = await db.query<GroupRow>(
        `select body from alert_groups where ($1::text is null or state = $1) and ($2::text is null or service = $2)
         order by started_at desc limit $3`,
        [state ?? null, service ?? null, limit],
      );
      return rows.map(toGroup);
    },
    async resolvedBetween({ from, to, limit }) {
      const { rows } = await db.query<GroupRow>(
        `select body from alert_groups
         where state = 'resolved' and service is not null and (body ->> 'resolvedAt')::float8 between $1 and $2
         order by started_at desc limit $3`,
        [from, to, limit],
      );
      return rows.map(toGroup);
    },
  };
}

function toAlertRow(alert: Alert) {
  return {
    fingerprint: alert.fingerprint,
    starts_at: Math.round(alert.startsAt),
    resolved: alert.status === 'resolved',
    body: alert,
  };
}

/** One statement may touch a row only once. */
function newestOfEach(alerts: readonly Alert[]): readonly Alert[] {
  const newest = new Map<string, Alert>();
  for (const alert of alerts) {
    const fingerprint = cleanText(alert.fingerprint);
    const known = newest.get(fingerprint);
    const isOlder =
      known !== undefined &&
      (alert.startsAt < known.startsAt ||
        (alert.startsAt === known.startsAt && known.status === 'resolved' && alert.status === 'firing'));
    if (!isOlder) newest.set(fingerprint, alert);
  }
  return [...newest.values()];
}

/** JSON leaves undefined members out; the type wants them said. */
function toGroup({ body }: GroupRow): AlertGroup {
  const { service, playbook, resolvedAt, acknowledgedBy, acknowledgedAt, lastRunId } = body;
  return { ...body, service, playbook, resolvedAt, acknowledgedBy, acknowledgedAt, lastRunId };
}
