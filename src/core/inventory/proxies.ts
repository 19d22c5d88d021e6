import type { Service } from './service.ts';
import type { NginxTarget, Target } from './target.ts';

/** Services that serve no requests over HTTP: an nginx that names them does not pass requests to them. */
const STORES: readonly Service['role'][] = ['postgres', 'redis', 'host', 'perfbot', 'prometheus'];

/** The reverse proxies that the inventory has in front of a service: they say that they depend on it. */
export function proxiesOf(services: readonly Service[], service: Service): readonly Service[] {
  return services.filter((candidate) => isProxy(candidate) && candidate.dependsOn.includes(service.name));
}

/** Every other nginx: only the upstream addresses in its log tell whether it is in front of the service as well. */
export function possibleProxiesOf(services: readonly Service[], service: Service): readonly Service[] {
  return services.filter(
    (candidate) => isProxy(candidate) && candidate !== service && !candidate.dependsOn.includes(service.name),
  );
}

function isProxy({ role, targets }: Service): boolean {
  return role === 'nginx' || targets.some(({ kind }) => kind === 'nginx');
}

/** The target of an nginx, narrowed to what it passes to one service. */
export function narrowedTo(
  target: NginxTarget,
  service: Service,
  { proxy, services }: { readonly proxy: Service; readonly services: readonly Service[] },
): NginxTarget {
  const behind = proxy.dependsOn.filter((name) =>
    services.some((one) => one.name === name && !STORES.includes(one.role)),
  );
  return {
    ...target,
    // Its numbers are others than those of the whole nginx, so they have usual values of their own.
    id: `${target.id}>${service.name}`,
    upstream: {
      service: service.name,
      declared: proxy.dependsOn.includes(service.name),
      alone: behind.length === 1 && behind[0] === service.name,
      containers: service.targets.flatMap((one: Target) => (one.kind === 'container' ? [one.container] : [])),
      addresses: service.aliases.filter((alias) => /:\d+$/.test(alias)),
    },
  };
}
