import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import type { Gap, Observation, Table } from '../../core/evidence.ts';
import {
  createLogSummariser,
  type LogEntry,
  type LogPattern,
  type LogSummary,
} from '../../core/logs/log-patterns.ts';
import { Duration } from '../../core/quantity.ts';
import { topRows } from '../../core/top-rows.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import type { DockerClient } from './client.ts';
import { parseDockerTime } from './container-facts.ts';
import { findContainer } from './find-container.ts';
import { toLogEntries } from './log-entries.ts';
import { type ReadLog, readNewestLines } from './read-newest-lines.ts';
import type { ContainerDetails } from './schemas.ts';

const MAX_PATTERNS = 20;
const MAX_EXAMPLE = 500;
/** A shorter stretch before the window says nothing of what is usual. */
const LEAST_SHARE_BEFORE = 0.1;

const TURN_LINES = 500;

const Params = z.object({
  /** The window that is counted; the one of the same length before it is for comparison. */
  window: Duration.default(900_000),
  /** Newest lines that are read at most. */
  tail: z.number().int().min(1).max(20_000).default(20_000),
});

export interface DockerLogsOptions {
  readonly docker: Pick<DockerClient, 'containers' | 'inspect' | 'logs'>;
}

/** Patterns and error rate in the log of a container, in a window and in the one before it; secrets are hidden. */
export function dockerLogsProbe({ docker }: DockerLogsOptions): Probe<'container', z.infer<typeof Params>> {
  return {
    name: 'docker.logs',
    title: 'Container log',
    targetKind: 'container',
    cost: 'moderate',
    timeoutMs: 10_000,
    params: Params,
    async collect({ target, params, signal, now }) {
      const details = await findContainer(docker, target, signal);
      const until = lastMoment(details, now());
      const since = until - 2 * params.window;
      const read = await readNewestLines(docker, details, { since, tail: params.tail, signal });
      return await toObservation({ ...read, details, until, window: params.window, signal });
    },
  };
}

/** The log of a container that ended is read up to its end: that is where the reason stands. */
function lastMoment({ State }: ContainerDetails, now: number): number {
  const finishedAt = State.Running ? undefined : parseDockerTime(State.FinishedAt);
  return finishedAt === undefined ? now : Math.min(now, finishedAt + 1000);
}

interface Read extends ReadLog {
  readonly details: ContainerDetails;
  readonly until: number;
  readonly window: number;
  readonly signal: AbortSignal;
}

async function toObservation({ lines, partial, details, until, window, signal }: Read): Promise<Observation> {
  const times = lines.map(({ at }) => at).filter(Number.isFinite);
  const firstKnown = partial ? Math.min(...times) : (parseDockerTime(details.Created) ?? 0);
  const coveredFrom = Math.min(Math.max(firstKnown, until - 2 * window), until - 1);
  const windowStart = Math.max(until - window, coveredFrom);
  const windowMs = until - windowStart;
  const beforeMs = windowStart - coveredFrom;
  const summary = await summarise(toLogEntries(lines), windowStart, signal);
  const bytes = lines.reduce(
    (sum, { at, text }) => sum + (at >= windowStart ? Buffer.byteLength(text) + 1 : 0),
    0,
  );
  const known = beforeMs >= LEAST_SHARE_BEFORE * window;
  return {
    metrics: [
      { name: 'lines', value: summary.lines, unit: 'count' },
      { name: 'error_lines', value: summary.errorLines, unit: 'count' },
      { name: 'error_lines_per_minute', value: perMinute(summary.errorLines, windowMs), unit: 'per_minute' },
      { name: 'bytes_per_second', value: (bytes * 1000) / windowMs, unit: 'bytes_per_second' },
      ...(known
        ? [
            {
              name: 'error_ratio_before',
              value: perMinute(summary.errorLinesBefore, beforeMs),
              unit: 'per_minute',
            } as const,
          ]
        : []),
    ],
    tables: [patternTable(summary.patterns)],
    gaps: partial ? [partialGap(lines.length, windowMs)] : [],
    windowMs,
  };
}

/** Twenty thousand lines take most of a second; in between, everybody else gets a turn. */
async function summarise(
  entries: readonly LogEntry[],
  windowStart: number,
  signal: AbortSignal,
): Promise<LogSummary> {
  const summariser = createLogSummariser(windowStart);
  for (const [index, entry] of entries.entries()) {
    if (index % TURN_LINES === TURN_LINES - 1) await setImmediate(undefined, { signal });
    summariser.add(entry);
  }
  return summariser.summary();
}

function perMinute(count: number, spanMs: number): number {
  return (count * 60_000) / spanMs;
}

function partialGap(lines: number, windowMs: number): Gap {
  return {
    what: 'older log lines',
    reason: `The log is so large that only its newest ${lines} lines (${Math.round(windowMs / 1000)} s) were read.`,
  };
}

function patternTable(patterns: readonly LogPattern[]): Table {
  return {
    name: 'patterns',
    title: 'Log patterns',
    columns: [
      { name: 'pattern', title: 'Pattern', format: 'log' },
      { name: 'level', title: 'Level' },
      { name: 'count', title: 'Count', unit: 'count' },
      { name: 'count_before', title: 'Before', unit: 'count' },
      { name: 'last_at', title: 'Last', unit: 'timestamp' },
      { name: 'example', title: 'Newest line', format: 'log' },
    ],
    ...topRows(patterns, MAX_PATTERNS, ({ pattern, level, count, countBefore, lastAt, example }) => [
      pattern.slice(0, MAX_EXAMPLE),
      level,
      count,
      countBefore,
      lastAt,
      example.slice(0, MAX_EXAMPLE),
    ]),
  };
}
