/** How bad a log line says it is, worst first; `unknown` when it does not say. */
export const LOG_LEVELS = ['fatal', 'error', 'warning', 'info', 'debug', 'unknown'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const LEVEL_WORDS: Readonly<Record<string, LogLevel>> = {
  fatal: 'fatal',
  panic: 'fatal',
  emerg: 'fatal',
  emergency: 'fatal',
  crit: 'fatal',
  critical: 'fatal',
  alert: 'fatal',
  error: 'error',
  err: 'error',
  severe: 'error',
  warn: 'warning',
  warning: 'warning',
  info: 'info',
  information: 'info',
  notice: 'info',
  log: 'info',
  debug: 'debug',
  trace: 'debug',
  verbose: 'debug',
};
const WORDS = Object.keys(LEVEL_WORDS).join('|');

/** A level word as a logger writes it, or a number of pino and bunyan (10 trace … 60 fatal). */
export function parseLevel(value: unknown): LogLevel | undefined {
  if (typeof value === 'string') return LEVEL_WORDS[value.toLowerCase()];
  if (typeof value !== 'number') return undefined;
  if (value >= 60) return 'fatal';
  if (value >= 50) return 'error';
  if (value >= 40) return 'warning';
  return value >= 30 ? 'info' : 'debug';
}

/** Where a logger puts the level: `[error]`, `ERROR:`, `level=error`, behind a timestamp, glog's `E1123`. */
const EXPLICIT: readonly RegExp[] = [
  new RegExp(`\\b(?:level|lvl|severity|loglevel)=["']?(${WORDS})\\b`, 'i'),
  new RegExp(`^[^[\\]]{0,60}\\[(${WORDS})\\]`, 'i'),
  new RegExp(
    `^(?:[\\d\\sTZ:.,/+|-]|\\[[^\\]]*\\]|[A-Z]{3,4}\\b(?=\\s\\[))*\\s*(${WORDS})\\b\\s*(?:[:|\\-\\])]|\\s\\s?(?=\\S))`,
    'i',
  ),
];
const POSTGRES = /(?:^|\s)(PANIC|FATAL|ERROR|WARNING|LOG|NOTICE|DEBUG):\s{2}/;
const GLOG = /^([IWEF])\d{4}\s\d\d:\d\d:\d\d/;
const GLOG_LEVELS: Readonly<Record<string, LogLevel>> = { I: 'info', W: 'warning', E: 'error', F: 'fatal' };
/** Redis: `1:M 23 Nov 2026 13:00:00.000 # Warning`. */
const REDIS = /^\d+:[XCSM]\s.{0,40}?\d\s([.\-*#])\s/;
const REDIS_LEVELS: Readonly<Record<string, LogLevel>> = {
  '.': 'debug',
  '-': 'debug',
  '*': 'info',
  '#': 'warning',
};

/** Status behind `"GET /path HTTP/1.1"` or `GET /path`: in an access log nothing but the status tells of trouble. */
const ACCESS =
  /(?:"(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) [^"]*"|\b(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) \/\S*(?: HTTP\/[\d.]+)?)[\s:→-]*(?:\x1b\[\d+m)?(\d{3})\b/;

const FATAL_TEXT =
  /^(?:FATAL ERROR:|Killed$|panic: |Segmentation fault)|heap out of memory|^Uncaught |uncaughtException|unhandledRejection|UnhandledPromiseRejection/;
/** `Error: …`, `TypeError [CODE]: …`, `ValidationException: …` as a runtime prints them. */
const ERROR_NAME = /(?:^|[\s:(])(?:[A-Z]\w*)?(?:Error|Exception)(?: \[\w+\])?: \S/;
const ERROR_CODE =
  /\b(?:ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|EPIPE|ENOMEM|EMFILE|ENOSPC|EADDRINUSE)\b/;
/** The word itself, unless it is part of a path or a key (`/error-reports`, `error_count`) or counts to nothing. */
const ERROR_WORD =
  /(?<![\w/.=?&-])(?:errors?|failed|failure|exception|timed out|refused|npm ERR!)(?![\w/=-]|\.\w|["']?\s*[:=]\s*["']?(?:0|null|false|none|\[\])(?![\w.])|s?\(0\))/i;
const NEGATED =
  /\b(?:no|0|zero|without(?: any)?|ignored|handled|if|in case of)\s+(?:errors?|failures?|exceptions?|failed)\b/gi;
const WARNING_WORD = /(?<![\w/.=?&-])(?:warn|warning|deprecated|DeprecationWarning)\b(?![/=-]|\.\w)/i;

/** The level of a line of plain text. Which stream it came from says nothing: many programs log all to stderr. */
export function detectLevel(line: string): LogLevel {
  const explicit = explicitLevel(line);
  const status = Number(ACCESS.exec(line)?.[1]);
  if (Number.isFinite(status)) return explicit === 'error' || status >= 500 ? 'error' : (explicit ?? 'info');
  if (FATAL_TEXT.test(line)) return 'fatal';
  if (explicit !== undefined) return explicit;
  if (ERROR_NAME.test(line) || ERROR_CODE.test(line)) return 'error';
  if (ERROR_WORD.test(line.replace(NEGATED, ''))) return 'error';
  return WARNING_WORD.test(line) ? 'warning' : 'unknown';
}

function explicitLevel(line: string): LogLevel | undefined {
  const glog = GLOG.exec(line)?.[1];
  if (glog !== undefined) return GLOG_LEVELS[glog];
  const redis = REDIS.exec(line)?.[1];
  if (redis !== undefined) return REDIS_LEVELS[redis];
  const postgres = POSTGRES.exec(line)?.[1];
  if (postgres !== undefined) return LEVEL_WORDS[postgres.toLowerCase()];
  for (const pattern of EXPLICIT) {
    const word = pattern.exec(line)?.[1];
    if (word !== undefined) return LEVEL_WORDS[word.toLowerCase()];
  }
  return undefined;
}
