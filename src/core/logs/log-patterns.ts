import { createDrain } from './drain.ts';
import { LOG_LEVELS, type LogLevel } from './log-level.ts';
import { maskVariables } from './mask-variables.ts';
import { parseLogLine } from './parse-log-line.ts';
import { redactSecrets } from './redact-secrets.ts';

/** One entry of a log: a line with the stack trace that belongs to it. */
export interface LogEntry {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly text: string;
}

export interface LogPattern {
  readonly pattern: string;
  readonly level: LogLevel;
  readonly count: number;
  readonly countBefore: number;
  readonly lastAt: number;
  /** The newest line, redacted. */
  readonly example: string;
}

export interface LogSummary {
  readonly lines: number;
  readonly errorLines: number;
  readonly errorLinesBefore: number;
  /** Errors first, then the most frequent. */
  readonly patterns: readonly LogPattern[];
}

/** Longer lines are cut before they are unpacked, and what they say before it is compared, in characters. */
const MAX_LINE = 32_000;
const MAX_MESSAGE = 2000;

interface Counted {
  readonly tokens: () => readonly string[];
  readonly level: LogLevel;
  count: number;
  countBefore: number;
  lastAt: number;
  example: string;
}

/** Takes entries one by one, so that a long log need not hold up everything else. */
interface LogSummariser {
  add(entry: LogEntry): void;
  summary(): LogSummary;
}

/** Groups entries into patterns and counts them since `windowStart` (ms since the epoch) and before it. */
export function createLogSummariser(windowStart: number): LogSummariser {
  const drain = createDrain();
  const patterns = new Map<number, Counted>();
  const total = { lines: 0, errorLines: 0, errorLinesBefore: 0 };
  return {
    add({ at, text }) {
      const { level, message } = parseLogLine(text.slice(0, MAX_LINE));
      const inWindow = at >= windowStart;
      if (inWindow) total.lines += 1;
      if (isErrorLevel(level)) total[inWindow ? 'errorLines' : 'errorLinesBefore'] += 1;
      const redacted = redactSecrets(message.slice(0, MAX_MESSAGE));
      const cluster = drain.add(maskVariables(firstLine(redacted)), level);
      const counted = patterns.get(cluster.id) ?? newCount(() => cluster.tokens, level);
      patterns.set(cluster.id, counted);
      counted[inWindow ? 'count' : 'countBefore'] += 1;
      if (at < counted.lastAt) return;
      counted.lastAt = at;
      counted.example = redacted;
    },
    summary() {
      const seen = [...patterns.values()].filter(({ count }) => count > 0);
      return { ...total, patterns: seen.map(toPattern).sort(byImportance) };
    },
  };
}

/** True for the levels that count as errors. */
function isErrorLevel(level: string): boolean {
  return level === 'error' || level === 'fatal';
}

function newCount(tokens: () => readonly string[], level: LogLevel): Counted {
  return { tokens, level, count: 0, countBefore: 0, lastAt: 0, example: '' };
}

function toPattern({ tokens, ...counted }: Counted): LogPattern {
  return { ...counted, pattern: tokens().join(' ') };
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

function byImportance(a: LogPattern, b: LogPattern): number {
  const rank = ({ level }: LogPattern) => (isErrorLevel(level) ? 0 : level === 'warning' ? 1 : 2);
  return (
    rank(a) - rank(b) ||
    b.count - a.count ||
    LOG_LEVELS.indexOf(a.level) - LOG_LEVELS.indexOf(b.level) ||
    a.pattern.localeCompare(b.pattern)
  );
}
