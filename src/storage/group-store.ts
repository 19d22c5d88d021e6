import type { Alert } from '../core/alert/alert.ts';
import type { AlertGroup, GroupStore } from '../engine/ports/stores.ts';
import { cleanText, toJsonb } from './json-value.ts';
import type { Queryable } from './queryable.ts';

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
        'select body from alert_groups where identity = $1 order by started_at desc, id desc limit 1 for update',
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
    async alerts(groupId) {
      const { rows } = await db.query<{ body: Alert }>(
        'select body from group_alerts where group_id = $1 order by fingerprint',
        [groupId],
      );
      return rows.map(({ body }) => body);
    },
    async saveAlerts(groupId, alerts) {
      for (const alert of alerts) {
        await db.query(
          `insert into group_alerts (group_id, fingerprint, starts_at, resolved, body) values ($1, $2, $3, $4, $5)
           on conflict (group_id, fingerprint) do update set starts_at = excluded.starts_at, resolved = excluded.resolved, body = excluded.body
           where excluded.starts_at > group_alerts.starts_at
              or (excluded.starts_at = group_alerts.starts_at and excluded.resolved >= group_alerts.resolved)`,
          [
            groupId,
            cleanText(alert.fingerprint),
            alert.startsAt,
            alert.status === 'resolved',
            toJsonb(alert),
          ],
        );
      }
    },
    async recent({ state, service, limit }) {
      const { rows } = await db.query<GroupRow>(
        `select body from alert_groups where ($1::text is null or state = $1) and ($2::text is null or service = $2)
         order by started_at desc limit $3`,
        [state ?? null, service ?? null, limit],
      );
      return rows.map(toGroup);
    },
  };
}

/** JSON leaves undefined members out; the type wants them said. */
function toGroup({ body }: GroupRow): AlertGroup {
  const { service, playbook, resolvedAt, acknowledgedBy, acknowledgedAt, lastRunId } = body;
  return { ...body, service, playbook, resolvedAt, acknowledgedBy, acknowledgedAt, lastRunId };
}
