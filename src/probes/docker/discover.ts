import pLimit from 'p-limit';
import { type ContainerTraits, recogniseRole } from '../../core/inventory/recognise-role.ts';
import type { Role, Service } from '../../core/inventory/service.ts';
import type { Target } from '../../core/inventory/target.ts';
import type { Clock } from '../../engine/ports/runtime.ts';
import type { DockerClient } from './client.ts';
import { parseDockerTime } from './container-facts.ts';
import { containerName } from './container-name.ts';
import { isGone } from './gap.ts';
import { hostPortAliases, publishedUrl } from './published-ports.ts';
import type { ContainerSummary } from './schemas.ts';

/** Containers that perfbot itself starts carry this label and are no service. */
const HELPER_LABEL = 'perfbot.helper';
const COMPOSE = {
  service: 'com.docker.compose.service',
  project: 'com.docker.compose.project',
  oneOff: 'com.docker.compose.oneoff',
  dependsOn: 'com.docker.compose.depends_on',
} as const;
/** A container that ended longer ago is not missed by anybody. */
const FORGET_AFTER_MS = 24 * 3_600_000;
/** Neither compose nor a restart policy wants it and it serves no port: somebody tried something by hand. */
const FORGET_TRIAL_AFTER_MS = 3_600_000;
const PARALLEL_CALLS = 4;

export interface DiscoverOptions {
  readonly docker: Pick<DockerClient, 'containers' | 'inspect'>;
  readonly now: Clock;
  readonly signal: AbortSignal;
  /** Where published ports can be reached; the machine itself unless the engine is elsewhere. */
  readonly publishedHost?: string;
}

