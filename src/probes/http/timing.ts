import { z } from 'zod';
import { Milliseconds } from '../../core/quantity.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import { planRoutes, scheduleRoutes } from './plan.ts';
import { takeSamples } from './sample.ts';
import { toObservation } from './summary.ts';

const BODY_CAP_BYTES = 5 * 1024 * 1024;

/** Parameters of `http.timing`: how many requests, how fast, how long. */
export const HttpTimingParams = z.strictObject({
  requests: z.int().min(1).max(200).default(20).describe('timed requests over all paths'),
  requests_per_second: z.number().positive().max(20).default(5),
  request_timeout: Milliseconds.pipe(z.number().min(50).max(30_000)).default(5000),
  budget: Milliseconds.pipe(z.number().min(100).max(120_000))
    .default(12_000)
    .describe('no request begins later; keep it below the deadline of the probe'),
});
export type HttpTimingParams = z.infer<typeof HttpTimingParams>;

/**
 * Times GET requests to the routes that the inventory allows. A service that refuses, or whose name does not resolve,
 * is measured as availability 0 with the reason as a fact: that is a finding, not a failed probe.
 */
export function httpTimingProbe(): Probe<'http', HttpTimingParams> {
  return {
    name: 'http.timing',
    title: 'HTTP response times',
    targetKind: 'http',
    cost: 'moderate',
    timeoutMs: 20_000,
    params: HttpTimingParams,
    async collect({ target, params, signal, now }) {
      signal.throwIfAborted();
      const schedule = scheduleRoutes(planRoutes(target), params.requests, now());
      const samples = await takeSamples({
        schedule,
        requestsPerSecond: params.requests_per_second,
        timeoutMs: params.request_timeout,
        bodyCapBytes: BODY_CAP_BYTES,
        budgetMs: params.budget,
        signal,
        now,
      });
      return toObservation(samples, schedule.length);
    },
  };
}
