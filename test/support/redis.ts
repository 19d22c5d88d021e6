import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';

export interface TestRedis {
  readonly url: string;
  readonly port: number;
  /** Kills it and starts it anew. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Major version of the redis-server on the PATH. */
export function redisMajor(): number {
  const told = execFileSync('redis-server', ['--version'], { encoding: 'utf8' });
  return Number(/ v=(\d+)/.exec(told)?.[1]);
}

/** Options that allow `DEBUG`, which redis-server before 7 always does. */
export function allowDebug(): readonly string[] {
  return redisMajor() >= 7 ? ['--enable-debug-command', 'yes'] : [];
}

/** A real redis-server on a free port, with its files in a folder that goes when it stops. */
export async function startRedis(options: readonly string[] = []): Promise<TestRedis> {
  const directory = await mkdtemp(join(tmpdir(), 'perfbot-redis-'));
  const port = await freePort();
  const launch = () => {
    const server = spawn(
      'redis-server',
      ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', directory, ...options],
      { stdio: 'ignore' },
    );
    const exited = new Promise<void>((resolve) => server.once('exit', () => resolve()));
    server.once('error', () => undefined);
    return { server, exited };
  };
  let running = launch();
  await answers(port);
  const end = async () => {
    running.server.kill('SIGKILL');
    await running.exited;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    async restart() {
      await end();
      running = launch();
      await answers(port);
    },
    async stop() {
      await end();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function answers(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = createConnection({ port, host: '127.0.0.1' });
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`redis-server did not open port ${port}`);
}
