import type { Queryable } from './queryable.ts';

/** A table that is split by its column `at`, so that old rows are dropped without being deleted. */
export interface Partitioned {
  readonly table: 'samples' | 'samples_5m' | 'samples_1h' | 'statement_hours';
  /** Time that one partition spans, milliseconds. */
  readonly widthMs: number;
}

/** Makes the partitions for all moments that are not there yet. Two workers may do so at once. */
export async function addPartitions(
  db: Queryable,
  { table, widthMs }: Partitioned,
  moments: readonly number[],
): Promise<void> {
  for (const index of new Set(moments.map((at) => Math.floor(at / widthMs)))) {
    const name = partitionName(table, index);
    if (await isThere(db, name)) continue;
    await db
      .query(
        `create table if not exists ${name} partition of ${table} for values from (${index * widthMs}) to (${(index + 1) * widthMs})`,
      )
      .catch(async (error: unknown) => {
        // Another worker made it at the same moment.
        if (!(await isThere(db, name))) throw error;
      });
  }
}

/** Drops the partitions that end before `at`. */
export async function dropPartitions(
  db: Queryable,
  { table, widthMs }: Partitioned,
  at: number,
): Promise<void> {
  const { rows } = await db.query<{ name: string }>(
    `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = '${table}'::regclass`,
  );
  const oldest = partitionName(table, Math.floor(at / widthMs));
  for (const { name } of rows) if (name < oldest) await db.query(`drop table if exists ${name}`);
}

/** Sortable, and made of letters and digits, so that it needs no quoting. */
function partitionName(table: string, index: number): string {
  return `${table}_p${String(index).padStart(6, '0')}`;
}

async function isThere(db: Queryable, name: string): Promise<boolean> {
  const { rows } = await db.query<{ there: string | null }>('select to_regclass($1) as there', [name]);
  return rows[0]?.there !== null;
}
