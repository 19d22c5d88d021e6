import { Client, type QueryConfig } from 'pg';
import { z } from 'zod';
import { ProbeError } from '../../core/errors.ts';
import { isConnectionLoss, toPostgresProbeError } from './errors.ts';

/** Runs one SELECT and reads its rows through a schema. */
export type Query = <T>(
  schema: z.ZodType<T>,
  text: string,
  values?: readonly unknown[],
) => Promise<readonly T[]>;

export interface PostgresConnection {
  /** Runs `work` in one short read-only transaction. */
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 3000;

/** The server cancels a statement after 5 s; when even that does not arrive, the connection is dead. */
const ANSWER_TIMEOUT_MS = 7000;

// search_path: no function or operator of the application can slip in between. All of it ends with the transaction.
const GUARDS = `SELECT /* perfbot */ set_config('statement_timeout', '5s', true), set_config('lock_timeout', '500ms', true),
  set_config('idle_in_transaction_session_timeout', '10s', true), set_config('search_path', 'pg_catalog', true)`;

/**
 * One connection that is opened at the first use, kept open (a new one is refused when the server is full) and replaced
 * after a loss. Errors are those of `pg`; `toPostgresProbeError` explains them.
 */
export function createPostgresConnection(connectionString: string): PostgresConnection {
  let current: Client | undefined;
  let closed = false;

  async function connect(): Promise<Client> {
    const client = newClient(connectionString);
    const forget = () => {
      if (current === client) current = undefined;
    };
    client.on('error', forget);
    client.on('end', forget);
    try {
      await client.connect();
    } catch (error) {
      client.end().catch(() => undefined);
      throw error;
    }
    // Closed in the meantime: nobody would ever end this one, and it would keep the process alive.
    if (closed) {
      client.end().catch(() => undefined);
      throw new ProbeError('unreachable', 'closed while connecting', {
        userMessage: 'perfbot stopped while it connected to PostgreSQL.',
      });
    }
    current = client;
    return client;
  }

  async function begin(): Promise<Client> {
    const reused = current;
    const client = reused ?? (await connect());
    try {
      await extended(client, 'BEGIN TRANSACTION READ ONLY');
      return client;
    } catch (error) {
      drop(client);
      if (reused === undefined || !isConnectionLoss(error)) throw error;
      const fresh = await connect();
      await extended(fresh, 'BEGIN TRANSACTION READ ONLY');
      return fresh;
    }
  }

  function drop(client: Client): void {
    if (current === client) current = undefined;
    client.end().catch(() => undefined);
  }

  return {
    async transaction(work) {
      const client = await begin();
      try {
        await extended(client, GUARDS);
        return await work((schema, text, values) => select(client, schema, text, values));
      } finally {
        await extended(client, 'ROLLBACK').catch(() => drop(client));
      }
    },
    async close() {
      closed = true;
      await current?.end();
      current = undefined;
    },
  };
}

function newClient(connectionString: string): Client {
  try {
    return new Client({
      connectionString,
      application_name: 'perfbot',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: ANSWER_TIMEOUT_MS,
      keepAlive: true,
    });
  } catch {
    // The driver's error repeats the connection string.
    throw new ProbeError('not_configured', 'the postgres URL cannot be read', {
      userMessage: 'The postgres URL of this service is not a valid URL.',
      mend: 'Write it as postgres://user:password@host:5432/database, with special characters percent-encoded.',
    });
  }
}

/** `pg` uses the simple protocol for statements without values, in which a second statement could follow; this forbids it. */
function extended(client: Client, text: string, values: readonly unknown[] = []) {
  const config: QueryConfig & { queryMode: 'extended' } = {
    text,
    values: [...values],
    queryMode: 'extended',
  };
  return client.query(config);
}

async function select<T>(
  client: Client,
  schema: z.ZodType<T>,
  text: string,
  values?: readonly unknown[],
): Promise<readonly T[]> {
  const { rows } = await extended(client, text, values).catch((error: unknown) => {
    throw toPostgresProbeError(error);
  });
  const parsed = z.array(schema).safeParse(rows);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ProbeError('invalid_response', `unexpected row: ${issue?.path.join('.')}: ${issue?.message}`, {
    userMessage: `PostgreSQL answered in an unexpected form (${issue?.path.slice(1).join('.')}).`,
  });
}
