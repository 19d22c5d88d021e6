import type { LoadTest, LoadWindow } from '../../core/loadtest/load-test.ts';
import type { MessageContent } from './message.ts';

/** Turns a load test that is under way into its message. Pure. */
export interface LoadTestRenderer {
  /** `window`: what was measured last; undefined before the first second. */
  progress(test: LoadTest, window: LoadWindow | undefined, key: string): MessageContent;
}
