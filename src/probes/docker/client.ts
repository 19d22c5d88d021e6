import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { z } from 'zod';
import { ProbeError } from '../../core/errors.ts';
import { DiskUsage } from './disk-usage.ts';
import { parseDockerHost } from './engine-address.ts';
import { toDockerError } from './errors.ts';
import { createModem, type EngineTls, type Query } from './modem.ts';
import { type CappedBody, readCapped } from './read-capped.ts';
import {
  ContainerDetails,
  ContainerStats,
  ContainerSummary,
  ContainerTop,
  DockerEvent,
  EngineInfo,
} from './schemas.ts';

/**
 * Read-only view of a Docker engine: GET requests only, so a socket proxy that allows nothing else is enough.
 * Every call throws `ProbeError` and ends at once when its signal aborts.
 */
export interface DockerClient {
  /** All containers, stopped ones too; `label` narrows to `key=value`. */
  containers(signal: AbortSignal, filter?: { readonly label?: string }): Promise<readonly ContainerSummary[]>;
  inspect(container: string, signal: AbortSignal): Promise<ContainerDetails>;
  /** One reading; counters are since the start of the container. */
  stats(container: string, signal: AbortSignal): Promise<ContainerStats>;
  /** Processes as `ps` on the engine's host shows them, pids of that host. */
  top(container: string, psArguments: string, signal: AbortSignal): Promise<ContainerTop>;
  /** Raw log stream, standard output and error, with timestamps; times in milliseconds since the epoch. */
  logs(container: string, range: LogRange, signal: AbortSignal): Promise<CappedBody>;
  /** Past events; the engine remembers only its last 256. */
  events(query: EventQuery, signal: AbortSignal): Promise<readonly DockerEvent[]>;
  info(signal: AbortSignal): Promise<EngineInfo>;
  /** What images, containers, volumes and the build cache take; the engine walks through all of them, which takes seconds. */
  diskUsage(signal: AbortSignal): Promise<DiskUsage>;
  close(): Promise<void>;
}

interface LogRange {
  readonly since: number;
  readonly tail: number;
  readonly maxBytes: number;
}

interface EventQuery {
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly until: number;
  readonly container: string;
  readonly actions: readonly string[];
}

export interface DockerClientOptions {
  /** In the form of `DOCKER_HOST`; undefined is the local socket. */
  readonly host?: string | undefined;
  readonly tls?: EngineTls;
}

const MAX_JSON_BYTES = 8 * 1024 * 1024;
const MAX_EVENT_BYTES = 1024 * 1024;

/** A client for the engine at `host`. Nothing is connected before the first call. */
export function createDockerClient(options: DockerClientOptions = {}): DockerClient {
  const address = parseDockerHost(options.host);
  const agent = address.kind === 'tcp' && address.secure ? new TlsAgent() : new Agent();
  const modem = createModem(address, agent, options.tls);

  async function get(
    path: string,
    query: Query,
    signal: AbortSignal,
    maxBytes = MAX_JSON_BYTES,
  ): Promise<CappedBody> {
    try {
      signal.throwIfAborted();
      return await readCapped(await modem.get(path, query, signal), maxBytes, signal);
    } catch (error) {
      throw toDockerError({ error, address: address.label, path, signal });
    }
  }

  async function getJson<T>(
    path: string,
    query: Query,
    schema: z.ZodType<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const { body, truncated } = await get(path, query, signal);
    if (truncated) throw invalidAnswer(path, `more than ${MAX_JSON_BYTES} bytes`);
    return parseAnswer(path, body.toString('utf8'), schema);
  }

  return {
    containers(signal, { label } = {}) {
      const filters = label === undefined ? {} : { filters: JSON.stringify({ label: [label] }) };
      return getJson('/containers/json', { all: true, ...filters }, z.array(ContainerSummary), signal);
    },
    inspect: (id, signal) => getJson(containerPath(id, 'json'), {}, ContainerDetails, signal),
    // Without `one-shot` the engine waits a second for a reading of its own before it answers.
    stats: (id, signal) =>
      getJson(containerPath(id, 'stats'), { stream: false, 'one-shot': true }, ContainerStats, signal),
    top: (id, ps, signal) => getJson(containerPath(id, 'top'), { ps_args: ps }, ContainerTop, signal),
    logs(id, { since, tail, maxBytes }, signal) {
      const query = { stdout: true, stderr: true, timestamps: true, since: seconds(since), tail };
      return get(containerPath(id, 'logs'), query, signal, maxBytes);
    },
    async events({ since, until, container, actions }, signal) {
      const filters = JSON.stringify({ type: ['container'], container: [container], event: actions });
      const query = { since: seconds(since), until: seconds(until), filters };
      const { body } = await get('/events', query, signal, MAX_EVENT_BYTES);
      const lines = body
        .toString('utf8')
        .split('\n')
        .filter((line) => line.trim() !== '');
      return lines.map((line) => parseAnswer('/events', line, DockerEvent));
    },
    info: (signal) => getJson('/info', {}, EngineInfo, signal),
    // Since API 1.52 the single items come only with `verbose`; older engines do not heed it.
    diskUsage: (signal) => getJson('/system/df', { verbose: true }, DiskUsage, signal),
    async close() {
      agent.destroy();
    },
  };
}

function containerPath(container: string, part: string): string {
  return `/containers/${encodeURIComponent(container)}/${part}`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function parseAnswer<T>(path: string, text: string, schema: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw invalidAnswer(path, 'not JSON', cause);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw invalidAnswer(path, z.prettifyError(parsed.error).slice(0, 300), parsed.error);
}

function invalidAnswer(path: string, what: string, cause?: unknown): ProbeError {
  return new ProbeError('invalid_response', `docker answered GET ${path} with something else: ${what}`, {
    userMessage: 'Docker answered in a form that perfbot does not know.',
    mend: 'check that DOCKER_HOST points at a Docker Engine (API 1.41 or newer)',
    cause,
  });
}
