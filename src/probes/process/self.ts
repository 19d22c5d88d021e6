import { type EventLoopUtilization, monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { z } from 'zod';
import { Milliseconds } from '../../core/quantity.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import { pause } from '../pause.ts';

/** Parameters: `window`, 0.1 s to 10 s. */
export const SelfParams = z.strictObject({
  window: Milliseconds.pipe(z.number().min(100).max(10_000))
    .default(1000)
    .describe('how long perfbot watches itself, for example 1s'),
});
export type SelfParams = z.infer<typeof SelfParams>;

const RESOLUTION_MS = 10;

/** perfbot's own event loop, memory and CPU over a window. */
export function processSelfProbe(): Probe<'process', SelfParams> {
  return {
    name: 'process.self',
    title: 'perfbot itself',
    targetKind: 'process',
    cost: 'light',
    timeoutMs: 15_000,
    params: SelfParams,
    async collect({ params, signal }) {
      signal.throwIfAborted();
      const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
      const before = readProcess();
      delay.enable();
      try {
        await pause(params.window, signal);
      } finally {
        delay.disable();
      }
      const after = readProcess();
      const elapsedMs = after.atMs - before.atMs;
      const cpuMs = (after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system) / 1000;
      // The histogram holds timer intervals; what exceeds the resolution is delay.
      const delayMs = delay.count > 0 ? [Math.max(0, delay.max / 1e6 - RESOLUTION_MS)] : [];
      return {
        metrics: [
          ...delayMs.map((value) => ({ name: 'event_loop_delay_max_ms', value, unit: 'ms' }) as const),
          { name: 'event_loop_utilisation', value: utilisation(after.loop, before.loop), unit: 'ratio' },
          { name: 'heap_used_bytes', value: after.memory.heapUsed, unit: 'bytes' },
          { name: 'rss_bytes', value: after.memory.rss, unit: 'bytes' },
          { name: 'cpu_cores', value: cpuMs / elapsedMs, unit: 'cores' },
        ],
        facts: { node: process.version },
        ...(delayMs.length === 0 && {
          gaps: [{ what: 'event loop delay', reason: 'no timer fired in the window' }],
        }),
        windowMs: Math.round(elapsedMs),
      };
    },
  };
}

function readProcess() {
  return {
    atMs: performance.now(),
    cpu: process.cpuUsage(),
    memory: process.memoryUsage(),
    loop: performance.eventLoopUtilization(),
  };
}

function utilisation(after: EventLoopUtilization, before: EventLoopUtilization): number {
  return performance.eventLoopUtilization(after, before).utilization;
}
