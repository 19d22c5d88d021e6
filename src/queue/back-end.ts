import {
  createPostgresBackend,
  type Processor,
  Queue,
  type QueueOptions,
  runMigrations,
  Worker,
  type WorkerOptions,
} from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { Logger } from '../engine/ports/runtime.ts';

export type BackEndConfig =
  | { readonly kind: 'redis'; readonly url: string }
  | { readonly kind: 'postgres'; readonly connectionString: string };

/** Where BullMQ keeps its jobs. One design for both: everything else in this folder does not know which one it is. */
export interface BackEnd {
  readonly kind: BackEndConfig['kind'];
  queue(name: string): Queue;
  worker(name: string, processor: Processor, options: Omit<WorkerOptions, 'connection'>): Worker;
  /** Makes what BullMQ needs before its first queue; fails while the server is away, and may be repeated. */
  prepare(): Promise<void>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Connections of the pool that all queues share; each worker keeps one of them for LISTEN. */
const POOL_SIZE = 30;
/** The back end's statements name their tables without a schema; this is where `runMigrations` puts them. */
const SEARCH_PATH = '-c search_path=bullmq';
/** Serialises processes that migrate BullMQ's schema at once; arbitrary and constant. */
const MIGRATION_LOCK = 7_312_206_003;

/** Opens the connections; nothing waits for them yet. */
export function openBackEnd(config: BackEndConfig, log: Logger): BackEnd {
  return config.kind === 'redis' ? openRedis(config.url, log) : openPostgres(config.connectionString, log);
}

function openPostgres(connectionString: string, log: Logger): BackEnd {
  const pool = new pg.Pool({
    connectionString,
    max: POOL_SIZE,
    options: SEARCH_PATH,
    application_name: 'perfbot-queue',
    connectionTimeoutMillis: 5000,
    keepAlive: true,
  });
  // Every queue and worker listens to the errors of the pool that they share.
  pool.setMaxListeners(0);
  // Only the words: `pg` hangs the whole client on the error.
  pool.on('error', ({ message }) => log.warn({ error: message }, 'idle queue connection lost'));
  // One that is lost while BullMQ holds it says so on the client, and without a listener that would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return {
    kind: 'postgres',
    queue: (name) => new Queue(name, asOptions({ connection: pool }), createPostgresBackend as never),
    worker: (name, processor, options) =>
      new Worker(
        name,
        processor,
        asOptions({ ...options, connection: pool }),
        createPostgresBackend as never,
      ),
    prepare: () => migrateSchema(pool),
    async ping() {
      await pool.query('select 1');
    },
    close: () => pool.end(),
  };
}

async function migrateSchema(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await runMigrations(client);
  } finally {
    await client.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    client.release();
  }
}

/** BullMQ types its options for Redis connections; the PostgreSQL back end takes a pool in the same place. */
function asOptions<T extends object>(options: T): QueueOptions & T {
  return options as unknown as QueueOptions & T;
}

function openRedis(url: string, log: Logger): BackEnd {
  const connect = (options: { readonly blocking: boolean }) => {
    const client = new Redis(url, {
      maxRetriesPerRequest: options.blocking ? null : 1,
      retryStrategy: (times) => Math.min(100 * times, 2000),
    });
    client.on('error', ({ message }) => log.warn({ error: message }, 'Redis connection'));
    return client;
  };
  const producer = connect({ blocking: false });
  const consumer = connect({ blocking: true });
  return {
    kind: 'redis',
    queue: (name) => new Queue(name, { connection: producer }),
    worker: (name, processor, options) => new Worker(name, processor, { ...options, connection: consumer }),
    async prepare() {
      await producer.ping();
    },
    async ping() {
      await producer.ping();
    },
    async close() {
      producer.disconnect();
      consumer.disconnect();
    },
  };
}
