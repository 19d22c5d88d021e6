import pg from 'pg';
import type { Logger } from '../engine/ports/runtime.ts';
import type { Database, Stores } from '../engine/ports/stores.ts';
import { alertStore } from './alert-store.ts';
import { baselineStore } from './baseline-store.ts';
import { changeStore } from './change-store.ts';
import { checklistStore } from './checklist-store.ts';
import { toDatabaseError } from './errors.ts';
import { groupStore } from './group-store.ts';
import { loadTestStore } from './load-test-store.ts';
import { monitorStore } from './monitor-store.ts';
import { outboxStore } from './outbox-store.ts';
import { overviewStore } from './overview-store.ts';
import type { Queryable } from './queryable.ts';
import { runStore } from './run-store.ts';
import { sampleStore } from './sample-store.ts';
import { silenceStore } from './silence-store.ts';
import { statementStore } from './statement-store.ts';
import { targetTurns } from './target-turns.ts';
import { upkeepStore } from './upkeep-store.ts';
import { weekStore } from './week-store.ts';

export interface PoolOptions {
  readonly connectionString: string;
  readonly max: number;
  readonly log: Logger;
}

/** A statement without an answer for this long fails, so that callers hear of a database that hangs. */
const QUERY_TIMEOUT_MS = 15_000;

/** A pool that gives up after 5 s instead of waiting for a database that is away. */
export function createPool({ connectionString, max, log }: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max,
    application_name: 'perfbot',
    connectionTimeoutMillis: 5000,
    idleTimeoutMillis: 30_000,
    query_timeout: QUERY_TIMEOUT_MS,
    keepAlive: true,
  });
  // Only the words: `pg` hangs the whole client on the error.
  pool.on('error', ({ message }) => log.warn({ error: message }, 'idle database connection lost'));
  return pool;
}

/** The stores on PostgreSQL. The pool belongs to the caller. */
export function createDatabase({ pool }: { readonly pool: pg.Pool }): Database {
  const transaction = async <T>(work: (stores: Stores) => Promise<T>): Promise<T> => {
    const client = await pool.connect().catch((error: unknown) => {
      throw toDatabaseError(error);
    });
    let broken = false;
    // A connection that is lost between two statements says so here; without a listener it would end the process.
    const onLost = () => {
      broken = true;
    };
    client.on('error', onLost);
    try {
      await client.query('begin');
      const result = await work(storesOn(onClient(client)));
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch(() => {
        broken = true;
      });
      throw toDatabaseError(error);
    } finally {
      client.removeListener('error', onLost);
      client.release(broken);
    }
  };
  const stores = storesOn(onPool(pool));
  return {
    ...stores,
    alerts: {
      ...stores.alerts,
      accept: (id, batch, at) => transaction(({ alerts }) => alerts.accept(id, batch, at)),
    },
    transaction,
    turns: targetTurns(pool),
    async ping() {
      await pool.query('select 1').catch(rethrow);
    },
  };
}

function rethrow(error: unknown): never {
  throw toDatabaseError(error);
}

function storesOn(db: Queryable): Stores {
  return {
    alerts: alertStore(db),
    groups: groupStore(db),
    runs: runStore(db),
    outbox: outboxStore(db),
    samples: sampleStore(db),
    statements: statementStore(db),
    monitor: monitorStore(db),
    changes: changeStore(db),
    baselines: baselineStore(db),
    upkeep: upkeepStore(db),
    checklists: checklistStore(db),
    weeks: weekStore(db),
    overview: overviewStore(db),
    loadTests: loadTestStore(db),
    silences: silenceStore(db),
  };
}

/** `pg` wants a mutable array of values. */
function onClient(client: pg.PoolClient): Queryable {
  return { query: (text, values = []) => client.query(text, [...values]) };
}

function onPool(pool: pg.Pool): Queryable {
  return { query: (text, values = []) => pool.query(text, [...values]).catch(rethrow) };
}
