import { z } from 'zod';
import { PerfbotError } from '../../core/errors.ts';
import type { Gap } from '../../core/evidence.ts';
import type { JaegerTarget } from '../../core/inventory/target.ts';
import { Milliseconds } from '../../core/quantity.ts';
import type { Trace } from '../../core/traces/span.ts';
import { formatDuration } from '../../core/unit.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import type { JaegerClient, TraceQuery } from './client.ts';
import { toTraceObservation } from './observation.ts';

const Params = z.strictObject({
  window: Milliseconds.pipe(z.number().min(1000)).default(900_000).describe('how far back, for example 15m'),
  min_duration: Milliseconds.pipe(z.number().min(0))
    .default(500)
    .describe('slow traces first; when there is none, any'),
  traces: z.int().min(1).max(20).default(20).describe('traces that are read at most'),
});
export type JaegerTracesParams = z.infer<typeof Params>;

const MOST_NAMES = 10;
const FEW = 3;

/** Which spans own the time of slow requests, whom the service waits for, and calls that repeat: from the traces in Jaeger. */
export function jaegerTracesProbe({
  client,
}: {
  readonly client: JaegerClient;
}): Probe<'jaeger', JaegerTracesParams> {
  return {
    name: 'jaeger.traces',
    title: 'Traces in Jaeger',
    targetKind: 'jaeger',
    cost: 'light',
    timeoutMs: 15_000,
    params: Params,
    async collect({ target, params, signal, now }) {
      const known = await client.services(signal);
      const service = target.traceNames.find((name) => known.includes(name));
      if (service === undefined) return { metrics: [], gaps: [unknownGap(target, known)] };
      const to = now();
      const ask = (minDurationMs: number) =>
        askFor(
          client,
          { service, from: to - params.window, to, minDurationMs, limit: params.traces },
          signal,
        );
      const slow = await ask(params.min_duration);
      const traces = slow.length > 0 || params.min_duration === 0 ? slow : await ask(0);
      if (traces.length === 0) {
        const reason = `Jaeger holds no trace of ${service} in the last ${formatDuration(params.window)}`;
        return { metrics: [], gaps: [{ what: 'traces', reason }], windowMs: params.window };
      }
      const chosen =
        slow.length > 0
          ? `the newest of ${formatDuration(params.min_duration)} and more`
          : `no sampled trace took ${formatDuration(params.min_duration)}: the newest of any`;
      const observation = toTraceObservation(traces, service);
      return { ...observation, facts: { ...observation.facts, chosen }, windowMs: params.window };
    },
  };
}

/** Traces of thousands of spans may be too much for one answer; a few of them still tell. */
async function askFor(
  client: JaegerClient,
  query: TraceQuery,
  signal: AbortSignal,
): Promise<readonly Trace[]> {
  try {
    return await client.traces(query, signal);
  } catch (error) {
    const isTooMuch = error instanceof PerfbotError && error.reason === 'overloaded' && query.limit > FEW;
    if (!isTooMuch) throw error;
    return client.traces({ ...query, limit: FEW }, signal);
  }
}

function unknownGap({ service, traceNames }: JaegerTarget, known: readonly string[]): Gap {
  const names = known.slice(0, MOST_NAMES).join(', ');
  const more = known.length > MOST_NAMES ? ', …' : '';
  return {
    what: `traces of ${service}`,
    reason: `Jaeger knows no service ${traceNames[0] ?? service}${names === '' ? '' : `; it knows ${names}${more}`}`,
    mend: `add traces: NAME to ${service} in services.yaml, with the name under which it reports its traces`,
  };
}
