import {
  type LoadResult,
  type LoadStop,
  type LoadTest,
  loadTestKeys,
  type MeasuredPart,
} from '../../core/loadtest/load-test.ts';
import { cardKey } from '../../core/run.ts';
import type { LoadTestRenderer } from '../ports/load-test-renderer.ts';
import type { OutgoingMessage } from '../ports/message.ts';

// Positions in the thread, from when the test was asked for: who started it, its parts, why it stopped, its report.
// The keys and positions are always the same, so whoever tells something again changes nothing.
const PARTS_FROM = 1;
const STOPPED_AT = 100;
const REPORT_FROM = 1000;

/** Position of the first message of the report. */
export function reportPosition({ createdAt }: LoadTest): number {
  return createdAt + REPORT_FROM;
}

/** The first message of the thread. */
export function begunMessage(renderer: LoadTestRenderer, test: LoadTest): OutgoingMessage {
  const key = loadTestKeys.begun(test.id);
  return inThread(test, { key, after: 0, content: renderer.begun(test, key) });
}

/** What the thread says of the parts that are over. A plan of an earlier version names none. */
export function partMessages(
  renderer: LoadTestRenderer,
  test: LoadTest,
  measured: readonly MeasuredPart[],
): readonly OutgoingMessage[] {
  return measured
    .filter(({ index }) => test.plan.parts?.[index] !== undefined)
    .map((part) => {
      const key = loadTestKeys.part(test.id, part.index);
      return inThread(test, {
        key,
        after: PARTS_FROM + part.index,
        content: renderer.part(test, part, key),
      });
    });
}

/** Why it ended before its time; a test that sent nothing says so in its report alone. */
export function stoppedMessages(
  renderer: LoadTestRenderer,
  test: LoadTest,
  { result, stop }: { readonly result: LoadResult | undefined; readonly stop: LoadStop | undefined },
): readonly OutgoingMessage[] {
  if (result === undefined || stop === undefined) return [];
  const key = loadTestKeys.stopped(test.id);
  const content = renderer.stopped(test, { ...stop, afterMs: result.durationMs }, key);
  return [inThread(test, { key, after: STOPPED_AT, content })];
}

function inThread(
  { id, channel, createdAt }: LoadTest,
  { key, after, content }: Pick<OutgoingMessage, 'key' | 'content'> & { readonly after: number },
): OutgoingMessage {
  const threadOf = cardKey({ kind: 'run', runId: id });
  return { key, channel, threadOf, position: createdAt + after, content };
}
