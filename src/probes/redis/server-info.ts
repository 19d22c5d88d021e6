import { z } from 'zod';
import { ProbeError } from '../../core/errors.ts';
import { Milliseconds } from '../../core/quantity.ts';
import { settingSize } from '../../core/unit.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import { createLastLooks } from '../last-looks.ts';
import { pause } from '../pause.ts';
import type { RedisClients } from './clients.ts';
import { GRANTS } from './grants.ts';
import { type InfoLook, stateMetrics, windowGaps, windowMetrics, windowOf } from './info-metrics.ts';
import { keyspaceTable } from './info-tables.ts';
import { growth, numberOf, parseInfo, type RedisInfo, serverVersion } from './parse-info.ts';

const Params = z.strictObject({
  window: Milliseconds.pipe(z.number().min(100).max(60_000))
    .default(4000)
    .describe('time between the two samples, for example 4s'),
});
export type RedisInfoParams = z.infer<typeof Params>;

/** Refused connections are rare: they are counted since the last look, if that is not older. */
const LONGEST_LOOK_BACK_MS = 15 * 60_000;

/** Memory, clients, hit ratio and evictions, as differences of `INFO` over a window. */
export function redisInfoProbe({
  clients,
}: {
  readonly clients: RedisClients;
}): Probe<'redis', RedisInfoParams> {
  const lastLooks = createLastLooks<InfoLook>(LONGEST_LOOK_BACK_MS);
  return {
    name: 'redis.info',
    title: 'Redis memory, clients and hit ratio',
    targetKind: 'redis',
    cost: 'light',
    timeoutMs: 20_000,
    params: Params,
    async collect({ target, params, signal, now }) {
      const look = (): Promise<InfoLook> =>
        clients.read({ targetId: target.id, signal, grant: GRANTS.counters }, async (reader) => ({
          ownCalls: reader.ownCalls(),
          info: readInfo(await reader.info()),
          at: now(),
        }));
      const before = await look();
      await pause(params.window, signal);
      const after = await look();
      const window = windowOf(before, after);
      const rejected = rejectedSince(lastLooks.recent(target.id, after.at), before, after);
      lastLooks.keep(target.id, after);
      const gaps = windowGaps(window);
      return {
        metrics: [
          ...stateMetrics(after.info),
          ...windowMetrics(window),
          ...(rejected === undefined
            ? []
            : [{ name: 'rejected_connections', value: rejected, unit: 'count' } as const]),
        ],
        tables: [keyspaceTable(after.info)],
        facts: factsOf(after.info, after.at),
        ...(gaps.length > 0 && { gaps }),
        windowMs: window.windowMs,
      };
    },
  };
}

function readInfo(text: string): RedisInfo {
  const info = parseInfo(text);
  if (info.has('used_memory')) return info;
  throw new ProbeError('invalid_response', 'INFO without used_memory', {
    userMessage: 'What answered is not a Redis server: INFO has no memory section.',
    mend: 'Check host and port in the redis URL of this service.',
  });
}

function rejectedSince(last: InfoLook | undefined, before: InfoLook, after: InfoLook): number | undefined {
  return (
    growth((last ?? before).info, after.info, 'rejected_connections') ??
    growth(before.info, after.info, 'rejected_connections')
  );
}

function factsOf(info: RedisInfo, at: number): Readonly<Record<string, string>> {
  const uptime = numberOf(info, 'uptime_in_seconds');
  const maxmemory = numberOf(info, 'maxmemory');
  const persistent = numberOf(info, 'aof_enabled');
  const known = {
    version: serverVersion(info).version || undefined,
    role: info.get('role'),
    maxmemory_policy: info.get('maxmemory_policy'),
    // Another one after each start.
    run: info.get('run_id'),
    started_at: uptime === undefined ? undefined : new Date(at - uptime * 1000).toISOString(),
    'setting.maxmemory':
      maxmemory === undefined ? undefined : maxmemory === 0 ? 'no limit' : settingSize(maxmemory),
    'setting.maxmemory-policy': info.get('maxmemory_policy'),
    'setting.maxclients': info.get('maxclients'),
    'setting.appendonly': persistent === undefined ? undefined : persistent === 1 ? 'yes' : 'no',
  };
  return Object.fromEntries(
    Object.entries(known).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
