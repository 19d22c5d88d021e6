import type { Alert, AlertBatch } from '../core/alert/alert.ts';
import type { Matcher } from '../core/alert/matcher.ts';
import type { Silence } from '../core/alert/silence.ts';
import type { SilenceStore } from '../engine/ports/silence-store.ts';
import { insertDelivery, laneOf, lockIdleLane } from './alert-store.ts';
import { cleanText, toJsonb } from './json-value.ts';
import type { Queryable } from './queryable.ts';
import { dropUnheardHeld } from './unheard.ts';

interface Row {
  readonly id: string;
  readonly matchers: readonly Matcher[];
  readonly reason: string;
  readonly created_by: string;
  readonly channel: string;
  readonly created_at: string;
  readonly ends_at: string;
  readonly ended_at: string | null;
  readonly ended_by: string | null;
  readonly on_card: boolean;
}

interface HeldRow {
  readonly lane: string;
  readonly batch: Omit<AlertBatch, 'alerts'>;
  readonly alert: Alert;
}

const COLUMNS = 'id, matchers, reason, created_by, channel, created_at, ends_at, ended_at, ended_by, on_card';

/** Silences, and the alerts that they hold back. */
export function silenceStore(db: Queryable): SilenceStore {
  const select = async (rest: string, values: readonly unknown[]): Promise<readonly Silence[]> => {
    const { rows } = await db.query<Row>(`select ${COLUMNS} from silences where ${rest}`, values);
    return rows.map(toSilence);
  };
  return {
    async lock() {
      await db.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', ['silences']);
    },
    async create(silence) {
      const { rowCount } = await db.query(
        `insert into silences (id, matchers, reason, created_by, channel, created_at, ends_at, on_card)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
        [
          silence.id,
          toJsonb(silence.matchers),
          cleanText(silence.reason),
          silence.createdBy,
          silence.channel,
          silence.createdAt,
          silence.endsAt,
          silence.onCard,
        ],
      );
      return rowCount === 1;
    },
    active: (at) =>
      select(
        'settled_at is null and created_at <= $1 and ends_at > $1 and ended_at is null order by ends_at, id',
        [at],
      ),
    async end(id, by, at) {
      const { rowCount } = await db.query(
        `update silences set ended_at = $3, ended_by = $2 where id = $1 and ended_at is null and ends_at > $3`,
        [id, by, at],
      );
      return rowCount === 1;
    },
    lockOver: async (at) =>
      (
        await select(
          `settled_at is null and (ends_at <= $1 or ended_at is not null)
           order by ends_at limit 1 for update skip locked`,
          [at],
        )
      )[0],
    async settle(id, at) {
      await db.query('update silences set settled_at = $2 where id = $1', [id, at]);
    },
    async hold({ alerts, ...batch }, at) {
      await db.query(
        `insert into held_alerts (lane, fingerprint, held_at, batch, alert)
         select $1, a ->> 'fingerprint', $2, $3, a from jsonb_array_elements($4) as a
         on conflict (lane, fingerprint) do update set batch = excluded.batch, alert = excluded.alert
         where (excluded.alert ->> 'startsAt')::numeric >= (held_alerts.alert ->> 'startsAt')::numeric`,
        [laneOf(batch), at, toJsonb(batch), toJsonb(onceEach(alerts))],
      );
    },
    async dropResolved(batch) {
      const over = batch.alerts.filter(({ status }) => status === 'resolved');
      if (over.length === 0) return;
      // An end that comes late takes nothing away that fires anew.
      await db.query(
        `delete from held_alerts h using jsonb_to_recordset($2) as a (fingerprint text, "startsAt" numeric)
         where h.lane = $1 and h.fingerprint = a.fingerprint
           and (h.alert ->> 'startsAt')::numeric <= a."startsAt"`,
        [laneOf(batch), toJsonb(over)],
      );
    },
    async held() {
      const { rows } = await db.query<HeldRow>(
        'select lane, batch, alert from held_alerts order by lane, fingerprint',
      );
      const lanes = new Map<string, { batch: HeldRow['batch']; alerts: Alert[] }>();
      for (const { lane, batch, alert } of rows) {
        const known = lanes.get(lane);
        if (known) known.alerts.push(alert);
        else lanes.set(lane, { batch, alerts: [alert] });
      }
      return [...lanes.values()].map(({ batch, alerts }) => ({ ...batch, alerts }));
    },
    async release({ alerts: wanted, ...batch }, deliveryId, at) {
      const lane = laneOf(batch);
      if (!(await lockIdleLane(db, lane))) return false;
      const { rows } = await db.query<Pick<HeldRow, 'alert'>>(
        'delete from held_alerts where lane = $1 and fingerprint = any($2) returning alert',
        [lane, wanted.map(({ fingerprint }) => cleanText(fingerprint))],
      );
      if (rows.length === 0) return false;
      const alerts = rows.map(({ alert }) => ({ ...alert, duplicate: false }));
      await insertDelivery(db, { id: deliveryId, batch, alerts, receivedAt: at });
      return true;
    },
    dropUnheard: (limits) => dropUnheardHeld(db, limits),
    async heldCount() {
      const { rows } = await db.query<{ count: string }>('select count(*) as count from held_alerts');
      return Number(rows[0]?.count ?? 0);
    },
  };
}

/** One statement may touch a row only once; the one that began last counts. */
function onceEach(alerts: readonly Alert[]): readonly Alert[] {
  const ordered = alerts.toSorted((a, b) => a.startsAt - b.startsAt);
  return [...new Map(ordered.map((alert) => [cleanText(alert.fingerprint), alert])).values()];
}

function toSilence(row: Row): Silence {
  return {
    id: row.id,
    matchers: row.matchers,
    reason: row.reason,
    createdBy: row.created_by,
    channel: row.channel,
    createdAt: Number(row.created_at),
    endsAt: Number(row.ends_at),
    endedAt: row.ended_at === null ? undefined : Number(row.ended_at),
    endedBy: row.ended_by ?? undefined,
    onCard: row.on_card,
  };
}
