import type { Probe } from '../../engine/ports/probe.ts';
import type { RedisClients } from './clients.ts';
import { redisInfoProbe } from './server-info.ts';
import { redisSlowlogProbe } from './slowlog.ts';

/** All probes of Redis. To add one: write its file, list it here, call the contract suite in its test. */
export function redisProbes(options: { readonly clients: RedisClients }): readonly Probe<'redis'>[] {
  return [redisInfoProbe(options), redisSlowlogProbe(options)];
}
