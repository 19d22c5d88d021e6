import type { OutgoingMessage } from '../engine/ports/message.ts';
import type { OutboxEntry, OutboxStore } from '../engine/ports/outbox-store.ts';
import { cleanText, toJsonb } from './json-value.ts';
import type { Queryable } from './queryable.ts';

/** Slack takes about one post a second to a channel, with bursts. */
const POST_EVERY_MS = 1000;

interface OutboxRow {
  readonly message: OutgoingMessage;
  readonly revision: number;
  readonly sent_revision: number;
  readonly address_channel: string | null;
  readonly address_ts: string | null;
  readonly thread_ts: string | null;
  readonly sending_since: string | null;
  readonly attempts: number;
  readonly file_ids: readonly string[];
}

const SELECT = `o.message, o.revision, o.sent_revision, o.address_channel, o.address_ts, o.attempts, o.file_ids, o.sending_since,
  (select p.address_ts from outbox p where p.key = o.thread_of) as thread_ts`;

/** Files that could not be sent this often (about a minute) no longer hold up their thread. */
const FILES_LET_PASS_AFTER = 6;

/** Something new to say, and the message of its thread is there; the thread of a message that was given up waits for it. */
const WAITS = `o.settled_revision < o.revision
  and (o.thread_of is null or exists (select from outbox p where p.key = o.thread_of and p.address_ts is not null))`;

/**
 * Due: it waits, its time has come, nobody is sending it, and no earlier message of the thread waits. A message of the
 * thread that was given up does not hold up the others.
 */
const DUE = `${WAITS} and o.not_before <= $1 and o.lease_until <= $1
  and (o.address_ts is not null or not exists (
    select from outbox e where e.thread_of = o.thread_of and e.position < o.position and e.address_ts is null and e.settled_revision < e.revision
      and not (e.attempts >= ${FILES_LET_PASS_AFTER} and e.lease_until <= $1 and e.message ? 'attachments')))`;

/** Messages as they should be, and what the messenger was told. */
export function outboxStore(db: Queryable): OutboxStore {
  return {
    async put(message, at) {
      const { urgent = false, ...kept } = message;
      await db.query(
        `insert into outbox as o (key, channel, thread_of, position, message, not_before, created_at, urgent) values ($1, $2, $3, $4, $5, $6, $6, $7)
         on conflict (key) do update set message = excluded.message, revision = o.revision + 1, attempts = 0,
           urgent = o.urgent or excluded.urgent,
           not_before = case when excluded.urgent and o.error is null then least(o.not_before, excluded.not_before) else o.not_before end
         where o.message is distinct from excluded.message`,
        [
          message.key,
          message.channel,
          message.threadOf ?? null,
          Math.round(message.position),
          toJsonb(kept),
          at,
          urgent,
        ],
      );
    },
    ...claiming(db),
    async saveFileIds(key, fileIds) {
      await db.query('update outbox set file_ids = $2 where key = $1', [key, fileIds]);
    },
    async sent(key, { revision, address, at, editPauseMs }) {
      await db.query(
        // A worker that was overtaken does not set the revision back; an urgent change that came meanwhile does not wait.
        `update outbox set sent_revision = greatest(sent_revision, $2), settled_revision = greatest(settled_revision, $2),
           address_channel = $3, address_ts = $4,
           not_before = $5::bigint + case when urgent and revision > $2 then 0 else $6::bigint end,
           urgent = urgent and revision > $2, lease_until = 0, sending_since = null, attempts = 0, error = null
         where key = $1`,
        [key, revision, address.channel, address.ts, at, editPauseMs],
      );
    },
    async renew(key, leaseUntil) {
      await db.query('update outbox set lease_until = $2 where key = $1 and lease_until > 0', [
        key,
        leaseUntil,
      ]);
    },
    async postpone(key, { retryAt, ambiguous, error, channelPausedUntil, burst = 1 }) {
      await db.query(
        `with paused as (
           insert into channel_budgets as b (channel, next_at)
           select channel, $5::bigint + $6 from outbox where key = $1 and $5::bigint is not null
           on conflict (channel) do update set next_at = greatest(b.next_at, excluded.next_at)
         )
         update outbox set not_before = $2, lease_until = 0, attempts = attempts + 1, error = $4,
           sending_since = case when $3 then sending_since else null end
         where key = $1`,
        [
          key,
          Math.round(retryAt),
          ambiguous,
          cleanText(error),
          channelPausedUntil === undefined ? null : Math.round(channelPausedUntil),
          (burst - 1) * POST_EVERY_MS,
        ],
      );
    },
    async giveUp(key, { revision, error, ambiguous = false }) {
      await db.query(
        `update outbox set settled_revision = greatest(settled_revision, $2), lease_until = 0, error = $3,
           sending_since = case when $4 then sending_since else null end
         where key = $1`,
        [key, revision, cleanText(error), ambiguous],
      );
    },
    async nextDueAt(at) {
      const { rows } = await db.query<{ due: string | null }>(
        `select min(greatest(o.not_before, o.lease_until, $1)) as due from outbox o where ${WAITS}`,
        [at],
      );
      return rows[0]?.due == null ? undefined : Number(rows[0].due);
    },
    async get(key) {
      const { rows } = await db.query<OutboxRow>(`select ${SELECT} from outbox o where o.key = $1`, [key]);
      return rows[0] && toEntry(rows[0]);
    },
  };
}

function claiming(db: Queryable): Pick<OutboxStore, 'claim'> {
  return {
    /**
     * One statement: the row is locked, the channel's budget is spent and the lease is taken, or nothing happens. The
     * budget is looked at again while it is locked: another claimer may have spent it since this statement began. For
     * the same reason the answer is what the update saw, not what the statement's snapshot shows.
     */
    async claim({ at, leaseMs, burst }) {
      const { rows } = await db.query<OutboxRow>(
        `with next as (
           select o.key, o.channel, o.address_ts is null as is_post, o.sending_since as before
           from outbox o left join channel_budgets b on b.channel = o.channel
           where ${DUE} and (o.address_ts is not null or coalesce(b.next_at, 0) - $1 <= $4)
           order by o.address_ts is null desc, o.created_at, o.position
           limit 1 for update of o skip locked
         ), budget as (
           insert into channel_budgets as b (channel, next_at) select channel, $1::bigint + $3 from next where is_post
           on conflict (channel) do update set next_at = greatest(b.next_at, $1::bigint) + $3 where b.next_at - $1 <= $4
           returning channel
         ), taken as (
           update outbox o set lease_until = $1::bigint + $2, sending_since = coalesce(o.sending_since, $1::bigint), urgent = false from next
           where o.key = next.key and (not next.is_post or exists (select from budget))
           returning o.message, o.revision, o.sent_revision, o.address_channel, o.address_ts, o.attempts, o.file_ids, o.thread_of,
             next.before as sending_since
         )
         select t.*, (select p.address_ts from outbox p where p.key = t.thread_of) as thread_ts from taken t`,
        [at, leaseMs, POST_EVERY_MS, (burst - 1) * POST_EVERY_MS],
      );
      return rows[0] && toEntry(rows[0]);
    },
  };
}

function toEntry(row: OutboxRow): OutboxEntry {
  return {
    message: row.message,
    revision: row.revision,
    sentRevision: row.sent_revision,
    address:
      row.address_channel === null || row.address_ts === null
        ? undefined
        : { channel: row.address_channel, ts: row.address_ts },
    threadTs: row.thread_ts ?? undefined,
    sendingSince: row.sending_since === null ? undefined : Number(row.sending_since),
    attempts: row.attempts,
    fileIds: row.file_ids,
  };
}
