import { z } from 'zod';
import { ProbeError } from '../../core/errors.ts';
import type { Gap, Observation } from '../../core/evidence.ts';
import { Milliseconds } from '../../core/quantity.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import type { RedisAccess, RedisClients } from './clients.ts';
import { GRANTS } from './grants.ts';
import { eventSeries, eventTable, type LatencyEvents } from './latency-events.ts';
import { optionalPart } from './optional-part.ts';
import { numberOf, parseInfo } from './parse-info.ts';

const Params = z.strictObject({
  window: Milliseconds.pipe(z.number().min(1000).max(86_400_000))
    .default(600_000)
    .describe('how far back events count, for example 10m'),
});
export type RedisLatencyParams = z.infer<typeof Params>;

/** Name, time of the newest in seconds, its duration and the longest ever in milliseconds. */
const Latest = z.array(z.tuple([z.string().max(64), z.number(), z.number(), z.number()]).rest(z.unknown()));
const History = z.array(z.tuple([z.number(), z.number()]).rest(z.unknown()));

/** Redis knows about twenty kinds of events; more are not asked for. */
const MOST_KINDS = 30;

/** The moments when Redis itself stood still, as its latency monitor recorded them. */
export function redisLatencyProbe({
  clients,
}: {
  readonly clients: RedisClients;
}): Probe<'redis', RedisLatencyParams> {
  return {
    name: 'redis.latency',
    title: 'Redis latency events',
    targetKind: 'redis',
    cost: 'light',
    timeoutMs: 10_000,
    params: Params,
    async collect({ target, params, signal, now }) {
      const access = { targetId: target.id, signal, grant: GRANTS.events };
      const { serverNow, kinds } = await readEvents(clients, access, now());
      const since = serverNow - params.window;
      const recent = kinds
        .map(({ event, points }) => ({ event, points: points.filter(({ at }) => at >= since) }))
        .filter(({ points }) => points.length > 0);
      // With the monitor off there are no events; that is not the same as none.
      const gap = recent.length === 0 ? await monitorGap(clients, access) : undefined;
      if (gap) return { metrics: [], gaps: [gap], windowMs: params.window };
      return { ...observationOf(recent), windowMs: params.window };
    },
  };
}

async function readEvents(
  clients: RedisClients,
  access: RedisAccess,
  now: number,
): Promise<{ readonly serverNow: number; readonly kinds: readonly LatencyEvents[] }> {
  return clients.read(access, async (reader) => {
    const usec = numberOf(parseInfo(await reader.info()), 'server_time_usec');
    const latest = parse(Latest, await reader.latestEvents(), 'LATENCY LATEST');
    const kinds: LatencyEvents[] = [];
    for (const [event] of latest.slice(0, MOST_KINDS)) {
      access.signal.throwIfAborted();
      const history = parse(History, await reader.eventHistory(event), 'LATENCY HISTORY');
      kinds.push({ event, points: history.map(([seconds, ms]) => ({ at: seconds * 1000, value: ms })) });
    }
    return { serverNow: usec === undefined ? now : usec / 1000, kinds };
  });
}

async function monitorGap(clients: RedisClients, access: RedisAccess): Promise<Gap | undefined> {
  const what = 'Latency events';
  const part = await optionalPart(
    what,
    clients.read(access, async (reader) => String(await reader.latencyDoctor())),
  );
  if ('gap' in part) return part.gap;
  if (!/monitoring is disabled/i.test(part.value)) return undefined;
  return {
    what,
    reason: 'The latency monitor of this Redis is off, as it is by default.',
    mend: 'CONFIG SET latency-monitor-threshold 100',
  };
}

function observationOf(recent: readonly LatencyEvents[]): Observation {
  const durations = recent.flatMap(({ points }) => points.map(({ value }) => value));
  return {
    metrics: [
      { name: 'latency_events', value: durations.length, unit: 'count' },
      // 0: the monitor is on and nothing took longer than its threshold.
      { name: 'worst_latency_ms', value: Math.max(0, ...durations), unit: 'ms' },
    ],
    series: recent.map(eventSeries),
    tables: [eventTable(recent)],
  };
}

function parse<T>(schema: z.ZodType<T>, answer: unknown, command: string): T {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new ProbeError('invalid_response', `${command} answered in an unexpected form`, {
    userMessage: `Redis answered ${command} in an unexpected form.`,
  });
}
