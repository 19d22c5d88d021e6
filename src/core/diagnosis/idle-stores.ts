import { type Service, withDependencies } from '../inventory/service.ts';
import { formatValue } from '../unit.ts';
import type { EvidenceLine } from './cause.ts';
import { metricLine } from './evidence-line.ts';
import { collectedFor, type Facts, metricFor } from './facts.ts';
import type { Peer } from './peers.ts';

const LONG_QUERY_MS = 500;

/** What is known of the databases and caches that a service waits for, or does not. */
export interface Stores {
  /** What shows that one is idle. */
  readonly idle: readonly EvidenceLine[];
  /** Why one may be what it waits for. */
  readonly busy: string | undefined;
  readonly unmeasured: readonly string[];
  /** All of them. */
  readonly services: readonly Service[];
}

/**
 * The databases and caches that a service depends on, each idle, busy or not measured. Docker does not say what a
 * container depends on, so that those to which it has connections count as well.
 */
export function storesOf(service: Service, facts: Facts, peers: readonly Peer[]): Stores {
  const declared = withDependencies(facts.services, service);
  const called = peers.flatMap((peer) => peer.service ?? []);
  const stores = [...new Map([...declared, ...called].map((store) => [store.name, store])).values()].filter(
    ({ role }) => role === 'postgres' || role === 'redis',
  );
  const judged = stores.map(({ name, role }) =>
    role === 'postgres' ? judgePostgres(name, facts) : judgeRedis(name, facts),
  );
  return {
    idle: judged.flatMap(({ line }) => line ?? []),
    busy: judged.find(({ busy }) => busy !== undefined)?.busy,
    unmeasured: stores
      .filter((_, index) => judged[index]?.line === undefined && !judged[index]?.busy)
      .map(({ name }) => name),
    services: stores,
  };
}

interface Judged {
  readonly line?: EvidenceLine | undefined;
  readonly busy?: string | undefined;
}

function judgePostgres(name: string, facts: Facts): Judged {
  const longest = metricFor(facts, 'postgres.activity', name, 'longest_query_ms');
  const blocked = metricFor(facts, 'postgres.locks', name, 'blocked_sessions') ?? 0;
  const mean = metricFor(facts, 'postgres.statements', name, 'mean_exec_time_ms') ?? 0;
  if (blocked > 0) return { busy: `${name} has ${blocked} sessions that wait for locks` };
  if (mean >= LONG_QUERY_MS || (longest ?? 0) >= LONG_QUERY_MS)
    return { busy: `${name} works on queries of ${formatValue(Math.max(mean, longest ?? 0), 'ms')}` };
  const evidence = collectedFor(facts, 'postgres.activity', name);
  return { line: metricLine(evidence, 'connections_active', `${name}: no long query, nothing blocked`) };
}

function judgeRedis(name: string, facts: Facts): Judged {
  const slowest = metricFor(facts, 'redis.slowlog', name, 'slowest_ms') ?? 0;
  if (slowest >= LONG_QUERY_MS) return { busy: `${name} had a command of ${formatValue(slowest, 'ms')}` };
  const evidence = collectedFor(facts, 'redis.slowlog', name) ?? collectedFor(facts, 'redis.info', name);
  const metric = evidence?.probe === 'redis.slowlog' ? 'slow_commands' : 'ops_per_second';
  return { line: metricLine(evidence, metric, `${name}: no slow command`) };
}
