/** They do no work of their own and would only dilute the mean. */
const TRANSACTION_CONTROL =
  /^\s*(begin|start\s+transaction|commit|end|rollback|savepoint|release|set|reset|discard|deallocate)\b/i;

/** They read tables through a small ring of buffers, whatever fits into the cache. */
const UPKEEP =
  /^\s*(vacuum|analyze|analyse|cluster|reindex|create\s+(unique\s+)?index|refresh\s+materialized)\b/i;

/** True for upkeep that reads whole tables, as autovacuum does. */
export function isUpkeep(statement: string): boolean {
  return UPKEEP.test(statement);
}

/** True for perfbot's own statements and for transaction control: neither is work of the application. */
export function isOverhead(statement: string): boolean {
  return statement.includes('/* perfbot */') || TRANSACTION_CONTROL.test(statement);
}
