import { PerfbotError } from '../core/errors.ts';

/** Codes of node:net and SQLSTATEs (classes 08, 53, 57P) that say: not now, perhaps later. */
const UNREACHABLE = /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN|08|53|57P)/;
const LOST =
  /Connection terminated|Connection ended|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed/;

/** A lost or refusing database becomes a PerfbotError that callers may wait for; other errors stay as they are. */
export function toDatabaseError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof PerfbotError) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (!UNREACHABLE.test(code) && !LOST.test(error.message)) return error;
  return new PerfbotError('unreachable', `database: ${code || 'connection lost'}`, {
    userMessage: 'The database does not answer.',
    mend: 'Check that PostgreSQL runs and that DATABASE_URL is right.',
    cause: error,
  });
}
