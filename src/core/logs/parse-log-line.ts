import { z } from 'zod';
import { detectLevel, type LogLevel, parseLevel } from './log-level.ts';

/** A log line as people mean it: how bad, and what it says without its wrapping. */
export interface ParsedLine {
  readonly level: LogLevel;
  readonly message: string;
}

const JsonLine = z.record(z.string(), z.unknown());
const LEVEL_FIELDS = ['level', 'severity', 'lvl', 'log.level', 'levelname', 'loglevel'] as const;
const MESSAGE_FIELDS = ['msg', 'message', '@message', 'event', 'text'] as const;
const ERROR_FIELDS = ['err', 'error', 'exception'] as const;
const STATUS_FIELDS = ['status', 'statusCode', 'status_code'] as const;
const ANSI = /\x1b\[[\d;]*m/g;

/** Unpacks JSON lines (pino, winston, bunyan, zap, ECS); reads the level of plain ones by its usual places. */
export function parseLogLine(line: string): ParsedLine {
  const text = line.replace(ANSI, '').trim();
  const json = text.startsWith('{') ? parseJson(text) : undefined;
  if (json === undefined) return { level: detectLevel(firstLine(text)), message: text };
  const message = firstText(json, MESSAGE_FIELDS);
  const failure = failureOf(json);
  const told = [message, failure].filter((part) => part !== undefined && part !== '').join(': ');
  return { level: jsonLevel(json, message, failure), message: told === '' ? text : told };
}

function parseJson(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JsonLine.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function jsonLevel(
  json: Readonly<Record<string, unknown>>,
  message: string | undefined,
  failure: string | undefined,
): LogLevel {
  const [level] = LEVEL_FIELDS.map((field) => parseLevel(json[field])).filter((found) => found !== undefined);
  if (level !== undefined) return level;
  if (failure !== undefined) return 'error';
  const status = STATUS_FIELDS.map((field) => Number(json[field])).find(
    (value) => value >= 100 && value < 600,
  );
  if (status !== undefined) return status >= 500 ? 'error' : 'info';
  return message === undefined ? 'unknown' : detectLevel(firstLine(message));
}

function failureOf(json: Readonly<Record<string, unknown>>): string | undefined {
  for (const field of ERROR_FIELDS) {
    const value = json[field];
    if (typeof value === 'string' && value !== '') return value;
    const nested = JsonLine.safeParse(value).data;
    const text = nested && firstText(nested, ['message', 'msg', 'type', 'name', 'code']);
    if (text !== undefined) return text;
  }
  return undefined;
}

function firstText(json: Readonly<Record<string, unknown>>, fields: readonly string[]): string | undefined {
  for (const field of fields) {
    const value = json[field];
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}

/** The lines below the first are a stack trace or source code, where the word "Error" says nothing. */
function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
