import autocannon from 'autocannon';
import { addressOf } from './address.ts';
import type { Meter } from './meter.ts';

/** Connections that share the rate; each begins in its own moment of the second, so that requests arrive evenly. */
const MOST_CONNECTIONS = 50;
/** An answer that takes longer is no answer. */
const TIMEOUT_S = 10;
/** autocannon connects again at once, thousands of times a second; a connection that failed is begun anew after this. */
const AGAIN_AFTER_MS = 1000;
/** Longer than any stage: the end comes from outside. */
const FOR_EVER_S = 3600;
const TICK_MS = 200;

export interface SenderOptions {
  readonly baseUrl: string;
  readonly paths: readonly string[];
  /** A whole number. */
  readonly ratePerSecond: number;
  readonly meter: Meter;
}

/**
 * Sends at a constant rate until the returned function is called. autocannon sends the share of a connection at the
 * beginning of each of its seconds, so there is one instance for each connection, begun one after the other.
 */
export function startSender({ baseUrl, paths, ratePerSecond, meter }: SenderOptions): () => void {
  const connections = Math.min(ratePerSecond, MOST_CONNECTIONS);
  const requests = paths.map((path) => ({ path: pathOf(addressOf(baseUrl, path)) }));
  const ends = new Map<number, () => void>();
  const timers = new Set<NodeJS.Timeout>();

  const connectIn = (delayMs: number, index: number) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      const rate = shareOf(ratePerSecond, index, connections);
      const end = connect({
        baseUrl,
        // The routes take turns, beginning with another one on each connection.
        requests: [...requests.slice(index % requests.length), ...requests.slice(0, index % requests.length)],
        rate,
        onAnswer: (statusCode, latencyMs) => meter.answered(statusCode, latencyMs, 1000 / rate),
        onError: (error) => {
          meter.failed(error);
          end();
          connectIn(AGAIN_AFTER_MS, index);
        },
      });
      ends.set(index, end);
    }, delayMs);
    timers.add(timer);
  };

  for (let index = 0; index < connections; index += 1) connectIn((index * 1000) / connections, index);
  return () => {
    for (const timer of timers) clearTimeout(timer);
    for (const end of ends.values()) end();
  };
}

/** One connection of autocannon; the returned function ends it at once and nothing more is heard of it. */
function connect(options: {
  readonly baseUrl: string;
  readonly requests: autocannon.Request[];
  readonly rate: number;
  onAnswer(statusCode: number, latencyMs: number): void;
  onError(error: Error): void;
}): () => void {
  // Public in autocannon, but not in its types; `stop` alone leaves the connection open until the next tick.
  const clients: (autocannon.Client & { destroy?(): void })[] = [];
  const instance = autocannon(
    {
      url: options.baseUrl,
      requests: options.requests,
      connections: 1,
      overallRate: options.rate,
      duration: FOR_EVER_S,
      timeout: TIMEOUT_S,
      sampleInt: TICK_MS,
      skipAggregateResult: true,
      setupClient: (client) => clients.push(client),
    },
    () => {},
  );
  instance.on('response', (_client, statusCode, _bytes, latencyMs) =>
    options.onAnswer(statusCode, latencyMs),
  );
  instance.on('reqError', options.onError);
  return () => {
    instance.removeAllListeners('response');
    instance.removeAllListeners('reqError');
    instance.stop();
    for (const client of clients) client.destroy?.();
  };
}

function pathOf(address: string): string {
  const { pathname, search } = new URL(address);
  return pathname + search;
}

/** The whole requests a second of one connection; together they are the rate. */
function shareOf(rate: number, index: number, connections: number): number {
  return Math.floor(rate / connections) + (index < rate % connections ? 1 : 0);
}
