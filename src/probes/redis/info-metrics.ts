import type { Gap, Metric, Table } from '../../core/evidence.ts';
import type { Unit } from '../../core/unit.ts';
import { growth, nestedFields, numberOf, type RedisInfo } from './parse-info.ts';

/** Two answers of `INFO` and the milliseconds between them. */
export interface InfoWindow {
  readonly before: RedisInfo;
  readonly after: RedisInfo;
  readonly windowMs: number;
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
    ...metric('connected_clients', clients, 'count'),
    ...(clients !== undefined && maxClients ? metric('clients_ratio', clients / maxClients, 'ratio') : []),
    ...metric('blocked_clients', numberOf(info, 'blocked_clients'), 'count'),
    ...(forkUsec ? metric('latest_fork_ms', forkUsec / 1000, 'ms') : []),
    ...metric('keys', keyCount(info), 'count'),
  ];
}

/** What happened within the window. */
export function windowMetrics({ before, after, windowMs }: InfoWindow): readonly Metric[] {
  const perSecond = (name: string, field: string) => {
    const grown = growth(before, after, field);
    return metric(name, grown === undefined ? undefined : (grown * 1000) / windowMs, 'per_second');
  };
  const lookups = countLookups(before, after);
  return [
    ...perSecond('ops_per_second', 'total_commands_processed'),
    ...perSecond('evictions_per_second', 'evicted_keys'),
    ...perSecond('expired_per_second', 'expired_keys'),
    ...(lookups && lookups.total >= LEAST_LOOKUPS
      ? metric('hit_ratio', lookups.hits / lookups.total, 'ratio')
      : []),
  ];
}

/** Says so when there were too few look-ups for a hit ratio. */
export function windowGaps({ before, after, windowMs }: InfoWindow): readonly Gap[] {
  const lookups = countLookups(before, after);
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

/** Commands by their share of the server's time in the window, perfbot's own left out. */
export function commandTable({ before, after, windowMs }: InfoWindow): Table {
  const earlier = nestedFields(before, 'cmdstat_');
  const commands = [...nestedFields(after, 'cmdstat_')]
    .filter(([command]) => !['info', 'slowlog|get', 'slowlog'].includes(command))
    .map(([command, counters]) => ({
      command,
      calls: (counters.get('calls') ?? 0) - (earlier.get(command)?.get('calls') ?? 0),
      usec: (counters.get('usec') ?? 0) - (earlier.get(command)?.get('usec') ?? 0),
    }))
    .filter(({ calls }) => calls > 0)
    .sort((a, b) => b.usec - a.usec);
  const total = commands.reduce((sum, { usec }) => sum + usec, 0);
  return {
    name: 'commands',
    title: 'Commands by time in the window',
    columns: [
      { name: 'command', title: 'Command' },
      { name: 'calls_per_second', title: 'Calls', unit: 'per_second' },
      { name: 'usec_per_call', title: 'Microseconds per call', unit: 'count' },
      { name: 'share', title: 'Share of time', unit: 'ratio' },
    ],
    rows: commands
      .slice(0, 20)
      .map(({ command, calls, usec }) => [
        command,
        (calls * 1000) / windowMs,
        usec / calls,
        total > 0 ? usec / total : null,
      ]),
  };
}

/** Error answers by code, for example OOM or NOAUTH, within the window. */
export function errorTable({ before, after, windowMs }: InfoWindow): Table {
  const earlier = nestedFields(before, 'errorstat_');
  return {
    name: 'errors',
    title: 'Error answers in the window',
    columns: [
      { name: 'error', title: 'Error' },
      { name: 'per_second', title: 'Rate', unit: 'per_second' },
    ],
    rows: [...nestedFields(after, 'errorstat_')]
      .map(([error, counters]): [string, number] => [
        error,
        ((counters.get('count') ?? 0) - (earlier.get(error)?.get('count') ?? 0)) * (1000 / windowMs),
      ])
      .filter(([, rate]) => rate > 0)
      .sort(([, a], [, b]) => b - a),
  };
}

function countLookups(before: RedisInfo, after: RedisInfo): { hits: number; total: number } | undefined {
  const hits = growth(before, after, 'keyspace_hits');
  const misses = growth(before, after, 'keyspace_misses');
  return hits === undefined || misses === undefined ? undefined : { hits, total: hits + misses };
}

function keyCount(info: RedisInfo): number {
  const databases = [...nestedFields(info, 'db')].filter(([name]) => /^\d+$/.test(name));
  return databases.reduce((sum, [, counters]) => sum + (counters.get('keys') ?? 0), 0);
}

function metric(name: string, value: number | undefined, unit: Unit): readonly Metric[] {
  return value === undefined ? [] : [{ name, value, unit }];
}
