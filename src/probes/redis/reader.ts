import type { Redis } from 'ioredis';

/** A key with the type that Redis names for it. */
export interface TypedKey {
  readonly key: Buffer;
  readonly type: string;
}

/** All that the probes ask a Redis server. Everything here reads; nothing walks all keys at once or shows a value. */
export interface RedisReader {
  /** Number of the database that `scan` walks. */
  readonly database: number;
  /** What perfbot itself has asked about keys so far, by command: Redis counts it together with what others ask. */
  ownCalls(): OwnCalls;
  /** All of `INFO`. */
  info(): Promise<string>;
  /** The newest entries of the slow log, untouched. */
  slowlog(count: number): Promise<unknown>;
  /** `LATENCY DOCTOR`: the only words that tell whether events are recorded without the right to read the configuration. */
  latencyDoctor(): Promise<unknown>;
  /** `LATENCY LATEST`: the newest event of each kind. */
  latestEvents(): Promise<unknown>;
  /** `LATENCY HISTORY`: up to 160 times and durations of one kind of event. */
  eventHistory(event: string): Promise<unknown>;
  /** `CLIENT LIST`, one line for each connection. */
  clientList(): Promise<unknown>;
  /** One step of `SCAN`: the next cursor and some keys, as bytes, for a key may be any bytes. */
  scan(cursor: string, count: number): Promise<unknown>;
  /** Bytes that each key takes, estimated from a few of its elements; null for a key that is gone. No look-up. */
  memoryUsage(keys: readonly Buffer[]): Promise<readonly unknown[]>;
  /** How often each key is read, as Redis counts it under an LFU policy (0 to 255). */
  frequency(keys: readonly Buffer[]): Promise<readonly unknown[]>;
  types(keys: readonly Buffer[]): Promise<readonly unknown[]>;
  /** Remaining time to live of each key in milliseconds; -1: none, -2: gone. */
  timesToLive(keys: readonly Buffer[]): Promise<readonly unknown[]>;
  /** Elements of each collection, bytes of each string. Counts as a use of the key: only for a few. */
  lengths(keys: readonly TypedKey[]): Promise<readonly unknown[]>;
}

/** Elements of a collection that Redis looks at to estimate its size; its own default. */
const SAMPLES = '5';

const LENGTH_COMMANDS: Readonly<Record<string, string>> = {
  string: 'STRLEN',
  list: 'LLEN',
  set: 'SCARD',
  hash: 'HLEN',
  zset: 'ZCARD',
  stream: 'XLEN',
};

type Call = readonly [command: string, ...args: (string | Buffer)[]];

/** Calls by command, as `commandstats` names it. */
export type OwnCalls = Readonly<Record<string, number>>;

/** A reader of one connection. It counts what it asks in `tally`, which outlives the connection. */
export function readerOf(redis: Redis, tally: Map<string, number>): RedisReader {
  // Counted when sent: one connection answers in order, so that a later INFO knows of it.
  const count = (command: string) => tally.set(command, (tally.get(command) ?? 0) + 1);
  const lookUp = (calls: readonly Call[]) => {
    for (const [command, subcommand] of calls)
      count(command === 'OBJECT' ? `object|${String(subcommand).toLowerCase()}` : command.toLowerCase());
    return inOneGo(redis, calls);
  };
  return {
    database: redis.options.db ?? 0,
    ownCalls: () => Object.fromEntries(tally),
    info: () => redis.info('all'),
    slowlog: (count) => redis.slowlog('GET', count),
    latencyDoctor: () => redis.call('LATENCY', 'DOCTOR'),
    latestEvents: () => redis.call('LATENCY', 'LATEST'),
    eventHistory: (event) => redis.call('LATENCY', 'HISTORY', event),
    clientList: () => redis.call('CLIENT', 'LIST'),
    scan(cursor, keys) {
      count('scan');
      return redis.scanBuffer(cursor, 'COUNT', keys);
    },
    memoryUsage: (keys) =>
      inOneGo(
        redis,
        keys.map((key) => ['MEMORY', 'USAGE', key, 'SAMPLES', SAMPLES]),
      ),
    frequency: (keys) => lookUp(keys.map((key) => ['OBJECT', 'FREQ', key])),
    types: (keys) => lookUp(keys.map((key) => ['TYPE', key])),
    timesToLive: (keys) => lookUp(keys.map((key) => ['PTTL', key])),
    async lengths(keys) {
      const known = keys.filter(({ type }) => type in LENGTH_COMMANDS);
      const answers = await lookUp(known.map(({ key, type }) => [LENGTH_COMMANDS[type] ?? 'TYPE', key]));
      return keys.map((typed) => answers[known.indexOf(typed)] ?? null);
    },
  };
}

/** Sends the calls together. A key that went away or changed its type meanwhile answers null; another error ends it. */
async function inOneGo(redis: Redis, calls: readonly Call[]): Promise<readonly unknown[]> {
  if (calls.length === 0) return [];
  const pipeline = redis.pipeline();
  for (const [command, ...args] of calls) pipeline.call(command, ...args);
  const answers = (await pipeline.exec()) ?? [];
  return answers.map(([error, answer]) => {
    if (error === null) return answer;
    if (/no such key|WRONGTYPE/i.test(error.message)) return null;
    throw error;
  });
}
