import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { request } from 'undici';
import type { LoadPlan, LoadResult } from '../core/loadtest/load-test.ts';
import type { LoadGenerator } from '../engine/ports/load-generator.ts';
import { addressOf } from './address.ts';
import { createMeter, type Meter } from './meter.ts';
import { startSender } from './sender.ts';
import { watchLateness } from './watch-lateness.ts';

const CHECK_WITHIN_MS = 5000;
const WINDOW_MS = 1000;

/** Sends load with autocannon, in this process. */
export function createLoadGenerator(): LoadGenerator {
  return {
    async check({ baseUrl, paths }) {
      try {
        const { statusCode, body } = await request(addressOf(baseUrl, paths[0] ?? '/'), {
          signal: AbortSignal.timeout(CHECK_WITHIN_MS),
        });
        await body.dump();
        return statusCode >= 500 ? `it answers ${statusCode}` : undefined;
      } catch (error) {
        return error instanceof Error ? wordsOf(error) : 'it does not answer';
      }
    },
    async send({ baseUrl, paths, stages }, { signal, onWindow, onPart }) {
      const meter = createMeter();
      const lateness = watchLateness();
      const began = performance.now();
      const window = () => onWindow(meter.closeWindow(performance.now() - began));
      const windows = setInterval(window, WINDOW_MS);
      try {
        for (const [index, stage] of stages.entries()) {
          if (signal.aborted) break;
          meter.ask(stage.ratePerSecond);
          await holdStage({ baseUrl, paths, ...stage, signal, meter });
          const { part = 0 } = stage;
          if (signal.aborted || (stages[index + 1]?.part ?? 0) !== part || index === stages.length - 1)
            onPart({ index: part, window: meter.closePart(performance.now() - began) });
        }
      } finally {
        clearInterval(windows);
      }
      window();
      return { ...meter.result(performance.now() - began), senderLateMs: lateness() } satisfies LoadResult;
    },
  };
}

/** One constant rate for its time, or until the test is stopped. */
async function holdStage(options: {
  readonly baseUrl: string;
  readonly paths: LoadPlan['paths'];
  readonly durationMs: number;
  readonly ratePerSecond: number;
  readonly signal: AbortSignal;
  readonly meter: Meter;
}): Promise<void> {
  const { durationMs, ratePerSecond, signal } = options;
  const stop = ratePerSecond > 0 ? startSender(options) : () => {};
  try {
    await pause(durationMs, undefined, { signal }).catch(() => {});
  } finally {
    stop();
  }
}

function wordsOf(error: Error): string {
  const cause = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  if (cause === 'ECONNREFUSED') return 'nobody listens there';
  if (cause === 'TimeoutError') return `it does not answer within ${CHECK_WITHIN_MS / 1000} s`;
  return `it cannot be reached (${cause})`;
}
