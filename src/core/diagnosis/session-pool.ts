import { type CollectedEvidence, metricValue } from '../evidence.ts';
import { numberIn, textIn } from './cells.ts';
import { type Facts, metricFor, rowsOf } from './facts.ts';
import { symptomOf, userOf } from './symptom.ts';

/** Fewer idle sessions are an ordinary pool. */
const LEAST_POOL = 5;
/** So little goes on that the sessions of a leaked pool are certainly not at work. */
const QUIET_CALLS_PER_SECOND = 2;
/** awesome-prometheus-alerts: from here on the connections of a server are nearly used up. */
const MANY = 0.8;
/** A query that checks whether the database is there is over by then. */
const HEALTH_QUERY_MS = 1000;

/** The database sessions of one application. */
export interface SessionPool {
  readonly application: string;
  readonly total: number;
  /** Those that do nothing, inside a transaction or not. */
  readonly idle: number;
  readonly idleInTransaction: number;
}

/** The application with most sessions, as `postgres.activity` counted them. */
export function largestPool(evidence: CollectedEvidence): SessionPool | undefined {
  const pools = new Map<string, SessionPool>();
  for (const row of rowsOf(evidence, 'connections_by')) {
    const application = textIn(row, 'application') || textIn(row, 'user') || 'unnamed';
    const count = numberIn(row, 'count') ?? 0;
    const { total = 0, idle = 0, idleInTransaction = 0 } = pools.get(application) ?? {};
    const state = textIn(row, 'state');
    const isInTransaction = state.startsWith('idle in transaction');
    pools.set(application, {
      application,
      total: total + count,
      idle: idle + (state === 'idle' || isInTransaction ? count : 0),
      idleInTransaction: idleInTransaction + (isInTransaction ? count : 0),
    });
  }
  return [...pools.values()].sort((a, b) => b.total - a.total)[0];
}

/**
 * How well the sessions of a pool fit to clients that are never given back; undefined when they do not. `sure`: the
 * server was seen to have nothing to do, or is nearly full of them. `unsure`: nobody counted its statements, and a pool
 * that idles because the requests wait for something else looks the same.
 */
export function leakOf(
  facts: Facts,
  evidence: CollectedEvidence,
  pool: SessionPool | undefined,
): 'sure' | 'unsure' | undefined {
  if (pool === undefined || pool.total < LEAST_POOL) return undefined;
  const calls = metricFor(facts, 'postgres.statements', evidence.service, 'calls_per_second');
  if (calls !== undefined && calls > QUIET_CALLS_PER_SECOND) return undefined;
  const isHealthQuery =
    calls !== undefined && (metricValue(evidence, 'longest_query_ms') ?? 0) < HEALTH_QUERY_MS;
  if (pool.total - pool.idle > (isHealthQuery ? 1 : 0)) return undefined;
  const ratio = metricFor(facts, 'postgres.activity', evidence.service, 'connections_ratio') ?? 0;
  const limit = metricFor(facts, 'postgres.activity', evidence.service, 'connections_limit') ?? 0;
  if (ratio >= MANY && pool.total >= MANY * ratio * limit) return 'sure';
  if (symptomOf(facts, userOf(facts, evidence.service)) === undefined) return undefined;
  return calls === undefined ? 'unsure' : 'sure';
}
