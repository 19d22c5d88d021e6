import type { Table } from '../../core/evidence.ts';
import { topRows } from '../../core/top-rows.ts';
import { databasesOf, type InfoWindow } from './info-metrics.ts';
import { nestedFields, type RedisInfo } from './parse-info.ts';

/** What perfbot itself asks; an application has no use for these. */
const OWN_COMMANDS = /^(info|slowlog|latency|client|memory)(\||$)/;

const MOST_COMMANDS = 20;

/** What one command did in the window. */
export interface CommandUse {
  readonly command: string;
  readonly calls: number;
  readonly usec: number;
  readonly failed: number;
  readonly rejected: number;
}

/** Commands of the window, the most time first, what perfbot asked left out. */
export function commandsOf({ before, after, ownCalls }: InfoWindow): readonly CommandUse[] {
  const earlier = nestedFields(before, 'cmdstat_');
  return [...nestedFields(after, 'cmdstat_')]
    .filter(([command]) => !OWN_COMMANDS.test(command))
    .map(([command, counters]): CommandUse => {
      const grown = (name: string) => (counters.get(name) ?? 0) - (earlier.get(command)?.get(name) ?? 0);
      const all = grown('calls');
      const calls = Math.max(0, all - (ownCalls[command] ?? 0));
      return {
        command,
        calls,
        usec: all > 0 ? (grown('usec') * calls) / all : 0,
        failed: grown('failed_calls'),
        rejected: grown('rejected_calls'),
      };
    })
    .filter(({ calls, rejected }) => calls > 0 || rejected > 0)
    .sort((a, b) => b.usec - a.usec);
}

/** Commands by their share of the server's time in the window. Percentiles are those since the server's start. */
export function commandTable(window: InfoWindow): Table {
  const { after, windowMs } = window;
  const commands = commandsOf(window);
  const total = commands.reduce((sum, { usec }) => sum + usec, 0);
  const percentiles = nestedFields(after, 'latency_percentiles_usec_');
  const percentile = (command: string, name: string) => percentiles.get(command)?.get(name) ?? null;
  return {
    name: 'commands',
    title: 'Commands by time in the window',
    columns: [
      { name: 'command', title: 'Command' },
      { name: 'calls_per_second', title: 'Calls', unit: 'per_second' },
      { name: 'usec_per_call', title: 'Microseconds per call', unit: 'count' },
      { name: 'share', title: 'Share of time', unit: 'ratio' },
      { name: 'failed_per_second', title: 'Failed', unit: 'per_second' },
      { name: 'rejected_per_second', title: 'Refused', unit: 'per_second' },
      { name: 'p50_usec', title: 'Median since start, µs', unit: 'count' },
      { name: 'p99_usec', title: 'p99 since start, µs', unit: 'count' },
      { name: 'p999_usec', title: 'p99.9 since start, µs', unit: 'count' },
    ],
    ...topRows(commands, MOST_COMMANDS, ({ command, calls, usec, failed, rejected }) => [
      command,
      (calls * 1000) / windowMs,
      calls > 0 ? usec / calls : null,
      total > 0 ? usec / total : null,
      (failed * 1000) / windowMs,
      (rejected * 1000) / windowMs,
      percentile(command, 'p50'),
      percentile(command, 'p99'),
      percentile(command, 'p99.9'),
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

/** Keys of each database, how many of them expire, and when on average. */
export function keyspaceTable(info: RedisInfo): Table {
  return {
    name: 'keyspace',
    title: 'Keys by database',
    columns: [
      { name: 'database', title: 'Database' },
      { name: 'keys', title: 'Keys', unit: 'count' },
      { name: 'that_expire', title: 'That expire', unit: 'count' },
      { name: 'ttl_ms', title: 'Time to live, on average', unit: 'ms' },
    ],
    rows: databasesOf(info)
      .map(([database, counters]): [string, number, number, number | null] => [
        database,
        counters.get('keys') ?? 0,
        counters.get('expires') ?? 0,
        // 0 is "not known": nothing expires, or Redis has not sampled yet.
        counters.get('avg_ttl') || null,
      ])
      .sort(([, a], [, b]) => b - a),
  };
}
