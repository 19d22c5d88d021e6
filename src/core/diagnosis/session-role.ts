import { quoteName } from '../sql/statement-shape.ts';
import { numberIn, textIn } from './cells.ts';
import { collectedFor, type Facts, rowsOf } from './facts.ts';

const PROBE = 'postgres.activity';

/** The role of a session as SQL needs it: that of the process id, else the only role that is connected, else a placeholder. */
export function sessionRole(facts: Facts, service: string, pid?: number): string {
  const evidence = collectedFor(facts, PROBE, service);
  const own = rowsOf(evidence, 'sessions').find((row) => pid !== undefined && numberIn(row, 'pid') === pid);
  const connected = new Set(rowsOf(evidence, 'connections_by').map((row) => textIn(row, 'user')));
  const role = textIn(own, 'user') || (connected.size === 1 ? [...connected][0] : '');
  return role ? quoteName(role) : '<application role>';
}
