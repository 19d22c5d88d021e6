import type { Gap, Metric } from '../../core/evidence.ts';
import type { Unit } from '../../core/unit.ts';
import { growth, nestedFields, numberOf, type RedisInfo } from './parse-info.ts';
import type { OwnCalls } from './reader.ts';

/** One answer of `INFO`, with what perfbot had asked about keys until then. */
export interface InfoLook {
  readonly at: number;
  readonly info: RedisInfo;
  readonly ownCalls: OwnCalls;
}

/** Two answers of `INFO` and the milliseconds between them. */
export interface InfoWindow {
  readonly before: RedisInfo;
  readonly after: RedisInfo;
  readonly windowMs: number;
  /** What perfbot asked about keys meanwhile. */
  readonly ownCalls: OwnCalls;
}

export function windowOf(before: InfoLook, after: InfoLook): InfoWindow {
  return {
    before: before.info,
    after: after.info,
    windowMs: Math.max(1, after.at - before.at),
    ownCalls: Object.fromEntries(
      Object.entries(after.ownCalls).map(([command, calls]) => [
        command,
        calls - (before.ownCalls[command] ?? 0),
      ]),
    ),
  };
}

/** Below so many look-ups a hit ratio is chance. */
const LEAST_LOOKUPS = 1000;

/** What the server is like at this moment. */
export function stateMetrics(info: RedisInfo): readonly Metric[] {
  const used = numberOf(info, 'used_memory');
  const limit = numberOf(info, 'maxmemory');
  const clients = numberOf(info, 'connected_clients');
  const maxClients = numberOf(info, 'maxclients');
  const forkUsec = numberOf(info, 'latest_fork_usec');
  return [
    ...metric('used_memory_bytes', used, 'bytes'),
    // 0 means "no limit": then there is no limit to report and no share of it.
    ...(limit ? metric('maxmemory_bytes', limit, 'bytes') : []),
    ...(used !== undefined && limit ? metric('memory_ratio', used / limit, 'ratio') : []),
    ...metric('fragmentation_ratio', numberOf(info, 'mem_fragmentation_ratio'), 'count'),
    ...metric('allocator_fragmentation_bytes', numberOf(info, 'allocator_frag_bytes'), 'bytes'),
    ...metric('rss_bytes', numberOf(info, 'used_memory_rss'), 'bytes'),
    ...metric('peak_memory_bytes', numberOf(info, 'used_memory_peak'), 'bytes'),
    ...metric('connected_clients', clients, 'count'),
    ...(clients !== undefined && maxClients ? metric('clients_ratio', clients / maxClients, 'ratio') : []),
    ...metric('blocked_clients', numberOf(info, 'blocked_clients'), 'count'),
    ...(forkUsec ? metric('latest_fork_ms', forkUsec / 1000, 'ms') : []),
    ...metric('keys', sumOf(info, 'keys'), 'count'),
    ...metric('keys_that_expire', sumOf(info, 'expires'), 'count'),
  ];
}

/** What happened within the window. */
export function windowMetrics(window: InfoWindow): readonly Metric[] {
  const { before, after, windowMs } = window;
  const perSecond = (name: string, field: string) => {
    const grown = growth(before, after, field);
    return metric(name, grown === undefined ? undefined : (grown * 1000) / windowMs, 'per_second');
  };
  const lookups = countLookups(window);
  return [
    ...perSecond('ops_per_second', 'total_commands_processed'),
    ...perSecond('evictions_per_second', 'evicted_keys'),
    ...perSecond('expired_per_second', 'expired_keys'),
    ...(lookups && lookups.total >= LEAST_LOOKUPS
      ? metric('hit_ratio', lookups.hits / lookups.total, 'ratio')
      : []),
    ...metric('main_thread_cores', mainThreadCores(window), 'cores'),
  ];
}

/** Says so when there were too few look-ups for a hit ratio. */
export function windowGaps(window: InfoWindow): readonly Gap[] {
  const { windowMs } = window;
  const lookups = countLookups(window);
  if (lookups === undefined) {
    return [{ what: 'Cache hit ratio', reason: 'The counters were reset while perfbot was measuring.' }];
  }
  if (lookups.total >= LEAST_LOOKUPS) return [];
  return [
    {
      what: 'Cache hit ratio',
      reason: `Only ${lookups.total} look-ups in ${Math.round(windowMs / 1000)} s; below ${LEAST_LOOKUPS} a ratio says nothing.`,
    },
  ];
}

/** CPU of the one thread that runs all commands; reported from Redis 6.2 on. */
function mainThreadCores({ before, after, windowMs }: InfoWindow): number | undefined {
  const user = growth(before, after, 'used_cpu_user_main_thread');
  const system = growth(before, after, 'used_cpu_sys_main_thread');
  return user === undefined || system === undefined ? undefined : ((user + system) * 1000) / windowMs;
}

/** Hits and look-ups of others. All keys that perfbot asks about were there a moment ago: its own are hits. */
export function countLookups({
  before,
  after,
  ownCalls,
}: InfoWindow): { readonly hits: number; readonly total: number } | undefined {
  const hits = growth(before, after, 'keyspace_hits');
  const misses = growth(before, after, 'keyspace_misses');
  if (hits === undefined || misses === undefined) return undefined;
  const own = Object.entries(ownCalls).reduce(
    (sum, [command, calls]) => sum + (command === 'scan' ? 0 : calls),
    0,
  );
  const others = Math.max(0, hits - own);
  return { hits: others, total: others + misses };
}

/** A counter over all databases of the server. */
export function sumOf(info: RedisInfo, counter: 'keys' | 'expires'): number {
  return databasesOf(info).reduce((sum, [, counters]) => sum + (counters.get(counter) ?? 0), 0);
}

/** Counters of each database of the server, by its number. */
export function databasesOf(info: RedisInfo): readonly (readonly [string, ReadonlyMap<string, number>])[] {
  return [...nestedFields(info, 'db')].filter(([name]) => /^\d+$/.test(name));
}

function metric(name: string, value: number | undefined, unit: Unit): readonly Metric[] {
  return value === undefined ? [] : [{ name, value, unit }];
}
