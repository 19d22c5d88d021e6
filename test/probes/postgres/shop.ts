import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import type { Evidence } from '../../../src/core/evidence.ts';
import type { HttpTarget } from '../../../src/core/inventory/target.ts';
import { httpTimingProbe } from '../../../src/probes/http/timing.ts';
import { observe } from '../observe.ts';

export interface Shop {
  /** Its route as `http.timing` sees it. */
  timed(params?: Readonly<Record<string, unknown>>): Promise<Evidence>;
  /** Users who ask for the route one after the other until it stops. */
  visitedBy(users: number): void;
  stop(): Promise<void>;
}

export interface ShopOptions {
  readonly databaseUrl: string;
  /** What one request does; when it fails, the answer is 500. */
  handle(pool: pg.Pool): Promise<void>;
  readonly poolSize?: number;
}

/** The service `shop-api`: one route that works with a pool of database connections. */
export async function openShop({ databaseUrl, handle, poolSize = 10 }: ShopOptions): Promise<Shop> {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    application_name: 'shop-api',
    max: poolSize,
    connectionTimeoutMillis: 300,
  });
  pool.on('error', () => undefined);
  const taken = new Set<pg.PoolClient>();
  pool.on('acquire', (client) => taken.add(client));
  pool.on('release', (_, client) => taken.delete(client as pg.PoolClient));
  const server = createServer((_, response) => {
    handle(pool).then(
      () => response.end('fine'),
      () => response.writeHead(500).end('the database did not answer'),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const target: HttpTarget = {
    kind: 'http',
    id: 'http:shop-api',
    service: 'shop-api',
    zone: 'default',
    baseUrl,
    paths: ['/orders'],
  };
  const gone = new AbortController();
  const users: Promise<void>[] = [];

  async function visit(): Promise<void> {
    while (!gone.signal.aborted) {
      const response = await fetch(`${baseUrl}/orders`);
      await response.text();
    }
  }

  return {
    timed: (params = {}) =>
      observe(httpTimingProbe(), target, { requests: 8, requests_per_second: 20, ...params }),
    visitedBy(count) {
      for (let user = 0; user < count; user += 1) users.push(visit());
    },
    async stop() {
      gone.abort();
      await Promise.all(users);
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      for (const client of taken) client.release(true);
      await pool.end();
    },
  };
}
