import { formatValue } from '../unit.ts';
import type { EvidenceLine } from './cause.ts';
import type { NamedFunction, NodeView } from './node-view.ts';

/** What kind of work a hot function does, so that one fault has one name. */
export type Nature = 'json' | 'crypto' | 'output' | 'code';

/** From this share on one function is the reason; the rest of a profile is spread over dozens. */
export const HOT_SHARE = 0.25;

const CRYPTO_PLACE =
  /node:internal\/crypto\/|node:crypto|node_modules\/(?:bcrypt|bcryptjs|argon2|@node-rs\/(?:bcrypt|argon2)|scrypt-js|crypto-js|node-forge|tweetnacl|@noble)\b/;
const JSON_CODE = /\bJSON\s*\.\s*(?:parse|stringify)\s*\(/;
const JSON_PLACE =
  /\bparseJSON\w* \(node:|node_modules\/(?:fast-json-stringify|superjson|safe-stable-stringify|json-bigint|devalue|body-parser\/lib\/types\/json)\b/;
const OUTPUT_PLACE =
  /\(node:(?:internal\/(?:console|stream|streams|stdio|tty|util\/inspect)|net|stream|tty)\b/;

/** The kind of work, from where most of the time really passes and from the busiest line. */
export function natureOf({ place, mostlyIn, code }: NamedFunction): Nature {
  const where = `${place} ${mostlyIn}`;
  if (CRYPTO_PLACE.test(where)) return 'crypto';
  if (JSON_CODE.test(code) || JSON_PLACE.test(where)) return 'json';
  return OUTPUT_PLACE.test(where) ? 'output' : 'code';
}

/** `hotLoop (src/orders.js:12)` */
export function functionText({ name, place }: NamedFunction): string {
  return place === '' ? name : `${name} (${place})`;
}

export function profileLine(view: NodeView, hot: NamedFunction): EvidenceLine | undefined {
  const inside = hot.mostlyIn === '' ? '' : `, most of it in ${hot.mostlyIn}`;
  const text = `${functionText(hot)} takes ${formatValue(hot.share, 'ratio')} of its CPU time${inside}`;
  return view.line('cpu', 'hottest_share', text, HOT_SHARE);
}

/** The busiest line of the source; text of the program, to be shown as it is. */
export function codeLine(view: NodeView, { code }: NamedFunction): EvidenceLine | undefined {
  return code === '' ? undefined : view.line('cpu', 'samples', `the busiest line there: ${code}`);
}
