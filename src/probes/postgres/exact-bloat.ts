import { z } from 'zod';
import type { Gap } from '../../core/evidence.ts';
import type { Query } from './connection.ts';
import type { ServerFacts } from './server-facts.ts';

const Extension = z.object({ schema: z.string(), usable: z.boolean(), allowed: z.boolean() });

// The function is looked up by its signature: without USAGE on its schema its name cannot be resolved.
const FIND = `
  SELECT /* perfbot */ quote_ident(n.nspname) AS schema, has_schema_privilege(n.oid, 'USAGE') AS usable,
    has_function_privilege(p.oid, 'EXECUTE') AS allowed
  FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
  JOIN pg_proc p ON p.pronamespace = n.oid AND p.proname = 'pgstattuple_approx'
  WHERE e.extname = 'pgstattuple' LIMIT 1`;

const Exact = z.object({ bytes: z.number(), ratio: z.number() });
export type ExactBloat = z.infer<typeof Exact>;

/** Where pgstattuple is, or why it cannot be asked. */
export async function findPgstattuple(
  query: Query,
  { role }: ServerFacts,
): Promise<{ readonly schema: string } | { readonly gap: Gap }> {
  const what = 'Measured bloat';
  const [found] = await query(Extension, FIND);
  if (found === undefined) {
    return {
      gap: {
        what,
        reason: 'The extension pgstattuple is not installed.',
        mend: 'CREATE EXTENSION pgstattuple;',
      },
    };
  }
  if (!found.usable) {
    return {
      gap: {
        what,
        reason: `The role ${role} may not use the schema ${found.schema}, where pgstattuple is (no permission).`,
        mend: `GRANT USAGE ON SCHEMA ${found.schema} TO ${role};`,
      },
    };
  }
  if (!found.allowed) {
    return {
      gap: {
        what,
        reason: `The role ${role} may not call pgstattuple_approx (no permission).`,
        mend: `GRANT pg_stat_scan_tables TO ${role};`,
      },
    };
  }
  return { schema: found.schema };
}

/** Free and dead space of one table; reads the pages that have changed since the last VACUUM. */
export async function readExactBloat(
  query: Query,
  schema: string,
  oid: string,
): Promise<ExactBloat | undefined> {
  const [exact] = await query(
    Exact,
    `SELECT /* perfbot */ (approx_free_space + dead_tuple_len)::float8 AS bytes,
      (approx_free_space + dead_tuple_len)::float8 / greatest(table_len, 1) AS ratio
    FROM ${schema}.pgstattuple_approx($1::oid::regclass)`,
    [oid],
  );
  return exact;
}
