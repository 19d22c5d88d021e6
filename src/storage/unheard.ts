import type { UnheardLimits } from '../core/alert/unheard.ts';
import type { UnheardAlert } from '../engine/ports/group-store.ts';
import type { Queryable } from './queryable.ts';

/**
 * Firing alerts with when they were last heard of. Of a group whose sender leaves alerts out of its deliveries (`truncated`)
 * the last word of any of them counts for all. What was heard is kept for a time; after that the start of the alert is left.
 */
const HEARD = `
  select g.id, a.fingerprint, g.body ->> 'sender' as sender,
    case when coalesce((g.body ->> 'truncated')::int, 0) > 0 then max(o.heard_at) over (partition by g.id)
      else coalesce(o.heard_at, a.starts_at) end as heard_at,
    o.repeats > 0 or g.body ->> 'sender' = any($1) as is_repeated
  from alert_groups g
  join group_alerts a on a.group_id = g.id and not a.resolved
  cross join lateral (
    select max(last_seen_at) as heard_at, coalesce(sum(duplicates), 0) as repeats from alert_occurrences
    where sender = g.body ->> 'sender' and fingerprint = a.fingerprint
  ) o
  where g.state = 'firing' and g.body ->> 'sender' <> $4`;

const IS_UNHEARD = 'heard_at < case when is_repeated then $2::bigint else $3::bigint end';

/** Ids of groups with firing alerts that nobody spoke of. */
export async function unheardGroups(
  db: Queryable,
  limits: UnheardLimits,
  limit: number,
): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string }>(
    `select distinct id from (${HEARD}) h where ${IS_UNHEARD} order by id limit $5`,
    [...valuesOf(limits), limit],
  );
  return rows.map(({ id }) => id);
}

/**
 * The alerts of a group that nobody spoke of. What was heard of them is locked before it is read, and then forgotten: a
 * repeat that comes in between either counts here, or is new afterwards.
 */
export async function takeUnheard(
  db: Queryable,
  groupId: string,
  limits: UnheardLimits,
): Promise<readonly UnheardAlert[]> {
  // Roughly in the order in which deliveries count them.
  await db.query(
    `select from alert_occurrences o
     join alert_groups g on g.id = $1 and o.sender = g.body ->> 'sender'
     join group_alerts a on a.group_id = g.id and a.fingerprint = o.fingerprint and not a.resolved
     where o.last_seen_at < greatest($2::bigint, $3::bigint) order by o.fingerprint collate "C", o.status, o.starts_at for update of o`,
    [groupId, limits.repeatedBefore, limits.toldOnceBefore],
  );
  const { rows } = await db.query<{
    sender: string;
    fingerprint: string;
    heard_at: string;
    is_repeated: boolean;
  }>(`select * from (${HEARD} and g.id = $5) h where ${IS_UNHEARD} order by fingerprint`, [
    ...valuesOf(limits),
    groupId,
  ]);
  const fingerprints = rows.map(({ fingerprint }) => fingerprint);
  await forget(db, rows[0]?.sender ?? '', fingerprints);
  return rows.map(({ fingerprint, heard_at, is_repeated }) => ({
    fingerprint,
    lastHeardAt: Number(heard_at),
    isRepeated: is_repeated,
  }));
}

/** Forgets alerts that are held back and that nobody spoke of. Answers how many. */
export async function dropUnheardHeld(db: Queryable, limits: UnheardLimits): Promise<number> {
  const held = `
    select h.lane, h.fingerprint, h.batch ->> 'sender' as sender, coalesce(o.heard_at, h.held_at) as heard_at,
      o.repeats > 0 or h.batch ->> 'sender' = any($1) as is_repeated
    from held_alerts h
    cross join lateral (
      select max(last_seen_at) as heard_at, coalesce(sum(duplicates), 0) as repeats from alert_occurrences
      where sender = h.batch ->> 'sender' and fingerprint = h.fingerprint
    ) o
    where h.batch ->> 'sender' <> $4`;
  const find = () =>
    db.query<{ lane: string; fingerprint: string; sender: string }>(
      `select lane, fingerprint, sender from (${held}) h where ${IS_UNHEARD} order by sender, fingerprint collate "C"`,
      valuesOf(limits),
    );
  for (const { sender, fingerprint } of (await find()).rows) {
    await db.query(
      'select from alert_occurrences where sender = $1 and fingerprint = $2 order by status, starts_at for update',
      [sender, fingerprint],
    );
  }
  // Again, now that nobody can be heard in between.
  const { rows } = await find();
  for (const { lane, sender, fingerprint } of rows) {
    await db.query('delete from held_alerts where lane = $1 and fingerprint = $2', [lane, fingerprint]);
    await forget(db, sender, [fingerprint]);
  }
  return rows.length;
}

async function forget(db: Queryable, sender: string, fingerprints: readonly string[]): Promise<void> {
  if (fingerprints.length === 0) return;
  await db.query(
    `delete from alert_occurrences where sender = $1 and fingerprint = any($2) and status = 'firing'`,
    [sender, fingerprints],
  );
}

function valuesOf({
  repeatingSenders,
  repeatedBefore,
  toldOnceBefore,
  exceptSender,
}: UnheardLimits): readonly unknown[] {
  return [repeatingSenders, repeatedBefore, toldOnceBefore, exceptSender];
}
