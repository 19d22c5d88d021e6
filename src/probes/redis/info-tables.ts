import type { Table } from '../../core/evidence.ts';
import { databasesOf, type InfoWindow } from './info-metrics.ts';
import { nestedFields, type RedisInfo } from './parse-info.ts';

/** What perfbot itself asks; an application has no use for these. */
const OWN_COMMANDS = /^(info|slowlog|latency|client|memory)(\||$)/;

/** Commands by their share of the server's time in the window, perfbot's own left out. */
export function commandTable({ before, after, windowMs }: InfoWindow): Table {
  const earlier = nestedFields(before, 'cmdstat_');
  const commands = [...nestedFields(after, 'cmdstat_')]
    .filter(([command]) => !OWN_COMMANDS.test(command))
    .map(([command, counters]) => {
      const grown = (name: string) => (counters.get(name) ?? 0) - (earlier.get(command)?.get(name) ?? 0);
      return {
        command,
        calls: grown('calls'),
        usec: grown('usec'),
        failed: grown('failed_calls'),
        rejected: grown('rejected_calls'),
      };
    })
    .filter(({ calls, rejected }) => calls > 0 || rejected > 0)
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
      { name: 'failed_per_second', title: 'Failed', unit: 'per_second' },
      { name: 'rejected_per_second', title: 'Refused', unit: 'per_second' },
    ],
    rows: commands
      .slice(0, 20)
      .map(({ command, calls, usec, failed, rejected }) => [
        command,
        (calls * 1000) / windowMs,
        calls > 0 ? usec / calls : null,
        total > 0 ? usec / total : null,
        (failed * 1000) / windowMs,
        (rejected * 1000) / windowMs,
      ]),
    ...(commands.length > 20 && { omittedRows: commands.length - 20 }),
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
