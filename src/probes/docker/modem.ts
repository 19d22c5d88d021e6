import type { Agent } from 'node:http';
import { Duplex, Readable } from 'node:stream';
import { inspect } from 'node:util';
import Dockerode from 'dockerode';
import type { EngineAddress } from './engine-address.ts';

/** Client certificate for an engine behind TLS, PEM. */
export interface EngineTls {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

export type Query = Readonly<Record<string, string | number | boolean>>;

/** dockerode's transport; its own calls read answers without a limit, so the streams are taken from below them. */
export interface Modem {
  get(path: string, query: Query, signal: AbortSignal): Promise<Readable>;
  post(path: string, body: object, signal: AbortSignal): Promise<Readable>;
  /** The connection itself, for a command whose input and output run over it. It outlives `signal`. */
  hijack(path: string, body: object): Promise<Duplex>;
}

interface Call {
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly options: object;
  readonly abortSignal?: AbortSignal;
  readonly hijack?: true;
  readonly openStdin?: true;
}

/** A transport to the engine at `address`; nothing is connected before the first call. */
export function createModem(address: EngineAddress, agent: Agent, tls: EngineTls | undefined): Modem {
  // Fields that are left out would be filled from the environment of the process.
  const place =
    address.kind === 'socket'
      ? { socketPath: address.path, host: undefined, port: undefined, protocol: 'http' as const }
      : {
          host: address.host,
          port: address.port,
          protocol: address.secure ? ('https' as const) : ('http' as const),
        };
  // docker-modem describes every request in full for a debug log that nobody reads: with all sockets of the agent, and
  // those of the looks beside it, that took more CPU than all else that the monitor does.
  Object.defineProperty(agent, inspect.custom, { value: () => '[agent]' });
  const options: object = { ...place, ...tls, agent };
  const { modem } = new Dockerode(options);

  function dial<T>(call: Call, isAnswer: (answer: unknown) => answer is T): Promise<T> {
    return new Promise((resolve, reject) => {
      const request = { ...call, isStream: true, statusCodes: { 101: true, 200: true, 201: true } };
      modem.dial(request, (error, answer: unknown) => (isAnswer(answer) ? resolve(answer) : reject(error)));
    });
  }

  return {
    get: (path, query, abortSignal) =>
      dial({ path: `${path}?`, method: 'GET', options: query, abortSignal }, isReadable),
    post: (path, body, abortSignal) => dial({ path, method: 'POST', options: body, abortSignal }, isReadable),
    hijack: (path, body) =>
      dial({ path, method: 'POST', options: body, hijack: true, openStdin: true }, isDuplex),
  };
}

function isReadable(answer: unknown): answer is Readable {
  return answer instanceof Readable;
}

function isDuplex(answer: unknown): answer is Duplex {
  return answer instanceof Duplex;
}
