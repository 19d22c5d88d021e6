import { z } from 'zod';
import type { Gap, Metric, Series } from '../../core/evidence.ts';
import { Milliseconds } from '../../core/quantity.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import { pause } from '../pause.ts';
import type { RedisClients } from './clients.ts';
import { countLookups, type InfoLook, type InfoWindow, sumOf, windowOf } from './info-metrics.ts';
import { commandsOf, commandTable, errorTable } from './info-tables.ts';
import { growth, nestedFields, parseInfo, serverVersion } from './parse-info.ts';

const Params = z.strictObject({
  window: Milliseconds.pipe(z.number().min(100).max(60_000))
    .default(4000)
    .describe('time that is looked at, for example 8s'),
  slice: Milliseconds.pipe(z.number().min(50).max(10_000))
    .default(250)
    .describe('time between two readings within the window: bursts that are shorter look longer'),
});
export type RedisCommandsParams = z.infer<typeof Params>;

/** Commands that store a value under a key: what an application does after a miss. */
const FILLS = /^(set|setex|psetex|setnx|getset|mset|hset|hmset|hsetnx|hsetex|sadd|zadd|rpush|lpush)$/;

/** What each command did in a window, which errors were answered, and how misses and writes spread over the window. */
export function redisCommandsProbe({
  clients,
}: {
  readonly clients: RedisClients;
}): Probe<'redis', RedisCommandsParams> {
  return {
    name: 'redis.commands',
    title: 'Redis commands',
    targetKind: 'redis',
    cost: 'light',
    timeoutMs: 20_000,
    params: Params,
    async collect({ target, params, signal, now }) {
      const look = (): Promise<InfoLook> =>
        clients.read({ targetId: target.id, signal, grant: '+info' }, async (reader) => ({
          ownCalls: reader.ownCalls(),
          info: parseInfo(await reader.info()),
          at: now(),
        }));
      const first = await look();
      const looks = [first];
      const end = first.at + params.window;
      for (let left = params.window; left > 0; left = end - now()) {
        await pause(Math.min(params.slice, left), signal);
        looks.push(await look());
      }
      const last = looks.at(-1) ?? first;
      const window = windowOf(first, last);
      const series = seriesOf(looks);
      const gaps = gapsOf(window);
      return {
        metrics: [...metricsOf(window), ...peakOf(series)],
        series,
        tables: [commandTable(window), errorTable(window)],
        ...(gaps.length > 0 && { gaps }),
        windowMs: window.windowMs,
      };
    },
  };
}

function metricsOf(window: InfoWindow): readonly Metric[] {
  const { before, after, windowMs } = window;
  const commands = commandsOf(window);
  const sum = (value: (use: (typeof commands)[number]) => number) =>
    commands.reduce((total, use) => total + value(use), 0);
  const perSecond = (name: string, count: number): Metric => ({
    name,
    value: (count * 1000) / windowMs,
    unit: 'per_second',
  });
  const errors = growth(before, after, 'total_error_replies');
  const created = createdKeys(window);
  return [
    perSecond(
      'calls_per_second',
      sum(({ calls }) => calls),
    ),
    perSecond(
      'failed_per_second',
      sum(({ failed }) => failed),
    ),
    perSecond(
      'refused_per_second',
      sum(({ rejected }) => rejected),
    ),
    ...(errors === undefined ? [] : [perSecond('errors_per_second', errors)]),
    { name: 'command_time_ratio', value: sum(({ usec }) => usec) / 1000 / windowMs, unit: 'ratio' },
    { name: 'stored_values', value: fillsOf(window), unit: 'count' },
    ...(created === undefined ? [] : [{ name: 'created_keys', value: created, unit: 'count' } as const]),
  ];
}

/** Keys that were not there before, as far as counters tell: what was added, and what expired or was evicted meanwhile. */
function createdKeys({ before, after }: InfoWindow): number | undefined {
  const expired = growth(before, after, 'expired_keys');
  const evicted = growth(before, after, 'evicted_keys');
  if (expired === undefined || evicted === undefined) return undefined;
  return Math.max(0, sumOf(after, 'keys') - sumOf(before, 'keys') + expired + evicted);
}

function fillsOf(window: InfoWindow): number {
  return commandsOf(window)
    .filter(({ command }) => FILLS.test(command))
    .reduce((sum, { calls }) => sum + calls, 0);
}

/** What happened in each slice of the window. */
function seriesOf(looks: readonly InfoLook[]): readonly Series[] {
  const slices = looks.slice(1).map((look, index) => ({
    at: look.at,
    window: windowOf(looks[index] ?? look, look),
  }));
  const series = (name: string, count: (window: InfoWindow) => number | undefined): Series => ({
    name,
    unit: 'count',
    points: slices.flatMap(({ at, window }) => {
      const value = count(window);
      return value === undefined ? [] : [{ at, value }];
    }),
  });
  return [
    series('misses_per_slice', (window) => {
      const lookups = countLookups(window);
      return lookups && lookups.total - lookups.hits;
    }),
    series('hits_per_slice', (window) => countLookups(window)?.hits),
    series('stored_per_slice', fillsOf),
    series('expired_per_slice', ({ before, after }) => growth(before, after, 'expired_keys')),
  ];
}

/** Most misses within one slice. */
function peakOf(series: readonly Series[]): readonly Metric[] {
  const name = 'misses_per_slice';
  const counts = series.find((one) => one.name === name)?.points.map(({ value }) => value) ?? [];
  return counts.length === 0 ? [] : [{ name, value: Math.max(...counts), unit: 'count' }];
}

function gapsOf({ before, after }: InfoWindow): readonly Gap[] {
  const wasReset = growth(before, after, 'total_commands_processed') === undefined;
  const hasPercentiles = nestedFields(after, 'latency_percentiles_usec_').size > 0;
  const { name, version } = serverVersion(after);
  const isKept = Number.parseInt(version, 10) >= 7;
  return [
    ...(wasReset
      ? [{ what: 'Part of the window', reason: 'The counters were reset while perfbot was measuring.' }]
      : []),
    ...(hasPercentiles
      ? []
      : [
          {
            what: 'Percentiles of commands',
            reason: `${name} ${version} does not report them (from 7.0 on, with latency-tracking on).`,
            ...(isKept && { mend: 'CONFIG SET latency-tracking yes' }),
          },
        ]),
  ];
}
