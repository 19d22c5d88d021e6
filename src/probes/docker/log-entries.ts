import type { LogEntry } from '../../core/logs/log-patterns.ts';
import type { LogLine } from './log-frames.ts';

/** A line that goes on with what the one before began: a stack frame, a cause, an indented object. */
const CONTINUATION = /^(?:\s+\S|Caused by: |Node\.js v\d|[}\])]+[,;]?$)/;
const MAX_ENTRY_LINES = 50;

/** Joins stack traces to the line that they belong to, per stream, and leaves out empty lines. */
export function toLogEntries(lines: readonly LogLine[]): readonly LogEntry[] {
  const entries: { at: number; parts: string[] }[] = [];
  const last = new Map<LogLine['stream'], { at: number; parts: string[] }>();
  for (const { at, stream, text } of lines) {
    if (text.trim() === '' || !Number.isFinite(at)) continue;
    const previous = last.get(stream);
    if (previous && CONTINUATION.test(text)) {
      if (previous.parts.length < MAX_ENTRY_LINES) previous.parts.push(text);
      continue;
    }
    const entry = { at, parts: [text] };
    entries.push(entry);
    last.set(stream, entry);
  }
  return entries.map(({ at, parts }) => ({ at, text: parts.join('\n') }));
}
