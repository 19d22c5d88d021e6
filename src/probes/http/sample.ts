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
  /** Only made because the first request to this route failed: it counts for nothing else. */
  readonly again?: boolean;
}

interface SamplingOptions {
  readonly schedule: readonly Route[];
  readonly requestsPerSecond: number;
  readonly timeoutMs: number;
  readonly bodyCapBytes: number;
  /** No request begins later than this after the first. */
  readonly budgetMs: number;
  /** Asks what failed when it was asked once a second time. */
  readonly askAgain: boolean;
  readonly signal: AbortSignal;
  readonly now: Clock;
}

/** After this many in a row the reason is clear. */
const HOPELESS_IN_A_ROW = 3;
/** Where more routes fail the first few say enough. */
const MOST_AGAIN = 5;

/** Asks one route after the other, in turn on a fresh and on a kept-alive connection. */
export async function takeSamples(options: SamplingOptions): Promise<readonly Sample[]> {
  const { schedule, signal, now, askAgain } = options;
  const agents = openAgents(schedule[0]?.url.protocol === 'https:');
  const samples: Sample[] = [];
  const isInTime = pace(options);
  const ask = async (route: Route, agent: HttpAgent): Promise<Sample> => {
    const { timeoutMs, bodyCapBytes } = options;
    const response = await timedRequest({ url: route.url, agent, timeoutMs, bodyCapBytes, signal });
    signal.throwIfAborted();
    return { ...response, route, at: now() };
  };
  try {
    for (const [index, route] of schedule.entries()) {
      if (!(await isInTime(index))) break;
      samples.push(await ask(route, turnOf(index, schedule) ? agents.fresh : agents.kept));
      if (isBrokenOff(samples)) return samples;
    }
    for (const [index, route] of (askAgain ? failedOnce(samples) : []).entries()) {
      if (!(await isInTime(schedule.length + index))) break;
      samples.push({ ...(await ask(route, agents.fresh)), again: true });
    }
    return samples;
  } finally {
    agents.fresh.destroy();
    agents.kept.destroy();
  }
}

/** True when the last answers leave no hope for the next: the rest was not asked. */
export function isBrokenOff(samples: readonly Sample[]): boolean {
  const latest = samples.slice(-HOPELESS_IN_A_ROW);
  return latest.length === HOPELESS_IN_A_ROW && latest.every(({ failure }) => isHopeless(failure));
}

/** True for a request that the user would call failed: no answer, or a status of 500 and above. */
export function isError({ status, failure }: Pick<Sample, 'status' | 'failure'>): boolean {
  return failure !== undefined || status === undefined || status >= 500;
}

function failedOnce(samples: readonly Sample[]): readonly Route[] {
  const asked = (route: Route) => samples.filter((sample) => sample.route === route).length;
  return samples
    .filter((sample) => isError(sample) && asked(sample.route) === 1)
    .map(({ route }) => route)
    .slice(0, MOST_AGAIN);
}

/** Waits until the request of that number is due; answers false when the time for all of them is over. */
function pace({ requestsPerSecond, budgetMs, signal }: SamplingOptions) {
  const startedAt = performance.now();
  return async (index: number): Promise<boolean> => {
    const dueIn = startedAt + (index * 1000) / requestsPerSecond - performance.now();
    if (dueIn > 0) await pause(dueIn, signal);
    return performance.now() - startedAt <= budgetMs;
  };
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
