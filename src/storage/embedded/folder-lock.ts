import { createHash } from 'node:crypto';
import { realpath, rm } from 'node:fs/promises';
import { createConnection, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PerfbotError } from '../../core/errors.ts';

/**
 * Makes this process the only one that uses a folder, until the answer is called or the process ends, however it ends.
 * The lock is a local socket: the kernel forgets it with the process (on Linux without leaving a file).
 * @throws PerfbotError `overloaded` while another process holds it.
 */
export async function lockFolder(directory: string): Promise<() => Promise<void>> {
  const name = `perfbot-${createHash('sha256')
    .update(await realpath(directory))
    .digest('hex')
    .slice(0, 32)}`;
  const path = process.platform === 'linux' ? `\0${name}` : join(tmpdir(), `${name}.sock`);
  let server = await listen(path);
  if (server === undefined && process.platform !== 'linux' && !(await answers(path))) {
    await rm(path, { force: true });
    server = await listen(path);
  }
  if (server === undefined)
    throw new PerfbotError('overloaded', 'embedded PostgreSQL is in use', {
      userMessage: `Another perfbot uses the data folder ${directory}.`,
      mend: 'Stop it, or set DATABASE_URL so that several can share one PostgreSQL.',
    });
  const held = server;
  return () => new Promise((resolve) => held.close(() => resolve()));
}

/** Undefined when the address is taken. */
function listen(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(path, () => {
      server.unref();
      resolve(server);
    });
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
