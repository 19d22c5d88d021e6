import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Clock } from '../../engine/ports/runtime.ts';
import { pause } from '../pause.ts';
import { isHopeless } from './failures.ts';
import type { Route } from './plan.ts';
import { type TimedResponse, timedRequest } from './timed-request.ts';

/** One request of the probe. */
export interface Sample extends TimedResponse {
  readonly route: Route;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

interface SamplingOptions {
  readonly schedule: readonly Route[];
  readonly requestsPerSecond: number;
  readonly timeoutMs: number;
  readonly bodyCapBytes: number;
  /** No request begins later than this after the first. */
  readonly budgetMs: number;
  readonly signal: AbortSignal;
  readonly now: Clock;
}

/** After this many in a row the reason is clear. */
const HOPELESS_IN_A_ROW = 3;

/** Asks one route after the other, in turn on a fresh and on a kept-alive connection. */
export async function takeSamples(options: SamplingOptions): Promise<readonly Sample[]> {
  const { schedule, signal, now, requestsPerSecond, budgetMs } = options;
  const agents = openAgents(schedule[0]?.url.protocol === 'https:');
  const samples: Sample[] = [];
  const startedAt = performance.now();
  try {
    for (const [index, route] of schedule.entries()) {
      const dueIn = startedAt + (index * 1000) / requestsPerSecond - performance.now();
      if (dueIn > 0) await pause(dueIn, signal);
      const leftMs = budgetMs - (performance.now() - startedAt);
      if (leftMs < 0) break;
      const response = await timedRequest({
        url: route.url,
        agent: turnOf(index, schedule) ? agents.fresh : agents.kept,
        timeoutMs: options.timeoutMs,
        bodyCapBytes: options.bodyCapBytes,
        signal,
      });
      signal.throwIfAborted();
      samples.push({ ...response, route, at: now() });
      const latest = samples.slice(-HOPELESS_IN_A_ROW);
      if (latest.length === HOPELESS_IN_A_ROW && latest.every(({ failure }) => isHopeless(failure))) break;
    }
    return samples;
  } finally {
    agents.fresh.destroy();
    agents.kept.destroy();
  }
}

/** True for a fresh connection. Shifted every round, so that each route is asked both ways. */
function turnOf(index: number, schedule: readonly Route[]): boolean {
  const routes = new Set(schedule).size;
  return (index + Math.floor(index / routes)) % 2 === 0;
}

function openAgents(isTls: boolean): { readonly fresh: HttpAgent; readonly kept: HttpAgent } {
  const open = (keepAlive: boolean) =>
    isTls ? new HttpsAgent({ keepAlive, maxSockets: 1 }) : new HttpAgent({ keepAlive, maxSockets: 1 });
  return { fresh: open(false), kept: open(true) };
}
