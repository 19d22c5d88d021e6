/** They do no work of their own and would only dilute the mean. */
const TRANSACTION_CONTROL =
  /^\s*(begin|start\s+transaction|commit|end|rollback|savepoint|release|set|reset|discard|deallocate)\b/i;

/** True for perfbot's own statements and for transaction control: neither is work of the application. */
export function isOverhead(statement: string): boolean {
  return statement.includes('/* perfbot */') || TRANSACTION_CONTROL.test(statement);
}
