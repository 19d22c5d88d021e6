import type { UpkeepStore } from '../engine/ports/upkeep-store.ts';
import type { Queryable } from './queryable.ts';

/** What may go, oldest first. Times are those of the rows; `$1` is the moment before which they are old. */
const OLD: readonly { readonly table: string; readonly where: string }[] = [
  { table: 'deliveries', where: 'received_at < $1 and handled_at is not null' },
  { table: 'alert_occurrences', where: 'last_seen_at < $1' },
  // Its alerts go with it.
  {
    table: 'alert_groups',
    where: `state = 'resolved' and coalesce((body ->> 'resolvedAt')::float8, started_at) < $1`,
  },
  // Its steps and charts go with it.
  { table: 'runs', where: `state in ('finished', 'failed') and coalesce(finished_at, created_at) < $1` },
  { table: 'load_tests', where: `state <> 'running' and created_at < $1` },
  { table: 'silences', where: 'settled_at < $1' },
  { table: 'target_changes', where: 'at < $1' },
  { table: 'target_facts', where: 'seen_at < $1' },
  // A card is edited for as long as its group is there: its address must not be lost before.
  {
    table: 'outbox',
    where: `created_at < $1 and settled_revision >= revision and not (split_part(key, '/', 1) = 'group'
      and exists (select from alert_groups g where g.id = split_part(key, '/', 2)))`,
  },
];

/** Periodic work on the store itself. */
export function upkeepStore(db: Queryable): UpkeepStore {
  return {
    async lastDone(name) {
      const { rows } = await db.query<{ at: string }>('select at from upkeep where name = $1', [name]);
      return rows[0] && Number(rows[0].at);
    },
    async done(name, at) {
      await db.query(
        'insert into upkeep (name, at) values ($1, $2) on conflict (name) do update set at = excluded.at',
        [name, at],
      );
    },
    async purge(before, limit) {
      let deleted = 0;
      for (const { table, where } of OLD) {
        const { rowCount } = await db.query(
          `delete from ${table} where ctid = any(array(select ctid from ${table} where ${where} limit $2))`,
          [before, limit],
        );
        deleted += rowCount ?? 0;
      }
      return deleted;
    },
  };
}
