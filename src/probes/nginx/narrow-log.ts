import type { UpstreamService } from '../../core/inventory/target.ts';
import { containerName } from '../docker/container-name.ts';
import type { ContainerSummary } from '../docker/schemas.ts';
import type { AccessEntry, HeldRequest, UpstreamError } from './access-entry.ts';
import { type AddressOwner, portOf } from './address-owners.ts';

interface Log {
  readonly entries: readonly AccessEntry[];
  readonly errors: readonly UpstreamError[];
  readonly held: readonly HeldRequest[];
}

/** What the log of an nginx says of one service behind it. */
export interface NarrowedLog extends Log {
  /** True: the inventory or the addresses in the log say that the service is behind this nginx. */
  readonly isInFront: boolean;
  /** False: the access log names no addresses, so its requests cannot be told from those to others. */
  readonly isTold: boolean;
}

/** Keeps of a log what went to one service, or should have gone there. */
export function narrowLog(
  log: Log,
  upstream: UpstreamService,
  known: {
    readonly ownerOf: (address: string) => AddressOwner;
    readonly containers: readonly ContainerSummary[] | undefined;
  },
): NarrowedLog {
  const isOnly = upstream.declared && upstream.alone;
  const isTold =
    isOnly || log.entries.length === 0 || log.entries.some(({ upstreams }) => upstreams.length > 0);
  const addresses = ownAddresses(log, upstream, known);
  const isOwn = (address: string) => addresses.has(address);
  const passed = new Set(
    log.entries.filter(({ upstreams }) => upstreams.some(({ address }) => isOwn(address))),
  );
  const errors = log.errors.filter(({ address }) => isOwn(address));
  const routes = new Set([...passed].map(({ route }) => route));
  // An error that names no server is its own when its route is; without addresses everything is that of the only one.
  const isMissed = ({ upstreams, status, route }: AccessEntry) =>
    upstreams.every(({ address }) => portOf(address) === undefined) &&
    (isOnly ? status >= 500 || passed.size === 0 : status >= 500 && routes.has(route));
  return {
    entries: log.entries.filter((entry) => passed.has(entry) || isMissed(entry)),
    errors,
    held: log.held.filter(({ route }) => isOnly || routes.has(route)),
    isInFront: upstream.declared || passed.size > 0 || errors.length > 0,
    isTold,
  };
}

/** The addresses of the log that are those of the service, or were. */
function ownAddresses(
  { entries, errors }: Pick<Log, 'entries' | 'errors'>,
  upstream: UpstreamService,
  { ownerOf, containers }: Parameters<typeof narrowLog>[2],
): ReadonlySet<string> {
  const all = new Set([
    ...entries.flatMap(({ upstreams }) => upstreams.map(({ address }) => address)),
    ...errors.map(({ address }) => address),
  ]);
  if (upstream.declared && upstream.alone) return all;
  const own = (containers ?? []).filter((summary) => isOneOf(summary, upstream));
  const names = new Set(own.map(containerName));
  const owners = [...all].map((address) => ({ address, ...ownerOf(address) }));
  const isSure = ({ address, container }: (typeof owners)[number]) =>
    upstream.addresses.includes(address) || (container !== undefined && names.has(container));
  const ports = new Set([
    ...own.flatMap(({ Ports }) => Ports.map(({ PrivatePort }) => PrivatePort)),
    ...upstream.addresses.flatMap((address) => portOf(address) ?? []),
  ]);
  const others = owners.filter((owner) => owner.kind === 'container' && !isSure(owner));
  const otherPorts = new Set(others.map(({ address }) => portOf(address)));
  /** An address that nobody has: the service had it before, when it listens on that port and nothing else in its networks does. */
  const wasOwn = ({ address, kind }: (typeof owners)[number]) => {
    const port = portOf(address);
    if (kind === 'container' || port === undefined || otherPorts.has(port) || !ports.has(port)) return false;
    return upstream.declared || (kind === 'free' && !isPortOfOthers(port, containers ?? [], own));
  };
  return new Set(owners.filter((owner) => isSure(owner) || wasOwn(owner)).map(({ address }) => address));
}

/** Containers of other networks cannot have had an address in those of the service. */
function isPortOfOthers(
  port: number,
  containers: readonly ContainerSummary[],
  own: readonly ContainerSummary[],
): boolean {
  const networks = new Set(own.flatMap(networksOf));
  return containers.some(
    (summary) =>
      !own.includes(summary) &&
      networksOf(summary).some((name) => networks.has(name)) &&
      summary.Ports.some(({ PrivatePort }) => PrivatePort === port),
  );
}

function networksOf({ NetworkSettings }: ContainerSummary): readonly string[] {
  return Object.keys(NetworkSettings?.Networks ?? {});
}

function isOneOf(summary: ContainerSummary, { containers }: UpstreamService): boolean {
  return containers.some((wanted) =>
    'name' in wanted ? containerName(summary) === wanted.name : summary.Labels[wanted.label] === wanted.value,
  );
}
