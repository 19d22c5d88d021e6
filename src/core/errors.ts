/** Why an operation failed, in words a dashboard can group by. The list is closed. */
export type FailureReason =
  | 'timeout'
  | 'unreachable'
  | 'unauthorized'
  | 'permission'
  | 'not_found'
  | 'invalid_input'
  | 'invalid_response'
  | 'not_configured'
  | 'unsupported'
  | 'overloaded'
  | 'cancelled'
  | 'internal';

export interface FailureOptions {
  /** Text for people. Never holds a secret, a stack or a URL with credentials. */
  readonly userMessage?: string;
  /** The one line that mends it: a command, a variable to set, a grant. */
  readonly mend?: string;
  readonly cause?: unknown;
}

/** Base of every error that perfbot throws on purpose. */
export class PerfbotError extends Error {
  override readonly name: string = 'PerfbotError';
  readonly reason: FailureReason;
  readonly userMessage: string;
  readonly mend: string | undefined;

  constructor(reason: FailureReason, message: string, options: FailureOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.reason = reason;
    this.userMessage = options.userMessage ?? `Internal error (${reason}).`;
    this.mend = options.mend;
  }

  /** A timeout may pass next time; a refused password will not. */
  get retryable(): boolean {
    return this.reason === 'timeout' || this.reason === 'unreachable' || this.reason === 'overloaded';
  }
}

/** Thrown by a probe that cannot reach or read its target; becomes `unavailable` evidence. */
export class ProbeError extends PerfbotError {
  override readonly name = 'ProbeError';
}

/** One thing that is wrong with an input: where it stands and how to mend it. */
export interface Problem {
  /** Dotted path inside the input, `""` for the whole; with `line` where the input is a file. */
  readonly path: string;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
}

/** A problem in one line: `checklists.yaml:3 schedules.0.at: write a time as "09:00"`. */
export function problemLine({ file, line, path, message }: Problem): string {
  const place = [file, line].filter((part) => part !== undefined && part !== '').join(':');
  return `${[place, path].filter((part) => part !== '').join(' ')}: ${message}`;
}

/** Thrown when an input breaks its schema; lists every problem at once. */
export class InputError extends PerfbotError {
  override readonly name = 'InputError';
  readonly problems: readonly Problem[];

  constructor(message: string, problems: readonly Problem[]) {
    super('invalid_input', message, { userMessage: message });
    this.problems = problems;
  }
}
