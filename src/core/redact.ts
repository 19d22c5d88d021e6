/** Replaces what must not be seen in a text: a log line, a Slack message, an error. */
export type Redact = (text: string) => string;

const HIDDEN = '[redacted]';

/** Shorter values are words of everyday text: hiding them would only make messages unreadable. */
const LEAST_SECRET_LENGTH = 6;

const SECRET_NAME =
  '[\\w.-]{0,40}(?:passw(?:or)?d|secret|token|authorization|cookie|credentials?|api[_-]?key|private[_-]?key)[\\w.-]{0,40}';

/** Shapes that are secret whoever issued them. No pattern crosses a double quote, so JSON stays JSON. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^"]{0,8000}?-----END [A-Z ]{0,30}PRIVATE KEY-----/g, HIDDEN],
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@"<>]{0,200}):[^\s/"<>]{1,500}@/gi, `$1:${HIDDEN}@`],
  [/\bx(?:ox[a-z]|app|oxe\.xox[a-z])-[A-Za-z0-9-]{6,}/g, HIDDEN],
  [/(hooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]+/gi, `$1${HIDDEN}`],
  [/\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*/g, HIDDEN],
  [/\bAKIA[A-Z0-9]{16}\b/g, HIDDEN],
  [/\b(Bearer\s+)(?:[\w.~+/=-]{16,}|(?=[\w.~+/=-]{0,15}\d)[\w.~+/=-]{6,})/gi, `$1${HIDDEN}`],
  [/\b(authorization["']?\s{0,3}[:=]\s{0,3}["']?(?:basic|digest|token)\s+)[^\s"',;]{2,}/gi, `$1${HIDDEN}`],
  [new RegExp(`("${SECRET_NAME}"\\s{0,3}:\\s{0,3}")(?:[^"\\\\]|\\\\.)+`, 'gi'), `$1${HIDDEN}`],
  [new RegExp(`\\b(${SECRET_NAME}=)[^\\s&"',;]+`, 'gi'), `$1${HIDDEN}`],
];

/**
 * Builds a redactor that hides the given values wherever they stand, also percent-encoded, in base64 or escaped in JSON,
 * and whatever has the shape of a secret: credentials in URLs, Slack and bearer tokens, JWTs, `password=…`.
 */
export function createRedactor(secrets: readonly string[] = []): Redact {
  const known = [...new Set(secrets.flatMap(spellings))]
    .filter((secret) => secret.length >= LEAST_SECRET_LENGTH)
    .sort((a, b) => b.length - a.length);
  const pattern = known.length > 0 ? new RegExp(known.map(escapeRegExp).join('|'), 'g') : undefined;
  return (text) => {
    const withoutKnown = pattern ? text.replace(pattern, () => HIDDEN) : text;
    return SHAPES.reduce(
      (current, [shape, replacement]) => current.replace(shape, replacement),
      withoutKnown,
    );
  };
}

function spellings(secret: string): readonly string[] {
  if (secret.length < LEAST_SECRET_LENGTH) return [];
  const base64 = Buffer.from(secret, 'utf8').toString('base64').replace(/=+$/, '');
  return [secret, encodeURIComponent(secret), base64, JSON.stringify(secret).slice(1, -1)];
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
