import { z } from 'zod';
import { ExplainedPlan, type PlanStep, planSteps } from '../../core/sql/plan.ts';
import type { Query } from './connection.ts';

const Anything = z.unknown();
const Parameters = z.object({ count: z.number() });
const Answer = z.object({ 'QUERY PLAN': ExplainedPlan });

/** Finds names as the role that ran the statement does. `$1`: that role. The role's own setting wins over the database's. */
const PATH = `
  SELECT /* perfbot */ set_config('plan_cache_mode', 'force_generic_plan', true),
    set_config('search_path', replace(coalesce(
      (SELECT substring(setting FROM '^search_path=(.*)$') FROM pg_db_role_setting s, unnest(s.setconfig) AS setting
        WHERE setting LIKE 'search\\_path=%' AND s.setrole IN (0, $1::oid)
          AND s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
        ORDER BY s.setrole <> 0 DESC, s.setdatabase <> 0 DESC LIMIT 1),
      (SELECT boot_val FROM pg_settings WHERE name = 'search_path')),
      '"$user"', quote_ident(pg_get_userbyid($1::oid))) || ', pg_temp', true)`;

/**
 * The plan of a statement with parameters, without running it: PREPARE and EXPLAIN EXECUTE under a generic plan. EXPLAIN
 * (GENERIC_PLAN) of PostgreSQL 16 would take its parameters from the extended protocol and plan for NULLs; the simple
 * protocol is no choice, for in it a second statement could follow. Run it as the last of a transaction.
 */
export async function genericPlan(
  query: Query,
  { sql, userid }: { readonly sql: string; readonly userid: string },
): Promise<readonly PlanStep[]> {
  await query(Anything, PATH, [userid]);
  await query(Anything, 'SAVEPOINT perfbot_plan');
  try {
    await query(Anything, `PREPARE /* perfbot */ perfbot_plan AS ${sql}`);
    const [parameters] = await query(
      Parameters,
      `SELECT /* perfbot */ cardinality(parameter_types) AS count FROM pg_prepared_statements WHERE name = 'perfbot_plan'`,
    );
    const nulls = Array.from({ length: parameters?.count ?? 0 }, () => 'NULL').join(', ');
    const values = nulls === '' ? '' : `(${nulls})`;
    const [answer] = await query(
      Answer,
      `EXPLAIN /* perfbot */ (FORMAT JSON, VERBOSE) EXECUTE perfbot_plan${values}`,
    );
    return answer ? planSteps(answer['QUERY PLAN']) : [];
  } finally {
    // A prepared statement outlives its transaction.
    await query(Anything, 'ROLLBACK TO SAVEPOINT perfbot_plan')
      .then(() => query(Anything, 'DEALLOCATE ALL'))
      // The connection is gone, and its prepared statements with it.
      .catch(() => undefined);
  }
}
