import { PerfbotError } from '../../core/errors.ts';
import type { Gap } from '../../core/evidence.ts';

/** A part that could not be read, as a gap with its reason and its mend. */
export function toGap(what: string, error: unknown): Gap {
  if (!(error instanceof PerfbotError)) throw error;
  return { what, reason: error.userMessage, ...(error.mend !== undefined && { mend: error.mend }) };
}

/** True when the container that was asked for is not there (any more). */
export function isGone(error: unknown): boolean {
  return error instanceof PerfbotError && error.reason === 'not_found';
}
