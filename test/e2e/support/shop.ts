import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ContainerOptions, startContainer, type TestContainer } from '../../support/docker.ts';
import { freePort } from '../../support/free-port.ts';

const PROGRAM = readFileSync(join(import.meta.dirname, 'shop.mjs'), 'utf8');
const NODE_MODULES = join(import.meta.dirname, '../../../node_modules');
const START_MS = 30_000;

export interface Shop {
  readonly container: TestContainer;
  readonly name: string;
  readonly url: string;
  /** `host:port` to scrape. */
  readonly address: string;
  /** Answers the status; a request that never ends is given up. */
  call(method: 'GET' | 'POST' | 'DELETE', path: string): Promise<number>;
  /** Asks a route over and over with `clients` at once until the returned function is called. */
  load(path: string, clients: number): () => Promise<void>;
  remove(): Promise<void>;
}

export interface ShopOptions extends Pick<ContainerOptions, 'cpus' | 'memory' | 'labels'> {
  /** With a database the shop shares the network of the machine, so that it reaches the one of the test. */
  readonly databaseUrl?: string;
}

/** Starts the shop in a container of its own. */
export async function startShop({ databaseUrl, ...options }: ShopOptions = {}): Promise<Shop> {
  const shared = databaseUrl !== undefined;
  const hostPort = shared ? await freePort() : 0;
  const container = await startContainer({
    ...options,
    cmd: ['node', '/app/shop.mjs'],
    files: { 'shop.mjs': PROGRAM },
    env: shared ? { PORT: String(hostPort), HOST: '127.0.0.1', DATABASE_URL: databaseUrl } : { PORT: '3000' },
    ...(!shared && { ports: ['127.0.0.1::3000'] }),
    args: [...(shared ? ['--network', 'host'] : []), '--volume', `${NODE_MODULES}:/node_modules:ro`],
  });
  await container.waitForLog('shop listens', START_MS);
  const port = shared ? hostPort : await container.port(3000);
  const url = `http://127.0.0.1:${port}`;
  const call: Shop['call'] = async (method, path) => {
    const answer = await fetch(`${url}${path}`, { method, signal: AbortSignal.timeout(15_000) });
    await answer.arrayBuffer();
    return answer.status;
  };
  return {
    container,
    name: container.name,
    url,
    address: `127.0.0.1:${port}`,
    call,
    load(path, clients) {
      let running = true;
      const loops = Array.from({ length: clients }, async () => {
        while (running)
          await call('GET', path).catch(() => new Promise((resolve) => setTimeout(resolve, 200)));
      });
      return async () => {
        running = false;
        await Promise.all(loops);
      };
    },
    remove: () => container.remove(),
  };
}
