import { z } from 'zod';
import { ProbeError } from '../../core/errors.ts';
import type { Query } from './connection.ts';
import type { ServerFacts } from './server-facts.ts';

const Source = z.object({ schema: z.string(), usable: z.boolean(), columns: z.array(z.string()) });

/** Where pg_stat_statements stands in this database and which columns its version has. */
export interface StatementSource {
  /** Quoted name of its schema. */
  readonly schema: string;
  readonly columns: ReadonlySet<string>;
}

// The columns follow the version of the extension, not of the server: after an upgrade the old view stays.
const FIND = `
  SELECT /* perfbot */ quote_ident(n.nspname) AS schema,
    has_schema_privilege(n.oid, 'USAGE') AS usable, array_agg(a.attname::text) AS columns
  FROM pg_extension e
  JOIN pg_namespace n ON n.oid = e.extnamespace
  JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = 'pg_stat_statements'
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE e.extname = 'pg_stat_statements' GROUP BY 1, 2`;

const LOADED = `SELECT /* perfbot */ coalesce(current_setting('shared_preload_libraries', true), '') AS libraries`;

/**
 * Finds the extension.
 * @throws ProbeError `not_configured` or `permission` with the statement that mends it.
 */
export async function findStatementSource(query: Query, facts: ServerFacts): Promise<StatementSource> {
  const [source] = await query(Source, FIND);
  if (source && !source.usable) {
    throw new ProbeError('permission', 'no USAGE on the schema of pg_stat_statements', {
      userMessage: `The role ${facts.role} may not use the schema ${source.schema}, where pg_stat_statements is.`,
      mend: `GRANT USAGE ON SCHEMA ${source.schema} TO ${facts.role};`,
    });
  }
  if (source) return { schema: source.schema, columns: new Set(source.columns) };
  // Only pg_monitor may read the setting; unreadable (null) says nothing.
  const [loaded] = await query(z.object({ libraries: z.string() }), LOADED).catch(() => []);
  const preloaded =
    loaded === undefined || loaded.libraries === '' || loaded.libraries.includes('pg_stat_statements');
  throw new ProbeError('not_configured', 'pg_stat_statements is not installed', {
    userMessage: `The extension pg_stat_statements is not installed in database ${facts.database}.`,
    mend:
      preloaded && loaded?.libraries !== ''
        ? 'CREATE EXTENSION pg_stat_statements;'
        : "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'; restart PostgreSQL; then CREATE EXTENSION pg_stat_statements;",
  });
}
