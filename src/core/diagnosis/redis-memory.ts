import { formatValue } from '../unit.ts';
import type { CauseAdvice } from './cause.ts';
import { type Facts, metricFor } from './facts.ts';

/** What Redis needs beside its values (buffers, fragmentation, the copy during a fork) leaves this part of a container for them. */
const SHARE_OF_CONTAINER = 0.75;
const SOURCE = 'https://redis.io/docs/latest/develop/reference/eviction/';

/** A larger maxmemory, as much as the container has room for; where it has none, what has to grow first. */
export function moreCacheMemory(facts: Facts, service: string, title: string, why: string): CauseAdvice {
  const now = metricFor(facts, 'redis.info', service, 'maxmemory_bytes');
  const container = metricFor(facts, 'docker.stats', service, 'memory_limit_bytes');
  const most = container === undefined ? undefined : Math.floor(container * SHARE_OF_CONTAINER);
  const base = { title, source: SOURCE };
  if (now === undefined) return { ...base, why };
  if (most !== undefined && most <= now * 1.1) {
    return {
      ...base,
      title: `${title}: raise the memory limit of its container first`,
      why: `${why} Its container may use ${formatValue(container ?? 0, 'bytes')}, of which maxmemory should not take more than three quarters; it is ${formatValue(now, 'bytes')} already.`,
    };
  }
  const wanted = Math.min(Math.round(now * 2), most ?? Number.POSITIVE_INFINITY);
  const room =
    container === undefined
      ? 'The machine needs the memory free, else Redis is killed.'
      : `Three quarters of the ${formatValue(container, 'bytes')} of its container at most, else the kernel kills Redis.`;
  return {
    ...base,
    why,
    effect: 'changes',
    command: `CONFIG SET maxmemory ${wanted}`,
    risk: `${room} Write it into redis.conf too.`,
    undo: `CONFIG SET maxmemory ${now}`,
  };
}
