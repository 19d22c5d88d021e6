import type { Alert } from '../core/alert/alert.ts';
import { stableId } from '../core/alert/fingerprint.ts';
import type { AlertStore, StoredAlert, StoredDelivery } from '../engine/ports/alert-store.ts';
import { cleanText, toJsonb } from './json-value.ts';
import type { Queryable } from './queryable.ts';

interface DeliveryRow {
  readonly id: string;
  readonly received_at: string;
  readonly handled_at: string | null;
  readonly batch: Omit<StoredDelivery, 'id' | 'receivedAt' | 'handled' | 'alerts'>;
  readonly alerts: readonly StoredAlert[];
}

const COLUMNS = 'id, received_at, handled_at, batch, alerts';

/** Deliveries and the count of repeated alerts. `accept` wants a transaction, so that it counts and stores or does neither. */
export function alertStore(db: Queryable): AlertStore {
  return {
    async accept(id, { alerts, ...batch }, receivedAt) {
      const stored = await countOccurrences(db, batch.sender, alerts, receivedAt);
      await insertDelivery(db, { id, batch, alerts: stored, receivedAt });
      const duplicates = stored.filter(({ duplicate }) => duplicate).length;
      return { accepted: stored.length - duplicates, duplicates };
    },
    async delivery(id) {
      const { rows } = await db.query<DeliveryRow>(`select ${COLUMNS} from deliveries where id = $1`, [id]);
      return rows[0] && toDelivery(rows[0]);
    },
    async lockDelivery(id) {
      const { rows } = await db.query<DeliveryRow>(
        `select ${COLUMNS} from deliveries where id = $1 for update`,
        [id],
      );
      return rows[0] && toDelivery(rows[0]);
    },
    async lockLane(id, limit) {
      await db.query(
        'select pg_advisory_xact_lock(hashtextextended(lane, 1)) from deliveries where id = $1',
        [id],
      );
      const { rows } = await db.query<DeliveryRow>(
        `select ${COLUMNS} from deliveries
         where lane = (select lane from deliveries where id = $1) and handled_at is null
         order by seq limit $2 for update`,
        [id, limit],
      );
      return rows.map(toDelivery);
    },
    async markHandled(ids, at) {
      await db.query('update deliveries set handled_at = $2 where id = any($1)', [ids, at]);
    },
    async unhandled(before, limit, at = before) {
      const { rows } = await db.query<{ id: string }>(
        `with lost as (
           select id from deliveries where handled_at is null and greatest(received_at, swept_at) < $1
           order by received_at limit $2 for update skip locked
         ), given as (
           update deliveries d set swept_at = $3 from lost where d.id = lost.id returning d.id, d.seq
         )
         select id from given order by seq`,
        [before, limit, at],
      );
      return rows.map(({ id }) => id);
    },
    async earlier(id) {
      const { rows } = await db.query<{ id: string }>(
        `select e.id from deliveries d join deliveries e on e.lane = d.lane and e.seq < d.seq
         where d.id = $1 and e.handled_at is null order by e.seq`,
        [id],
      );
      return rows.map((row) => row.id);
    },
  };
}

/** Keeps the lane from others until the end of the transaction. False: deliveries of it wait to be handled. */
export async function lockIdleLane(db: Queryable, lane: string): Promise<boolean> {
  await db.query('select pg_advisory_xact_lock(hashtextextended($1, 1))', [lane]);
  const { rows } = await db.query('select 1 from deliveries where lane = $1 and handled_at is null limit 1', [
    lane,
  ]);
  return rows.length === 0;
}

export async function insertDelivery(
  db: Queryable,
  delivery: Pick<StoredDelivery, 'id' | 'alerts' | 'receivedAt'> & { readonly batch: DeliveryRow['batch'] },
): Promise<void> {
  const { id, batch, alerts, receivedAt } = delivery;
  await db.query(
    'insert into deliveries (id, sender, received_at, batch, alerts, lane) values ($1, $2, $3, $4, $5, $6)',
    [id, batch.sender, receivedAt, toJsonb(batch), toJsonb(alerts), laneOf(batch)],
  );
}

/** Deliveries of one lane are handled in their order. */
export function laneOf({
  sender,
  receiver = '',
  groupKey = '',
}: Pick<StoredDelivery, 'sender' | 'receiver' | 'groupKey'>): string {
  return stableId(sender, receiver, groupKey);
}

function toDelivery({ id, received_at, handled_at, batch, alerts }: DeliveryRow): StoredDelivery {
  return { ...batch, id, receivedAt: Number(received_at), handled: handled_at !== null, alerts };
}

function keyOf({ fingerprint, status, startsAt }: Alert): string {
  return JSON.stringify([cleanText(fingerprint), status, startsAt]);
}

/** One statement for all alerts, in a fixed order so that two deliveries of the same alerts never deadlock. */
async function countOccurrences(
  db: Queryable,
  sender: string,
  alerts: readonly Alert[],
  at: number,
): Promise<readonly StoredAlert[]> {
  const distinct = new Map(alerts.map((alert) => [keyOf(alert), alert]));
  const ordered = [...distinct.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, alert]) => alert);
  const { rows } = await db.query<{
    fingerprint: string;
    status: Alert['status'];
    starts_at: string;
    is_new: boolean;
  }>(
    `insert into alert_occurrences (sender, fingerprint, status, starts_at, first_seen_at, last_seen_at)
     select $1, a.fingerprint, a.status, a.starts_at, $5, $5
     from unnest($2::text[], $3::text[], $4::bigint[]) as a (fingerprint, status, starts_at)
     on conflict (sender, fingerprint, status, starts_at)
     do update set duplicates = alert_occurrences.duplicates + 1, last_seen_at = excluded.last_seen_at
     returning fingerprint, status, starts_at, xmax = 0 as is_new`,
    [
      sender,
      ordered.map(({ fingerprint }) => cleanText(fingerprint)),
      ordered.map(({ status }) => status),
      ordered.map(({ startsAt }) => startsAt),
      at,
    ],
  );
  const fresh = new Set(
    rows
      .filter(({ is_new }) => is_new)
      .map(({ fingerprint, status, starts_at }) => JSON.stringify([fingerprint, status, Number(starts_at)])),
  );
  // Of the same alert twice in one delivery, only the first is new.
  return alerts.map((alert) => ({ ...alert, duplicate: !fresh.delete(keyOf(alert)) }));
}
