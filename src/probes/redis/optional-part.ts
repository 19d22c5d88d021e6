import { PerfbotError } from '../../core/errors.ts';
import type { Gap } from '../../core/evidence.ts';

/** What a part of a probe answered, or the gap that it leaves when this server or user does not allow it. */
export type Part<T> = { readonly value: T } | { readonly gap: Gap };

/** A right or command that is missing costs only the part that needs it; everything else still fails the probe. */
export async function optionalPart<T>(what: string, answer: Promise<T>): Promise<Part<T>> {
  try {
    return { value: await answer };
  } catch (error) {
    if (!(error instanceof PerfbotError)) throw error;
    if (error.reason !== 'permission' && error.reason !== 'unsupported') throw error;
    const { userMessage, mend } = error;
    return { gap: { what, reason: userMessage, ...(mend !== undefined && { mend }) } };
  }
}
