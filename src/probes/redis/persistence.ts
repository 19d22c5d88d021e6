import { z } from 'zod';
import type { Metric, Observation } from '../../core/evidence.ts';
import { Milliseconds } from '../../core/quantity.ts';
import type { Unit } from '../../core/unit.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import { createLastLooks } from '../last-looks.ts';
import { pause } from '../pause.ts';
import type { RedisClients } from './clients.ts';
import { GRANTS } from './grants.ts';
import { growth, numberOf, parseInfo, type RedisInfo } from './parse-info.ts';

const Params = z.strictObject({
  window: Milliseconds.pipe(z.number().min(100).max(60_000))
    .default(2000)
    .describe('time between the two samples, for example 2s'),
});
export type RedisPersistenceParams = z.infer<typeof Params>;

/** Forks and late syncs are rare: they are counted since the last look, if that is not older. */
const LONGEST_LOOK_BACK_MS = 15 * 60_000;

interface Look {
  readonly at: number;
  readonly info: RedisInfo;
}

/** Snapshots, the append-only file, and what the forks for them cost. */
export function redisPersistenceProbe({
  clients,
}: {
  readonly clients: RedisClients;
}): Probe<'redis', RedisPersistenceParams> {
  const lastLooks = createLastLooks<Look>(LONGEST_LOOK_BACK_MS);
  return {
    name: 'redis.persistence',
    title: 'Redis snapshots and append-only file',
    targetKind: 'redis',
    cost: 'light',
    timeoutMs: 20_000,
    params: Params,
    async collect({ target, params, signal, now }) {
      const access = { targetId: target.id, signal, grant: GRANTS.counters };
      const look = (): Promise<Look> =>
        clients.read(access, async (reader) => ({ info: parseInfo(await reader.info()), at: now() }));
      const last = lastLooks.recent(target.id, now());
      const before = last ?? (await look());
      if (last === undefined) await pause(params.window, signal);
      const after = await look();
      lastLooks.keep(target.id, after);
      return {
        metrics: [...stateMetrics(after), ...countMetrics(before.info, after.info)],
        facts: factsOf(after.info),
        windowMs: Math.max(1, after.at - before.at),
      } satisfies Observation;
    },
  };
}

function stateMetrics({ info, at }: Look): readonly Metric[] {
  const number = (name: string) => numberOf(info, name);
  const usec = number('server_time_usec');
  const savedAt = number('rdb_last_save_time');
  const forkUsec = number('latest_fork_usec');
  const serverNow = usec === undefined ? at : usec / 1000;
  const took = number('rdb_last_bgsave_time_sec');
  return [
    ...metric('loading', number('loading'), 'count'),
    ...metric('snapshot_running', number('rdb_bgsave_in_progress'), 'count'),
    ...metric('rewrite_running', number('aof_rewrite_in_progress'), 'count'),
    ...metric('snapshot_failed', failed(info, 'rdb_last_bgsave_status'), 'count'),
    ...metric('rewrite_failed', failed(info, 'aof_last_bgrewrite_status'), 'count'),
    ...metric('append_failed', failed(info, 'aof_last_write_status'), 'count'),
    ...metric('unsaved_changes', number('rdb_changes_since_last_save'), 'count'),
    // -1: none has ended since the server started; the time of the last save is then that of the start.
    ...(took !== undefined && took >= 0 && savedAt !== undefined
      ? metric('snapshot_age_ms', Math.max(0, serverNow - savedAt * 1000), 'ms')
      : []),
    ...(forkUsec ? metric('latest_fork_ms', forkUsec / 1000, 'ms') : []),
    ...metric(
      'copied_on_write_bytes',
      Math.max(number('rdb_last_cow_size') ?? 0, number('aof_last_cow_size') ?? 0),
      'bytes',
    ),
    ...metric('rss_bytes', number('used_memory_rss'), 'bytes'),
  ];
}

/** `total_forks` is reported from Redis 6.2 on, late syncs only with an append-only file. */
function countMetrics(before: RedisInfo, after: RedisInfo): readonly Metric[] {
  return [
    ...metric('forks', growth(before, after, 'total_forks'), 'count'),
    ...metric('delayed_fsyncs', growth(before, after, 'aof_delayed_fsync'), 'count'),
  ];
}

function failed(info: RedisInfo, field: string): number | undefined {
  const status = info.get(field);
  return status === undefined ? undefined : Number(status.trim() !== 'ok');
}

function factsOf(info: RedisInfo): Readonly<Record<string, string>> {
  return {
    append_only_file: numberOf(info, 'aof_enabled') === 1 ? 'on' : 'off',
    role: info.get('role') ?? 'unknown',
  };
}

function metric(name: string, value: number | undefined, unit: Unit): readonly Metric[] {
  return value === undefined ? [] : [{ name, value, unit }];
}
