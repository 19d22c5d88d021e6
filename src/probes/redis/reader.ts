import type { Redis } from 'ioredis';

/** All that the probes ask a Redis server. Everything here reads; nothing walks all keys at once or shows a value. */
export interface RedisReader {
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
  /** Bytes that each key takes, estimated from a few of its elements; null for a key that is gone. */
  memoryUsage(keys: readonly Buffer[]): Promise<readonly unknown[]>;
  /** How often each key is read, as Redis counts it under an LFU policy (0 to 255). */
  frequency(keys: readonly Buffer[]): Promise<readonly unknown[]>;
  /** Type and remaining time to live (in milliseconds, -1: none) of each key. */
  typesAndTtls(keys: readonly Buffer[]): Promise<readonly unknown[]>;
}

/** Elements of a collection that Redis looks at to estimate its size; its own default. */
const SAMPLES = '5';

type Call = readonly [command: string, ...args: (string | Buffer)[]];

export function readerOf(redis: Redis): RedisReader {
  return {
    info: () => redis.info('all'),
    slowlog: (count) => redis.slowlog('GET', count),
    latencyDoctor: () => redis.call('LATENCY', 'DOCTOR'),
    latestEvents: () => redis.call('LATENCY', 'LATEST'),
    eventHistory: (event) => redis.call('LATENCY', 'HISTORY', event),
    clientList: () => redis.call('CLIENT', 'LIST'),
    scan: (cursor, count) => redis.scanBuffer(cursor, 'COUNT', count),
    memoryUsage: (keys) =>
      inOneGo(
        redis,
        keys.map((key) => ['MEMORY', 'USAGE', key, 'SAMPLES', SAMPLES]),
      ),
    frequency: (keys) =>
      inOneGo(
        redis,
        keys.map((key) => ['OBJECT', 'FREQ', key]),
      ),
    typesAndTtls: (keys) =>
      inOneGo(
        redis,
        keys.flatMap((key): Call[] => [
          ['TYPE', key],
          ['PTTL', key],
        ]),
      ),
  };
}

/** Sends the calls together. A key that went away meanwhile answers null; another error ends it. */
async function inOneGo(redis: Redis, calls: readonly Call[]): Promise<readonly unknown[]> {
  if (calls.length === 0) return [];
  const pipeline = redis.pipeline();
  for (const [command, ...args] of calls) pipeline.call(command, ...args);
  const answers = (await pipeline.exec()) ?? [];
  return answers.map(([error, answer]) => {
    if (error === null) return answer;
    if (/no such key/i.test(error.message)) return null;
    throw error;
  });
}
