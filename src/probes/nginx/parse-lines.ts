import { setImmediate } from 'node:timers/promises';
import type { LogLine } from '../docker/log-frames.ts';
import type { AccessEntry, HeldRequest, UpstreamError } from './access-entry.ts';
import { parseAccessLine } from './parse-access-line.ts';
import { parseErrorLine, parseHeldLine, saysConnectionsAreUsedUp } from './parse-error-line.ts';

/** Everybody else gets a turn after so many lines. */
const TURN_LINES = 500;

/** What the lines of a log say that holds the access log and the error log. */
export interface ReadLines {
  readonly entries: readonly AccessEntry[];
  readonly errors: readonly UpstreamError[];
  readonly held: readonly HeldRequest[];
  /** How often nginx said that its connections were used up. */
  readonly usedUp: number;
}

/** Reads both logs out of the lines of a container. @throws what the signal was aborted with. */
export async function parseLines(lines: readonly LogLine[], signal: AbortSignal): Promise<ReadLines> {
  const entries: AccessEntry[] = [];
  const errors: UpstreamError[] = [];
  const held: HeldRequest[] = [];
  let usedUp = 0;
  for (const [index, { at, text }] of lines.entries()) {
    if (index % TURN_LINES === TURN_LINES - 1) await setImmediate(undefined, { signal });
    const entry = parseAccessLine(at, text);
    if (entry) entries.push(entry);
    else usedUp += addComplaint(at, text, { errors, held });
  }
  return { entries, errors, held, usedUp };
}

/** 1 for a complaint that all connections are taken. */
function addComplaint(
  at: number,
  text: string,
  into: { readonly errors: UpstreamError[]; readonly held: HeldRequest[] },
): number {
  const error = parseErrorLine(at, text);
  if (error) into.errors.push(error);
  const limit = parseHeldLine(text);
  if (limit) into.held.push(limit);
  return saysConnectionsAreUsedUp(text) ? 1 : 0;
}
