import { z } from 'zod';
import { ProbeError } from '../../core/errors.ts';
import type { Observation } from '../../core/evidence.ts';
import { Milliseconds } from '../../core/quantity.ts';
import { topRows } from '../../core/top-rows.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import type { RedisClients } from './clients.ts';
import { GRANTS } from './grants.ts';
import { numberOf, parseInfo } from './parse-info.ts';
import { redactCommand } from './redact-command.ts';

const Params = z.strictObject({
  window: Milliseconds.pipe(z.number().min(1000).max(86_400_000))
    .default(600_000)
    .describe('how far back entries count, for example 10m'),
  entries: z.int().min(1).max(128).default(25).describe('rows of the table'),
});
export type RedisSlowlogParams = z.infer<typeof Params>;

/** Id, time in seconds, duration in microseconds, arguments, address and name of the caller (the last two from 4.0 on). */
const Entry = z
  .tuple([z.number(), z.number(), z.number(), z.array(z.coerce.string())])
  .rest(z.coerce.string())
  .transform(([, seconds, usec, args, address = '', name = '']) => ({
    at: seconds * 1000,
    durationMs: usec / 1000,
    args,
    client: name || address,
  }));

/** The slow log of Redis holds 128 entries unless it was configured otherwise. */
const READ_ENTRIES = 128;

/** Commands that took longer than the server's own limit, newest window only, arguments taken out. */
export function redisSlowlogProbe({
  clients,
}: {
  readonly clients: RedisClients;
}): Probe<'redis', RedisSlowlogParams> {
  return {
    name: 'redis.slowlog',
    title: 'Redis slow log',
    targetKind: 'redis',
    cost: 'light',
    timeoutMs: 10_000,
    params: Params,
    async collect({ target, params, signal, now }) {
      const { log, info } = await clients.read(
        { targetId: target.id, signal, grant: GRANTS.counters },
        async (reader) => ({
          log: await reader.slowlog(READ_ENTRIES),
          info: parseInfo(await reader.info()),
        }),
      );
      const usec = numberOf(info, 'server_time_usec');
      const serverNow = usec === undefined ? now() : usec / 1000;
      const all = parseEntries(log);
      const recent = all
        .filter(({ at, client }) => at >= serverNow - params.window && client !== 'perfbot')
        .sort((a, b) => b.durationMs - a.durationMs);
      const full = all.length >= READ_ENTRIES && all.every(({ at }) => at >= serverNow - params.window);
      return {
        metrics: [
          { name: 'slow_commands', value: recent.length, unit: 'count' },
          // 0: no command was slow enough to be logged.
          { name: 'slowest_ms', value: recent[0]?.durationMs ?? 0, unit: 'ms' },
        ],
        tables: [
          {
            name: 'slowlog',
            title: 'Slow commands, slowest first',
            columns: [
              { name: 'at', title: 'When', unit: 'timestamp' },
              { name: 'duration_ms', title: 'Took', unit: 'ms' },
              { name: 'command', title: 'Command', format: 'log' },
              { name: 'client', title: 'Client' },
            ],
            ...topRows(recent, params.entries, ({ at, durationMs, args, client }) => [
              at,
              durationMs,
              redactCommand(args),
              client,
            ]),
          },
        ],
        ...(full && {
          gaps: [
            {
              what: 'Older slow commands of the window',
              reason: `The slow log holds only ${READ_ENTRIES} entries here; there may have been more.`,
            },
          ],
        }),
        windowMs: params.window,
      } satisfies Observation;
    },
  };
}

function parseEntries(log: unknown): readonly z.infer<typeof Entry>[] {
  const parsed = z.array(Entry).safeParse(log);
  if (parsed.success) return parsed.data;
  throw new ProbeError('invalid_response', 'SLOWLOG GET answered in an unexpected form', {
    userMessage: 'Redis answered SLOWLOG GET in an unexpected form.',
  });
}
