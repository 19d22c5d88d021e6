import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { ProbeError } from '../../core/errors.ts';
import type { Gap } from '../../core/evidence.ts';
import { Milliseconds } from '../../core/quantity.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import type { DockerClient } from '../docker/client.ts';
import { parseDockerTime } from '../docker/container-facts.ts';
import { findContainer } from '../docker/find-container.ts';
import type { LogLine } from '../docker/log-frames.ts';
import { readNewestLines } from '../docker/read-newest-lines.ts';
import type { ContainerSummary } from '../docker/schemas.ts';
import type { AccessEntry, UpstreamError } from './access-entry.ts';
import { type AccessWindow, toAccessObservation } from './access-observation.ts';
import { createAddressOwners } from './address-owners.ts';
import { parseAccessLine } from './parse-access-line.ts';
import { parseErrorLine, saysConnectionsAreUsedUp } from './parse-error-line.ts';

const Params = z.strictObject({
  window: Milliseconds.pipe(z.number().min(1000))
    .default(300_000)
    .describe('span of the log that is read, for example 5m'),
  tail: z.int().min(1).max(20_000).default(20_000).describe('newest lines that are read at most'),
});
export type NginxAccessParams = z.infer<typeof Params>;

/** Everybody else gets a turn after so many lines. */
const TURN_LINES = 500;

export interface NginxAccessOptions {
  readonly docker: Pick<DockerClient, 'containers' | 'inspect' | 'logs'>;
}

/** Response times, statuses and upstream servers out of the access log that an nginx writes into its container's log. */
export function nginxAccessProbe({ docker }: NginxAccessOptions): Probe<'nginx', NginxAccessParams> {
  return {
    name: 'nginx.access',
    title: 'Access log of nginx',
    targetKind: 'nginx',
    cost: 'moderate',
    timeoutMs: 10_000,
    params: Params,
    mayLookAt: ({ container }) => container !== undefined,
    async collect({ target, params, signal, now }) {
      if (target.container === undefined) {
        throw new ProbeError('not_configured', `${target.id} has no container`, {
          userMessage: 'services.yaml names no container whose log is the access log of this nginx.',
          mend: `add container and nginx: { log: container } to ${target.service} in services.yaml`,
        });
      }
      const details = await findContainer(docker, { container: target.container }, signal);
      const until = now();
      const since = Math.max(until - params.window, parseDockerTime(details.Created) ?? 0);
      const { lines, partial } = await readNewestLines(docker, details, { since, tail: params.tail, signal });
      const read = await parseLines(lines, signal);
      const first = lines.find(({ at }) => Number.isFinite(at))?.at ?? since;
      const windowMs = Math.max(1000, until - (partial ? first : since));
      const window = withoutOwn({ ...read, windowMs }, target.status);
      const containers = window.hasUpstreams ? await containersOf(docker, signal) : undefined;
      return toAccessObservation(
        {
          ...window,
          container: details.Name,
          gaps: lineGaps(window, { partial, lines: lines.length, container: details.Name }),
        },
        createAddressOwners(containers),
      );
    },
  };
}

interface ReadLines {
  readonly entries: readonly AccessEntry[];
  readonly errors: readonly UpstreamError[];
  readonly usedUp: number;
}

async function parseLines(lines: readonly LogLine[], signal: AbortSignal): Promise<ReadLines> {
  const entries: AccessEntry[] = [];
  const errors: UpstreamError[] = [];
  let usedUp = 0;
  for (const [index, { at, text }] of lines.entries()) {
    if (index % TURN_LINES === TURN_LINES - 1) await setImmediate(undefined, { signal });
    const entry = parseAccessLine(at, text);
    const error = entry ? undefined : parseErrorLine(at, text);
    if (entry) entries.push(entry);
    else if (error) errors.push(error);
    else if (saysConnectionsAreUsedUp(text)) usedUp += 1;
  }
  return { entries, errors, usedUp };
}

/** perfbot's own look at the status page is no traffic. */
function withoutOwn(read: ReadLines & { readonly windowMs: number }, status: string | undefined) {
  const own = status !== undefined && URL.canParse(status) ? new URL(status).pathname : undefined;
  const entries = read.entries.filter(({ path }) => path !== own);
  const hasUpstreams = read.errors.length > 0 || entries.some(({ upstreams }) => upstreams.length > 0);
  return { ...read, entries, hasUpstreams };
}

/** Whose an address is helps, but is not the matter: without it the log is read all the same. */
async function containersOf(
  docker: NginxAccessOptions['docker'],
  signal: AbortSignal,
): Promise<readonly ContainerSummary[] | undefined> {
  try {
    return await docker.containers(signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ProbeError) return undefined;
    throw error;
  }
}

function lineGaps(
  { entries, windowMs }: Pick<AccessWindow, 'entries' | 'windowMs'>,
  read: { readonly partial: boolean; readonly lines: number; readonly container: string },
): readonly Gap[] {
  const gaps: Gap[] = [];
  if (read.partial) {
    gaps.push({
      what: 'older lines of the access log',
      reason: `the log is so large that only its newest ${read.lines} lines (${Math.round(windowMs / 1000)} s) were read`,
    });
  }
  if (entries.length === 0) {
    gaps.push({
      what: 'requests of nginx',
      reason: `the log of ${read.container} holds no line of an access log in the window: no traffic, or it is written to a file`,
      mend: 'access_log /dev/stdout; in http { } of nginx.conf',
    });
  }
  return gaps;
}
