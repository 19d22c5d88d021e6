import { z } from 'zod';
import type { Explainable } from '../../core/sql/explainable.ts';
import type { Query } from './connection.ts';

const Obstacles = z.object({ found: z.string() });

/**
 * Planning runs functions that claim to be immutable, and those of views, of indexes, of domains and of row security too. They would run
 * as perfbot's role, so a statement is planned only where all of them belong to PostgreSQL or to a superuser. `$1`: every
 * name in the statement, `$2`: its text without values.
 */
const OBSTACLES = `
  WITH RECURSIVE named AS (
    SELECT c.oid, c.oid::regclass::text AS name, c.relkind, c.relrowsecurity FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relname = ANY($1::text[]) AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
      AND n.nspname NOT LIKE 'pg\\_temp%' AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    UNION
    SELECT c.oid, c.oid::regclass::text, c.relkind, c.relrowsecurity FROM named JOIN pg_inherits i ON i.inhparent = named.oid
    JOIN pg_class c ON c.oid = i.inhrelid
  ), foreign_function AS (
    SELECT p.oid, p.proname FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner
    WHERE NOT r.rolsuper AND p.pronamespace <> 'pg_catalog'::regnamespace
  )
  SELECT /* perfbot */ 'the view ' || name AS found FROM named
    WHERE relkind = 'v'
  UNION ALL SELECT 'the foreign table ' || name FROM named WHERE relkind = 'f'
  UNION ALL SELECT 'row security of ' || name FROM named WHERE relrowsecurity
  UNION ALL SELECT 'the function ' || proname FROM foreign_function WHERE proname = ANY($1::text[])
  UNION ALL SELECT 'the operator ' || o.oprname FROM pg_operator o JOIN foreign_function f ON f.oid = o.oprcode
    WHERE position(o.oprname IN $2) > 0
  UNION ALL SELECT 'the function ' || f.proname || ' in an index or a rule of ' || named.name FROM named
    JOIN pg_depend d ON d.refclassid = 'pg_proc'::regclass AND (
      d.classid = 'pg_class'::regclass AND d.objid IN (SELECT i.indexrelid FROM pg_index i WHERE i.indrelid = named.oid)
      OR d.classid = 'pg_constraint'::regclass AND d.objid IN (SELECT k.oid FROM pg_constraint k WHERE k.conrelid = named.oid)
      OR d.classid = 'pg_attrdef'::regclass AND d.objid IN (SELECT a.oid FROM pg_attrdef a WHERE a.adrelid = named.oid))
    JOIN foreign_function f ON f.oid = d.refobjid
  UNION ALL SELECT 'the function ' || f.proname || ' in the domain ' || k.contypid::regtype FROM pg_constraint k
    JOIN pg_type t ON t.oid = k.contypid
    JOIN pg_depend d ON d.classid = 'pg_constraint'::regclass AND d.objid = k.oid AND d.refclassid = 'pg_proc'::regclass
    JOIN foreign_function f ON f.oid = d.refobjid
    WHERE t.typname = ANY($1::text[])
      OR t.oid IN (SELECT a.atttypid FROM named JOIN pg_attribute a ON a.attrelid = named.oid)
  LIMIT 1`;

/** What forbids to plan a statement, in words; undefined when nothing does. */
export async function planObstacle(query: Query, { names, text }: Explainable): Promise<string | undefined> {
  const [obstacle] = await query(Obstacles, OBSTACLES, [names, text]);
  return obstacle?.found;
}

const Missing = z.object({ schema: z.string(), table: z.string(), usable: z.boolean() });

const MISSING = `
  SELECT /* perfbot */ quote_ident(n.nspname) AS schema, format('%I.%I', n.nspname, c.relname) AS "table",
    has_schema_privilege(n.oid, 'USAGE') AS usable
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relname = ANY($1::text[]) AND c.relkind IN ('r', 'p', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND (NOT has_table_privilege(c.oid, 'SELECT') OR NOT has_schema_privilege(n.oid, 'USAGE'))
  ORDER BY 2 LIMIT 10`;

/** The statements that would let the role plan a statement over these tables; undefined when it may already. */
export async function missingGrant(
  query: Query,
  tables: readonly string[],
  role: string,
): Promise<{ readonly tables: string; readonly grant: string } | undefined> {
  const missing = await query(Missing, MISSING, [tables]);
  if (missing.length === 0) return undefined;
  const schemas = [...new Set(missing.filter(({ usable }) => !usable).map(({ schema }) => schema))];
  const names = missing.map(({ table }) => table).join(', ');
  const usage = schemas.length === 0 ? '' : `GRANT USAGE ON SCHEMA ${schemas.join(', ')} TO ${role}; `;
  return { tables: names, grant: `${usage}GRANT SELECT ON ${names} TO ${role};` };
}
