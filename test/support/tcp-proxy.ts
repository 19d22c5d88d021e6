import { connect, createServer, type Socket } from 'node:net';
import { Transform } from 'node:stream';

/** A line between two ends that is long, narrow, or both. */
export interface TcpProxy {
  readonly port: number;
  close(): Promise<void>;
}

export interface TcpProxyOptions {
  /** Where it leads, on the loopback address. */
  readonly port: number;
  /** Time that bytes take in each direction; the round trip is twice as long. */
  readonly delayMs?: number;
  /** Bytes that it carries back from the server in a second. */
  readonly bytesPerSecond?: number;
}

/** Carries TCP connections to a server on this machine as a bad line would; it needs no queueing discipline of the kernel. */
export async function startTcpProxy({
  port,
  delayMs = 0,
  bytesPerSecond,
}: TcpProxyOptions): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket.setNoDelay(true));
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    near.pipe(delay(delayMs)).pipe(far);
    const back = far.pipe(delay(delayMs));
    (bytesPerSecond === undefined ? back : back.pipe(narrow(bytesPerSecond))).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Each chunk arrives so much later; chunks that follow each other do not wait for the one before. */
function delay(ms: number): Transform {
  return new Transform({
    transform(chunk: Buffer, _, next) {
      setTimeout(() => this.push(chunk), ms);
      next();
    },
    flush(done) {
      setTimeout(done, ms);
    },
  });
}

const SLICE = 1024;

/** Small pieces, each after the time that it takes at this rate. */
function narrow(bytesPerSecond: number): Transform {
  return new Transform({
    async transform(chunk: Buffer, _, next) {
      for (let at = 0; at < chunk.length; at += SLICE) {
        const piece = chunk.subarray(at, at + SLICE);
        await new Promise((resolve) => setTimeout(resolve, (piece.length * 1000) / bytesPerSecond));
        this.push(piece);
      }
      next();
    },
  });
}
