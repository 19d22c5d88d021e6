import { z } from 'zod';
import { offsetOf } from '../../core/monitor/offset.ts';
import { Milliseconds } from '../../core/quantity.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import { planRoutes, scheduleRoutes } from './plan.ts';
import { takeSamples } from './sample.ts';
import { toObservation } from './summary.ts';

const BODY_CAP_BYTES = 5 * 1024 * 1024;

/** Parameters of `http.timing`: how many requests, how fast, how long. */
export const HttpTimingParams = z.strictObject({
  requests: z.int().min(1).max(200).default(20).describe('timed requests over all paths'),
  each_route_up_to: z
    .int()
    .min(0)
    .max(50)
    .default(0)
    .describe('so many routes are asked at least once each, where there are more of them than requests'),
  ask_again: z
    .boolean()
    .default(false)
    .describe('asks a route that failed when it was asked once a second time'),
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
  // By target: which of its routes is next, where not all of them have their turn in one look.
  const next = new Map<string, number>();
  return {
    name: 'http.timing',
    title: 'HTTP response times',
    targetKind: 'http',
    cost: 'moderate',
    timeoutMs: 20_000,
    params: HttpTimingParams,
    async collect({ target, params, signal, now }) {
      signal.throwIfAborted();
      const routes = planRoutes(target);
      const timed = routes.filter((route) => route.timed).length;
      const requests = Math.max(params.requests, Math.min(timed, params.each_route_up_to));
      const inTurns = timed > params.requests;
      const first = inTurns ? (next.get(target.id) ?? offsetOf(String(now()), timed)) : 0;
      const schedule = scheduleRoutes(routes, requests, first);
      const samples = await takeSamples({
        schedule,
        askAgain: params.ask_again,
        requestsPerSecond: params.requests_per_second,
        timeoutMs: params.request_timeout,
        bodyCapBytes: BODY_CAP_BYTES,
        budgetMs: params.budget,
        signal,
        now,
      });
      const asked = samples.filter(({ route, again }) => route.timed && again !== true).length;
      if (inTurns) next.set(target.id, (first + asked) % timed);
      return toObservation(samples, schedule.length);
    },
  };
}
