import { Redis } from 'ioredis';
import { ProbeError } from '../../core/errors.ts';
import { toRedisProbeError } from './errors.ts';
import { type RedisReader, readerOf } from './reader.ts';

export interface RedisAccess {
  readonly targetId: string;
  readonly signal: AbortSignal;
  /** The rights that the work needs, as `ACL SETUSER` takes them; named when Redis refuses. */
  readonly grant: string;
}

export interface RedisClients {
  /**
   * Answers a reader for a target; connects at first use and again after a loss.
   * @throws ProbeError with a reason and, where there is one, the line that mends it; or the reason of `signal`.
   */
  read<T>(access: RedisAccess, work: (reader: RedisReader) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 2000;
const COMMAND_TIMEOUT_MS = 5000;

interface Slot {
  readonly redis: Redis;
  readonly ready: Promise<void>;
  /** What went wrong last on the connection; the driver itself only says "closed". */
  lastError: unknown;
}

/** Connections to the Redis servers of the inventory, one each, by target id. The URLs are secrets. */
export function createRedisClients({
  connections,
}: {
  readonly connections: ReadonlyMap<string, string>;
}): RedisClients {
  const slots = new Map<string, Slot>();
  const tallies = new Map<string, Map<string, number>>();

  function slotOf(targetId: string, url: string): Slot {
    const known = slots.get(targetId);
    if (known && known.redis.status !== 'end') return known;
    const slot = connect(url);
    slots.set(targetId, slot);
    return slot;
  }

  function tallyOf(targetId: string): Map<string, number> {
    const tally = tallies.get(targetId) ?? new Map<string, number>();
    tallies.set(targetId, tally);
    return tally;
  }

  return {
    async read({ targetId, signal, grant }, work) {
      signal.throwIfAborted();
      const url = connections.get(targetId);
      if (url === undefined) throw notConfigured('No redis URL is configured for this service.');
      const slot = slotOf(targetId, url);
      try {
        return await untilAborted(
          slot.ready.then(() => work(readerOf(slot.redis, tallyOf(targetId)))),
          signal,
        );
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw toRedisProbeError(isClosed(error) ? (slot.lastError ?? error) : error, {
          user: slot.redis.options.username ?? '',
          grant,
        });
      }
    },
    async close() {
      for (const { redis } of slots.values()) redis.disconnect();
      slots.clear();
    },
  };
}

function connect(url: string): Slot {
  const redis = newRedis(url);
  const slot: Slot = { redis, ready: open(redis), lastError: undefined };
  redis.on('error', (error: unknown) => {
    slot.lastError = error;
  });
  slot.ready.catch(() => undefined);
  return slot;
}

/** Connects, and sets the name by hand: the driver would swallow the refusal (`max number of clients reached`) that answers it. */
async function open(redis: Redis): Promise<void> {
  await redis.connect();
  await redis.client('SETNAME', 'perfbot').catch((error: unknown) => {
    const mayNot = error instanceof Error && error.message.startsWith('NOPERM');
    if (!mayNot) throw error;
  });
}

function newRedis(url: string): Redis {
  if (!/^rediss?:\/\//.test(url))
    throw notConfigured('The redis URL of this service is not a redis:// or rediss:// URL.');
  return new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    // A target that is down is evidence, not something to wait for: no retry, no queue; the next use connects again.
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    // RESP 2: a restricted user needs neither HELLO nor CLIENT SETINFO.
    protocol: 2,
    disableClientInfo: true,
  });
}

function notConfigured(userMessage: string): ProbeError {
  return new ProbeError('not_configured', 'no usable redis URL', {
    userMessage,
    mend: 'Set redis: redis://user:password@host:6379 for this service in services.yaml (rediss:// for TLS).',
  });
}

function isClosed(error: unknown): boolean {
  return error instanceof Error && /connection is closed|isn't writeable/i.test(error.message);
}

/** An aborted caller leaves at once; its command ends by itself within the command timeout. */
async function untilAborted<T>(result: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  result.catch(() => undefined);
  try {
    return await Promise.race([result, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
