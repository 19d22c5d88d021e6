import type { AlertBatch } from '../core/alert/alert.ts';

/**
 * Turns the body of one sender into alerts. Pure.
 * @param raw the body as text; invalid UTF-8 was replaced
 * @param receivedAt milliseconds since the epoch; stands in for times that the sender does not give
 * @throws InputError that lists what is wrong with the body.
 */
export type AlertParser = (raw: string, receivedAt: number) => AlertBatch;
