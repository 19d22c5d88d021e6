import { InputError, PerfbotError } from '../core/errors.ts';

/** What to print when nothing can be done: what is wrong, where, and how to mend it; a stack only for what nobody expected. `beginning` says who cannot do what. */
export function explainStartError(error: unknown, beginning = 'perfbot cannot start'): string {
  if (error instanceof InputError) {
    const lines = error.problems.map(
      ({ path, message, file, line }) =>
        `  ${[file, line].filter(Boolean).join(':')}${file ? ' ' : ''}${path}: ${message}`,
    );
    return [`${beginning}: ${error.userMessage}`, ...lines].join('\n');
  }
  if (error instanceof PerfbotError)
    return [
      `${beginning}: ${error.userMessage}`,
      ...(error.mend === undefined ? [] : [`  ${error.mend}`]),
    ].join('\n');
  return `${beginning}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
