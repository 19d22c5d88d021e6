import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { z } from 'zod';
import { ProbeError } from '../../core/errors.ts';
import type { DockerClientOptions } from './client.ts';
import { parseDockerHost } from './engine-address.ts';
import { toDockerError } from './errors.ts';
import { createModem } from './modem.ts';
import { readCapped } from './read-capped.ts';

/** A command that runs in a container. Ending `stdin` tells it to finish; `destroy` lets go of it at once. */
export interface RunningCommand {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  destroy(): void;
}

/** What to run: argument by argument, as the user of the container unless `uid` names another. */
export interface FixedCommand {
  readonly argv: readonly string[];
  readonly uid?: number | undefined;
}

/**
 * Starts commands in containers: the one part of perfbot that needs more of Docker than GET. Callers pass fixed
 * programs as argument arrays, never text of a person, and programs that end by themselves: Docker cannot stop them.
 */
export interface DockerExec {
  start(container: string, command: FixedCommand, signal: AbortSignal): Promise<RunningCommand>;
  close(): Promise<void>;
}

const MAX_ANSWER_BYTES = 64 * 1024;
const HEADER_BYTES = 8;

/** Runs commands through the engine at `host`. Nothing is connected before the first call. */
export function createDockerExec(options: DockerClientOptions = {}): DockerExec {
  const address = parseDockerHost(options.host);
  const agent = address.kind === 'tcp' && address.secure ? new TlsAgent() : new Agent();
  const modem = createModem(address, agent, options.tls);
  return {
    async start(container, command, signal) {
      const path = `/containers/${encodeURIComponent(container)}/exec`;
      try {
        signal.throwIfAborted();
        const created = await modem.post(path, execBody(command), signal);
        const { body } = await readCapped(created, MAX_ANSWER_BYTES, signal);
        const { Id } = z.object({ Id: z.string() }).parse(JSON.parse(body.toString('utf8')));
        const socket = await modem.hijack(`/exec/${Id}/start`, { Detach: false, Tty: false });
        const running = splitStreams(socket);
        if (!signal.aborted) return running;
        running.destroy();
        throw signal.reason;
      } catch (error) {
        throw refusalOf(error) ?? toDockerError({ error, address: address.label, path, signal });
      }
    },
    async close() {
      agent.destroy();
    },
  };
}

/** NODE_OPTIONS of the container would load its agents, or open its debugger, in the command as well. */
function execBody({ argv, uid }: FixedCommand): object {
  return {
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
    Cmd: argv,
    Env: ['NODE_OPTIONS='],
    ...(uid !== undefined && { User: String(uid) }),
  };
}

function refusalOf(error: unknown): ProbeError | undefined {
  const status: unknown = error instanceof Error ? Reflect.get(error, 'statusCode') : undefined;
  if (status !== 403 && status !== 401) return undefined;
  return new ProbeError('permission', `docker answered ${status} to POST exec`, {
    userMessage: 'The Docker socket proxy does not let perfbot run its reader in the container.',
    mend: 'allow POST containers/{id}/exec and exec/{id}/start in the socket proxy; see docs/node-profiling.md',
    cause: error,
  });
}

/** Takes the two outputs of the command apart: each frame has a header of 8 bytes with its stream and its size. */
function splitStreams(socket: Readable & Writable): RunningCommand {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  let pending: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    while (pending.length >= HEADER_BYTES) {
      const end = HEADER_BYTES + pending.readUInt32BE(4);
      if (pending.length < end) break;
      (pending[0] === 2 ? stderr : stdout).write(pending.subarray(HEADER_BYTES, end));
      pending = pending.subarray(end);
    }
  });
  const end = () => {
    stdout.end();
    stderr.end();
  };
  socket.on('end', end);
  socket.on('close', end);
  // What ended the connection shows as the end of both outputs.
  socket.on('error', end);
  return { stdin: socket, stdout, stderr, destroy: () => socket.destroy() };
}
