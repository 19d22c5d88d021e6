import { createRedactor, type Redact } from '../redact.ts';

const HIDDEN = '[redacted]';
const SECRET_NAME =
  '[\\w.-]{0,40}(?:passw(?:or)?d|pwd|secret|token|cookie|credentials?|api[_-]?key|access[_-]?key|private[_-]?key)';

/** What programs write into logs and people into commands, on top of the shapes that are secret everywhere. */
const REDACTIONS: readonly (readonly [RegExp, string])[] = [
  // `--password hunter2`, `-H "X-Token: abc"`, `password: hunter2`, `token='abc'`.
  [new RegExp(`(--${SECRET_NAME}\\s+)(?!-)\\S+`, 'gi'), `$1${HIDDEN}`],
  [
    new RegExp(`\\b(${SECRET_NAME}["']?\\s{0,3}[:=]\\s{0,3}["']?)(?!\\[redacted\\])[^\\s"',;&}\\]]+`, 'gi'),
    `$1${HIDDEN}`,
  ],
  [/\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|sk-[\w-]{20,}|AIza[\w-]{30,})/g, HIDDEN],
  [/\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,5}\.[a-z]{2,24}\b/gi, '[email]'],
];

/** No secret is found without one of these, and most lines of a log have none: one look instead of fifteen. */
const HINT =
  /pass|pwd|secret|token|auth|cookie|cred|key|bearer|@|eyJ|xox|xapp|gh[pousr]_|github_pat|glpat|sk-|AKIA|AIza|hooks/i;

const redactShapes: Redact = createRedactor();

/**
 * Hides what must not leave the machine in a line of a log or a command: passwords in URLs and arguments, bearer
 * tokens, keys, cookies, e-mail addresses. Best effort: a secret without any telling sign stays.
 */
export function redactSecrets(text: string): string {
  if (!HINT.test(text)) return text;
  return REDACTIONS.reduce(
    (redacted, [shape, replacement]) => redacted.replace(shape, replacement),
    redactShapes(text),
  );
}
