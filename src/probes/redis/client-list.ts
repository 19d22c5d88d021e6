import { z } from 'zod';
import { ProbeError } from '../../core/errors.ts';
import type { Metric, Observation, Table } from '../../core/evidence.ts';
import { topRows } from '../../core/top-rows.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import type { RedisClients } from './clients.ts';
import { GRANTS } from './grants.ts';
import { parseClients, type RedisClient } from './parse-clients.ts';
import { numberOf, parseInfo } from './parse-info.ts';

const Params = z.strictObject({
  callers: z.int().min(1).max(50).default(15).describe('rows of the table'),
  most_clients: z
    .int()
    .min(1)
    .max(50_000)
    .default(10_000)
    .describe('with more connections the list is not asked for: Redis would stop to write it'),
});
export type RedisClientsParams = z.infer<typeof Params>;

/** A connection that asked nothing for this long is one that a pool could close. */
const IDLE_MS = 300_000;

/** Who is connected: how many of each, who waits, who does not fetch its answers, who watches. */
export function redisClientsProbe({
  clients,
}: {
  readonly clients: RedisClients;
}): Probe<'redis', RedisClientsParams> {
  return {
    name: 'redis.clients',
    title: 'Redis clients',
    targetKind: 'redis',
    cost: 'light',
    timeoutMs: 10_000,
    params: Params,
    async collect({ target, params, signal }) {
      const access = { targetId: target.id, signal, grant: GRANTS.clients };
      return clients.read(access, async (reader) => {
        const connected = numberOf(parseInfo(await reader.info()), 'connected_clients') ?? 0;
        if (connected > params.most_clients) throw tooMany(connected);
        signal.throwIfAborted();
        return observationOf(parseClients(String(await reader.clientList())), params.callers);
      });
    },
  };
}

function observationOf(list: readonly RedisClient[], callers: number): Observation {
  const count = (name: string, isOne: (client: RedisClient) => boolean): Metric => ({
    name,
    value: list.filter(isOne).length,
    unit: 'count',
  });
  const output = list.map(({ outputBytes }) => outputBytes);
  return {
    metrics: [
      count('clients', () => true),
      count('idle_clients', ({ idleMs }) => idleMs >= IDLE_MS),
      count('blocked_clients', ({ isBlocked }) => isBlocked),
      count('monitor_clients', ({ isMonitor }) => isMonitor),
      count('subscribers', ({ isSubscriber }) => isSubscriber),
      { name: 'output_buffer_bytes', value: sum(output), unit: 'bytes' },
      { name: 'largest_output_buffer_bytes', value: Math.max(0, ...output), unit: 'bytes' },
      { name: 'client_memory_bytes', value: sum(list.map(({ memoryBytes }) => memoryBytes)), unit: 'bytes' },
    ],
    tables: [callerTable(list, callers)],
  };
}

function callerTable(list: readonly RedisClient[], most: number): Table {
  const groups = [...groupBy(list, ({ caller }) => caller)]
    .map(([caller, group]) => ({
      caller,
      group,
      output: sum(group.map(({ outputBytes }) => outputBytes)),
    }))
    .sort((a, b) => b.group.length - a.group.length || b.output - a.output);
  return {
    name: 'callers',
    title: 'Connections by name or address',
    columns: [
      { name: 'caller', title: 'Client' },
      { name: 'connections', title: 'Connections', unit: 'count' },
      { name: 'idle', title: 'Idle for 5 min', unit: 'count' },
      { name: 'blocked', title: 'Waiting', unit: 'count' },
      { name: 'output_bytes', title: 'Answers not fetched', unit: 'bytes' },
      { name: 'command', title: 'Last command' },
    ],
    ...topRows(groups, most, ({ caller, group, output }) => [
      caller,
      group.length,
      group.filter(({ idleMs }) => idleMs >= IDLE_MS).length,
      group.filter(({ isBlocked }) => isBlocked).length,
      output,
      doing(group),
    ]),
  };
}

/** What tells most of a group: that one of it watches, what the one asked whose answers pile up, or what most ask. */
function doing(group: readonly RedisClient[]): string {
  if (group.some(({ isMonitor }) => isMonitor)) return 'monitor';
  const [behind] = [...group].sort((a, b) => b.outputBytes - a.outputBytes);
  if (behind && behind.outputBytes > 0) return roleOf(behind);
  return mostFrequent(group.map(roleOf));
}

function roleOf({ isReplica, command }: RedisClient): string {
  return isReplica ? 'replica' : command;
}

function mostFrequent(words: readonly string[]): string {
  const [first] = [...groupBy(words, (word) => word)].sort(([, a], [, b]) => b.length - a.length);
  return first?.[0] ?? '';
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function tooMany(connected: number): ProbeError {
  return new ProbeError('unsupported', 'too many clients to list', {
    userMessage: `Redis has ${connected} connections; listing them would hold it up.`,
    mend: 'Raise most_clients of redis.clients in the playbook, at a quiet hour.',
  });
}
