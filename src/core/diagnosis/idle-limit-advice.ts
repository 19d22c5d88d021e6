import type { CauseAdvice } from './cause.ts';

/** Lets PostgreSQL end the sessions of a role that do nothing within a transaction; `role` as SQL writes it. */
export function idleLimitAdvice(role: string, why: string): CauseAdvice {
  return {
    title: 'Limit how long a transaction may stand idle',
    why,
    effect: 'changes',
    command: `ALTER ROLE ${role} SET idle_in_transaction_session_timeout = '60s';`,
    risk: 'Sessions that are idle in a transaction for longer are ended with an error.',
    undo: `ALTER ROLE ${role} RESET idle_in_transaction_session_timeout;`,
    source:
      'https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-IDLE-IN-TRANSACTION-SESSION-TIMEOUT',
  };
}
