/** Causes that look alike from outside: whoever hears of one asks whether it is not another of its line. */
export const ALIKE: readonly (readonly string[])[] = [
  ['db.lock_contention', 'db.ddl_lock_queue', 'db.idle_in_tx', 'db.deadlock', 'db.slow_query'],
  ['app.pool_leak', 'db.connections_exhausted', 'db.idle_in_tx', 'db.lock_contention', 'dep.downstream_slow'],
  [
    'dep.downstream_slow',
    'db.slow_query',
    'db.lock_contention',
    'cache.blocking_command',
    'app.cpu_hot_function',
    'app.pool_leak',
    'net.db_latency',
    'dep.dns_slow',
  ],
  [
    'db.missing_index',
    'db.slow_query',
    'db.stale_statistics',
    'db.bloat_dead_tuples',
    'db.work_mem_spill',
    'db.noisy_query',
    'db.low_cache_hit',
    'db.lock_contention',
    'app.n_plus_one',
  ],
  [
    'container.cpu_throttled',
    'container.cpu_saturated',
    'app.cpu_hot_function',
    'app.cpu_busy',
    'app.event_loop_block',
    'host.cpu_saturation',
  ],
  [
    'app.event_loop_block',
    'app.cpu_hot_function',
    'app.gc_thrash',
    'app.large_json',
    'app.sync_crypto',
    'container.cpu_throttled',
  ],
  [
    'container.oom_kill',
    'container.oom_child',
    'app.v8_heap_oom',
    'container.memory_near_limit',
    'app.memory_leak',
    'container.crash_loop',
    'host.memory_pressure',
  ],
  [
    'cache.eviction_thrash',
    'cache.key_cardinality',
    'cache.stampede',
    'cache.full',
    'cache.no_expiry',
    'cache.big_key',
  ],
  ['cache.on_command', 'cache.blocking_command', 'cache.output_buffers', 'cache.persistence_stall'],
  [
    'app.error_burst',
    'app.error_responses',
    'app.unreachable',
    'proxy.timeout',
    'proxy.stale_upstream',
    'container.stopped',
  ],
  ['host.disk_io', 'host.disk_full', 'host.docker_disk', 'db.work_mem_spill', 'host.memory_pressure'],
  ['net.bandwidth', 'net.connect_slow', 'net.db_latency', 'dep.dns_slow', 'proxy.slow_client'],
  [
    'proxy.request_limit',
    'proxy.slow_client',
    'proxy.connect_slow',
    'proxy.timeout',
    'dep.downstream_slow',
    'app.slow_response',
  ],
];

/** Puts what looks like `cause` first, nearest first, then its own family; the order of all else stays. */
export function neighboursFirst<T extends { readonly id: string }>(
  items: readonly T[],
  cause: string | undefined,
): readonly T[] {
  if (cause === undefined) return items;
  const alike = ALIKE.filter((ids) => ids.includes(cause)).toSorted(
    (a, b) => a.indexOf(cause) - b.indexOf(cause),
  );
  const near = [...new Set(alike.flat())];
  const family = cause.slice(0, cause.indexOf('.') + 1);
  const rank = ({ id }: T) => {
    const place = near.indexOf(id);
    if (place >= 0) return place;
    return near.length + (id.startsWith(family) ? 0 : 1);
  };
  return items.toSorted((a, b) => rank(a) - rank(b));
}
