import type { Service } from '../../core/inventory/service.ts';
import type { ContainerTarget } from '../../core/inventory/target.ts';

/** Target kinds that a gap of a discovered service may ask for; configured, the gap is closed. */
const ADDRESSED_KINDS = ['postgres', 'redis', 'http'] as const;

/**
 * Configured services, and those discovered ones whose containers nobody configured. A configured service takes over
 * what was found out of its container (role, other names, gaps that it does not close) and keeps what it says itself.
 */
export function mergeServices(
  configured: readonly Service[],
  discovered: readonly Service[],
): readonly Service[] {
  /** Discovered name to the configured one that it goes by from now on. */
  const renamed = new Map<string, string>();
  const taken = new Set<Service>();
  const merged = configured.map((service) => {
    const own = discovered.filter((candidate) => !taken.has(candidate) && isSame(service, candidate));
    for (const candidate of own) {
      taken.add(candidate);
      renamed.set(candidate.name, service.name);
    }
    return own.reduce(absorb, service);
  });
  return [...merged, ...discovered.filter((service) => !taken.has(service))].map((service) => ({
    ...service,
    dependsOn: service.dependsOn.map((name) => renamed.get(name) ?? name),
  }));
}

function isSame(configured: Service, discovered: Service): boolean {
  const wanted = containerOf(configured);
  if (wanted === undefined) return configured.name === discovered.name;
  const found = containerOf(discovered);
  const names = [discovered.name, ...discovered.aliases];
  if ('name' in wanted.container) {
    return found !== undefined && 'name' in found.container
      ? found.container.name === wanted.container.name
      : names.includes(wanted.container.name);
  }
  const { label, value } = wanted.container;
  if (found !== undefined && 'label' in found.container && found.container.label === label)
    return found.container.value === value;
  return names.includes(value);
}

function containerOf(service: Service): ContainerTarget | undefined {
  return service.targets.find((target): target is ContainerTarget => target.kind === 'container');
}

function absorb(service: Service, discovered: Service): Service {
  const ownKinds = new Set(service.targets.map(({ kind }) => kind));
  const found = discovered.targets
    .filter(({ kind }) => !ownKinds.has(kind))
    .map((target) => ({ ...target, service: service.name }));
  const isAddressed = ADDRESSED_KINDS.some((kind) => ownKinds.has(kind));
  return {
    ...service,
    role: service.role === 'other' ? discovered.role : service.role,
    targets: [...found, ...service.targets],
    dependsOn: service.dependsOn.length > 0 ? service.dependsOn : discovered.dependsOn,
    aliases: [...new Set([...service.aliases, discovered.name, ...discovered.aliases])].filter(
      (alias) => alias !== service.name,
    ),
    gaps: [...service.gaps, ...(isAddressed ? [] : discovered.gaps.map(underItsName))],
  };

  /** A line for services.yaml under the name of Docker would be a second service. */
  function underItsName(gap: Service['gaps'][number]) {
    return { ...gap, mend: gap.mend.replace(`: ${discovered.name}: {`, () => `: ${service.name}: {`) };
  }
}
