import type { Probe } from '../../engine/ports/probe.ts';
import { redisClientsProbe } from './client-list.ts';
import type { RedisClients } from './clients.ts';
import { redisCommandsProbe } from './commands.ts';
import { redisKeysProbe } from './keys.ts';
import { redisLatencyProbe } from './latency.ts';
import { redisPersistenceProbe } from './persistence.ts';
import { redisInfoProbe } from './server-info.ts';
import { redisSlowlogProbe } from './slowlog.ts';

/** All probes of Redis. To add one: write its file, list it here, call the contract suite in its test. */
export function redisProbes(options: { readonly clients: RedisClients }): readonly Probe<'redis'>[] {
  return [
    redisInfoProbe(options),
    redisCommandsProbe(options),
    redisSlowlogProbe(options),
    redisLatencyProbe(options),
    redisClientsProbe(options),
    redisPersistenceProbe(options),
    redisKeysProbe(options),
  ];
}
