import type { LoadStop, LoadTest, LoadWindow, MeasuredPart } from '../../core/loadtest/load-test.ts';
import type { MessageContent } from './message.ts';

/** Turns a load test into its message, and into what its thread says before the report. Pure. */
export interface LoadTestRenderer {
  /** `window`: what was measured last; undefined before the first second. */
  progress(test: LoadTest, window: LoadWindow | undefined, key: string): MessageContent;
  /** Who started what. */
  begun(test: LoadTest, key: string): MessageContent;
  /** A part of the test that is over. */
  part(test: LoadTest, part: MeasuredPart, key: string): MessageContent;
  /** Why it ended before its time, `afterMs` from its beginning. */
  stopped(test: LoadTest, stop: LoadStop & { readonly afterMs: number }, key: string): MessageContent;
}
