import pLimit, { type LimitFunction } from 'p-limit';
import { ProbeError } from '../../core/errors.ts';
import { createPostgresConnection, type PostgresConnection, type Query } from './connection.ts';
import { toPostgresProbeError } from './errors.ts';

export interface PostgresClients {
  /**
   * Runs `work` in one short read-only transaction on the target's only connection; callers of one target take turns.
   * Two samples of a statistic need two calls: within one transaction the server freezes its statistics.
   * @throws ProbeError with a reason and, where there is one, the line that mends it; or the reason of `signal`.
   */
  read<T>(targetId: string, signal: AbortSignal, work: (query: Query) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

interface Slot {
  readonly connection: PostgresConnection;
  readonly turn: LimitFunction;
}

/** Connections to the PostgreSQL servers of the inventory, one each, by target id. The strings are secrets. */
export function createPostgresClients({
  connections,
}: {
  readonly connections: ReadonlyMap<string, string>;
}): PostgresClients {
  const slots = new Map<string, Slot>();

  function slotOf(targetId: string): Slot {
    const known = slots.get(targetId);
    if (known) return known;
    const connectionString = connections.get(targetId);
    if (connectionString === undefined) {
      throw new ProbeError('not_configured', `no connection string for ${targetId}`, {
        userMessage: 'No postgres URL is configured for this service.',
        mend: 'Set postgres: postgres://user:password@host:5432/database for this service in services.yaml.',
      });
    }
    const slot = { connection: createPostgresConnection(connectionString), turn: pLimit(1) };
    slots.set(targetId, slot);
    return slot;
  }

  return {
    async read(targetId, signal, work) {
      signal.throwIfAborted();
      const { connection, turn } = slotOf(targetId);
      const result = turn(() => {
        signal.throwIfAborted();
        return connection.transaction(work);
      });
      try {
        return await untilAborted(result, signal);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw toPostgresProbeError(error);
      }
    },
    async close() {
      await Promise.all([...slots.values()].map(({ connection }) => connection.close()));
      slots.clear();
    },
  };
}

/** An aborted caller leaves at once; its transaction ends by itself within the statement timeout. */
async function untilAborted<T>(result: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = deferred();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  result.catch(() => undefined);
  try {
    return await Promise.race([result, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function deferred(): { promise: Promise<never>; reject: (reason: unknown) => void } {
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<never>((_resolve, rejectPromise) => {
    reject = rejectPromise;
  });
  return { promise, reject };
}
