import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** A new id in Slack's form: its kind as first letter, then ten letters and digits. */
export function newSlackId(kind: 'F' | 'D' | 'V' | 'E'): string {
  return kind + [...randomBytes(10)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
}

/** An address part that nobody can guess. */
export function newTicket(): string {
  return randomBytes(18).toString('base64url');
}

/** Five letters, as Slack gives to blocks and elements without an id of their own. */
export function newBlockId(): string {
  return randomBytes(4).toString('base64url').slice(0, 5);
}
