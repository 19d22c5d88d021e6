import { type DestinationStream, destination, type Logger as PinoLogger, pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import type { Redact } from './core/redact.ts';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export const LOG_FORMATS = ['json', 'pretty'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

export interface LoggingOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Runs over every finished line, so no secret leaves in a message, a field or a stack. */
  readonly redact: Redact;
  /** Standard error leaves standard output to a command's result. A stream of one's own is for tests. */
  readonly output: 'stdout' | 'stderr' | DestinationStream;
}

/** Builds the log: one JSON object a line, or text for people. Lines are written at once, so a crash loses none. */
export function createLogger({ level, format, redact, output }: LoggingOptions): PinoLogger {
  const stream =
    typeof output === 'string' ? destination({ fd: output === 'stdout' ? 1 : 2, sync: true }) : output;
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: redact },
    },
    format === 'pretty' ? prettyStream(stream, typeof output === 'string') : stream,
  );
}

function prettyStream(stream: DestinationStream, colorize: boolean): DestinationStream {
  const toText = prettyFactory({ colorize, ignore: 'time', messageFormat: '{msg}' });
  return { write: (line) => stream.write(toText(line)) };
}