/** Every container that runs, should run or stopped in the last day, as a service with what can be looked at. */
export async function discoverServices(options: DiscoverOptions): Promise<readonly Service[]> {
  const { docker, now, signal } = options;
  const all = (await docker.containers(signal)).filter(
    ({ Labels }) => !(HELPER_LABEL in Labels) && Labels[COMPOSE.oneOff]?.toLowerCase() !== 'true',
  );
  const parallel = pLimit(PARALLEL_CALLS);
  const wanted = await Promise.all(
    all.map((container) => parallel(() => isService(docker, container, { now: now(), signal }))),
  );
  const containers = all.filter((_, index) => wanted[index]);
  const names = serviceNames(containers);
  return containers
    .map((container) => toService(container, names, options.publishedHost ?? '127.0.0.1'))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** A job that ended well (a migration, a backup) is done, not down; one that never started is neither. */
async function isService(
  docker: DiscoverOptions['docker'],
  { Id, State, Labels }: ContainerSummary,
  { now, signal }: { now: number; signal: AbortSignal },
): Promise<boolean> {
  if (State === 'created' || State === 'removing') return false;
  if (State !== 'exited' && State !== 'dead') return true;
  try {
    const { State: state, HostConfig } = await docker.inspect(Id, signal);
    const age = now - (parseDockerTime(state.FinishedAt) ?? 0);
    const hasPolicy = !['', 'no', undefined].includes(HostConfig.RestartPolicy?.Name);
    // The list shows no ports of a container that ended.
    const hasPorts = Object.keys(HostConfig.PortBindings ?? {}).length > 0;
    const isTrial = !hasPolicy && !hasPorts && Labels[COMPOSE.service] === undefined;
    if (age > (isTrial ? FORGET_TRIAL_AFTER_MS : FORGET_AFTER_MS)) return false;
    const restarts = hasPolicy && HostConfig.RestartPolicy?.Name !== 'on-failure';
    return state.ExitCode !== 0 || restarts || hasPorts;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

/** Service name by container id: the compose service where one container alone has it, else the container's own name. */
function serviceNames(containers: readonly ContainerSummary[]): ReadonlyMap<string, string> {
  const uses = new Map<string, number>();
  for (const { Labels } of containers) {
    const name = Labels[COMPOSE.service];
    if (name !== undefined) uses.set(name, (uses.get(name) ?? 0) + 1);
  }
  return new Map(
    containers.map((container) => {
      const compose = container.Labels[COMPOSE.service];
      return [
        container.Id,
        compose !== undefined && uses.get(compose) === 1 ? compose : containerName(container),
      ];
    }),
  );
}

function toService(
  container: ContainerSummary,
  names: ReadonlyMap<string, string>,
  publishedHost: string,
): Service {
  const ownName = containerName(container);
  const name = names.get(container.Id) ?? ownName;
  const role = recogniseRole(toTraits(container, ownName));
  const base = { service: name, zone: 'default' };
  const url = servesHttp(role) ? publishedUrl(container.Ports, publishedHost) : undefined;
  const targets: Target[] = [
    { ...base, kind: 'container', id: `container:${ownName}`, container: { name: ownName } },
  ];
  if (runsNode(role))
    targets.push({
      ...base,
      kind: 'node',
      id: `node:${ownName}`,
      container: { name: ownName },
      inspect: false,
    });
  if (role === 'nginx')
    targets.push({ ...base, kind: 'nginx', id: `nginx:${ownName}`, container: { name: ownName } });
  if (url !== undefined)
    targets.push({ ...base, kind: 'http', id: `http:${ownName}`, baseUrl: url, paths: ['/'] });
  return {
    name,
    role,
    source: 'discovered',
    targets,
    dependsOn: dependencies(container, names),
    kpis: {},
    aliases: aliases(container, ownName, publishedHost).filter((alias) => alias !== name),
    gaps: gapsOf({ name, ownName, role, hasUrl: url !== undefined || container.State !== 'running' }),
  };
}

function toTraits({ Image, Command, Ports }: ContainerSummary, name: string): ContainerTraits {
  return { image: Image, command: Command, name, ports: Ports.map(({ PrivatePort }) => PrivatePort) };
}

/** Whether it may be looked into is for services.yaml to say. */
function runsNode(role: Role): boolean {
  return role === 'node' || role === 'frontend';
}

function servesHttp(role: Role): boolean {
  return role === 'node' || role === 'nginx' || role === 'frontend';
}

/** `depends_on` of compose: `db:service_healthy:false,cache:service_started:true`. */
function dependencies(
  { Labels, Id }: ContainerSummary,
  names: ReadonlyMap<string, string>,
): readonly string[] {
  const known = new Set(names.values());
  return (Labels[COMPOSE.dependsOn] ?? '')
    .split(',')
    .map((entry) => entry.split(':')[0] ?? '')
    .filter((name) => known.has(name) && name !== names.get(Id));
}

function aliases(container: ContainerSummary, ownName: string, publishedHost: string): readonly string[] {
  const { Labels, Id, Ports } = container;
  const service = Labels[COMPOSE.service];
  const project = Labels[COMPOSE.project];
  const hosts = service === undefined ? [ownName] : [ownName, service];
  const inside = Ports.filter(({ Type }) => Type === 'tcp').flatMap(({ PrivatePort }) =>
    hosts.map((host) => `${host}:${PrivatePort}`),
  );
  const composed =
    service !== undefined && project !== undefined ? [`${project}-${service}`, `${project}_${service}`] : [];
  return [
    ...new Set([...hosts, ...composed, Id.slice(0, 12), ...hostPortAliases(Ports, publishedHost), ...inside]),
  ];
}

interface GapTraits {
  readonly name: string;
  readonly ownName: string;
  readonly role: Role;
  readonly hasUrl: boolean;
}

function gapsOf({ name, ownName, role, hasUrl }: GapTraits): Service['gaps'] {
  const line = (entry: string) => `add to services.yaml: ${name}: { container: ${ownName}, ${entry} }`;
  const variable = name.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
  if (role === 'postgres') {
    return [
      { what: 'sessions, locks and statements of PostgreSQL', mend: line(`postgres: "\${${variable}_URL}"`) },
    ];
  }
  if (role === 'redis')
    return [{ what: 'memory, commands and slow log of Redis', mend: line(`redis: "\${${variable}_URL}"`) }];
  if (servesHttp(role) && !hasUrl) return [{ what: 'response times', mend: line('url: http://HOST:PORT') }];
  return [];
}
