import { z } from 'zod';
import { ProbeError } from '../../core/errors.ts';
import type { Gap, Observation } from '../../core/evidence.ts';
import { Milliseconds } from '../../core/quantity.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import type { DockerClient } from '../docker/client.ts';
import { parseDockerTime } from '../docker/container-facts.ts';
import { findContainer } from '../docker/find-container.ts';
import { readNewestLines } from '../docker/read-newest-lines.ts';
import type { ContainerSummary } from '../docker/schemas.ts';
import { type AccessWindow, LOG_FORMAT, toAccessObservation } from './access-observation.ts';
import { createAddressOwners } from './address-owners.ts';
import { narrowLog } from './narrow-log.ts';
import { parseLines, type ReadLines } from './parse-lines.ts';

const Params = z.strictObject({
  window: Milliseconds.pipe(z.number().min(1000))
    .default(300_000)
    .describe('span of the log that is read, for example 5m'),
  tail: z.int().min(1).max(20_000).default(20_000).describe('newest lines that are read at most'),
});
export type NginxAccessParams = z.infer<typeof Params>;

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
      const whole = withoutOwn({ ...read, windowMs }, target.status);
      const containers = whole.hasUpstreams ? await containersOf(docker, signal) : undefined;
      const ownerOf = createAddressOwners(containers);
      const about = { partial, lines: lines.length, container: details.Name };
      const { upstream } = target;
      if (upstream === undefined)
        return toAccessObservation(
          { ...whole, container: details.Name, gaps: lineGaps(whole, about) },
          ownerOf,
        );
      const narrowed = narrowLog(whole, upstream, { ownerOf, containers });
      if (!narrowed.isInFront) return notInFront(details.Name, windowMs);
      const gaps = narrowed.isTold
        ? lineGaps({ ...narrowed, windowMs }, { ...about, service: upstream.service })
        : [untoldGap(upstream.service)];
      const seen = { ...whole, ...narrowed, container: details.Name, gaps, service: upstream.service };
      return toAccessObservation(seen, ownerOf);
    },
  };
}

/** That it passes nothing to the service is no number of that service. */
function notInFront(container: string, windowMs: number): Observation {
  return { metrics: [], facts: { container, in_front: 'no' }, windowMs };
}

function untoldGap(service: string): Gap {
  return {
    what: `requests of nginx to ${service}`,
    reason: 'its access log does not say which server got a request, and it has others behind it',
    mend: `add to http { } in nginx.conf, then nginx -t && nginx -s reload: ${LOG_FORMAT}`,
  };
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
  read: {
    readonly partial: boolean;
    readonly lines: number;
    readonly container: string;
    /** The only service whose requests were looked for. */
    readonly service?: string;
  },
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
      what: read.service === undefined ? 'requests of nginx' : `requests of nginx to ${read.service}`,
      reason: `the log of ${read.container} holds no line of ${read.service === undefined ? 'an access log' : 'such a request'} in the window: no traffic, or it is written to a file`,
      mend: 'access_log /dev/stdout; in http { } of nginx.conf',
    });
  }
  return gaps;
}
