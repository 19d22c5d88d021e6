import { createRedactor } from '../../core/redact.ts';

const SECRET_FLAG = /(\s--?[\w-]{0,40}(?:pass(?:word|wd)?|secret|token|api-?key|credentials?)\s+)(\S+)/gi;
const LONGEST_COMMAND = 200;

const redact = createRedactor();

/** A command line fit to be shown: passwords in flags, assignments and URLs are hidden; at most 200 characters. */
export function redactCommand(command: string): string {
  const redacted = redact(command).replace(SECRET_FLAG, '$1[redacted]');
  return redacted.length > LONGEST_COMMAND ? `${redacted.slice(0, LONGEST_COMMAND - 1)}…` : redacted;
}
