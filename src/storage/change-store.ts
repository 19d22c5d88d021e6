import { findChanges, type TargetChange, type TargetFacts } from '../core/monitor/target-change.ts';
import type { ChangeStore } from '../engine/ports/change-store.ts';
import { cleanText, toJsonb } from './json-value.ts';
import type { Queryable } from './queryable.ts';

interface ChangeRow {
  readonly target: string;
  readonly service: string;
  readonly at: string;
  readonly what: string;
}

/** What changed at the targets of the monitor, and what was seen of them last. */
export function changeStore(db: Queryable): ChangeStore {
  return {
    async see(seen) {
      if (seen.length === 0) return [];
      const { rows } = await db.query<{ target: string; facts: TargetFacts }>(
        'select target, facts from target_facts where target = any($1)',
        [seen.map(({ target }) => target)],
      );
      const before = new Map(rows.map(({ target, facts }) => [target, facts]));
      const changes = seen.flatMap(({ facts, ...one }) =>
        findChanges(before.get(one.target) ?? {}, facts, one),
      );
      await add(db, changes);
      await db.query(
        `insert into target_facts (target, seen_at, facts)
         select target, at, facts from jsonb_to_recordset($1) as g (target text, at bigint, facts jsonb) order by target
         on conflict (target) do update set seen_at = excluded.seen_at, facts = excluded.facts
         where target_facts.seen_at <= excluded.seen_at`,
        [toJsonb(seen.map(({ target, at, facts }) => ({ target, at: Math.round(at), facts })))],
      );
      return changes;
    },
    async between({ from, to, services }) {
      const { rows } = await db.query<ChangeRow>(
        `select target, service, at, what from target_changes
         where at between $1 and $2 and ($3::text[] is null or service = any($3)) order by at, target, what`,
        [from, to, services ?? null],
      );
      return rows.map((row) => ({ ...row, at: Number(row.at) }));
    },
  };
}

async function add(db: Queryable, changes: readonly TargetChange[]): Promise<void> {
  if (changes.length === 0) return;
  await db.query(
    `insert into target_changes (target, service, at, what)
     select target, service, at, what from jsonb_to_recordset($1) as g (target text, service text, at bigint, what text)
     on conflict do nothing`,
    [
      toJsonb(
        changes.map((change) => ({ ...change, at: Math.round(change.at), what: cleanText(change.what) })),
      ),
    ],
  );
}
