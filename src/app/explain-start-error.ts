import { InputError, PerfbotError } from '../core/errors.ts';

/** What to print when perfbot cannot start: what is wrong, where, and how to mend it; a stack only for what nobody expected. */
export function explainStartError(error: unknown): string {
  if (error instanceof InputError) {
    const lines = error.problems.map(
      ({ path, message, file, line }) =>
        `  ${[file, line].filter(Boolean).join(':')}${file ? ' ' : ''}${path}: ${message}`,
    );
    return [`perfbot cannot start: ${error.userMessage}`, ...lines].join('\n');
  }
  if (error instanceof PerfbotError)
    return [
      `perfbot cannot start: ${error.userMessage}`,
      ...(error.mend === undefined ? [] : [`  ${error.mend}`]),
    ].join('\n');
  return `perfbot cannot start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
