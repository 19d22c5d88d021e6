import { readFile } from 'node:fs/promises';
import { PerfbotError } from '../../core/errors.ts';
import type { Role, Service } from '../../core/inventory/service.ts';
import type { ContainerTarget, Target } from '../../core/inventory/target.ts';
import type { Dashboard, ServiceDefinition } from './definition.ts';
import { toHostPort } from './host-port.ts';
import { toStatusUrl } from './nginx-definition.ts';
import { parseServices, type ServiceDefinitions } from './parse-services.ts';
import type { Environment } from './substitute-environment.ts';

/** What `services.yaml` says. The addresses of databases stay out of `services`, for those hold passwords. */
export interface ConfiguredServices {
  readonly services: readonly Service[];
  /** Target id (`postgres:shop-db`) to its secret address. */
  readonly connections: ReadonlyMap<string, string>;
  /** Name of a service to its dashboard in Grafana. */
  readonly dashboards: ReadonlyMap<string, Dashboard>;
}

/** Reads and checks an inventory file. @throws InputError with every problem; PerfbotError `not_found`. */
export async function loadServices(options: {
  readonly file: string;
  readonly environment: Environment;
}): Promise<ConfiguredServices> {
  const { file, environment } = options;
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new PerfbotError('not_found', `cannot read ${file}`, {
      userMessage: `The inventory ${file} cannot be read.`,
      mend: 'set PERFBOT_SERVICES to a readable file, or unset it',
      cause,
    });
  });
  return toConfiguredServices(parseServices({ text, file, environment }));
}

/** Turns checked definitions into services and connections. Pure. */
export function toConfiguredServices(definitions: ServiceDefinitions): ConfiguredServices {
  const entries = Object.entries(definitions);
  return {
    services: entries.map(([name, definition]) => toService(name, definition)),
    connections: new Map(
      entries.flatMap(([name, { postgres, redis }]) => [
        ...(postgres === undefined ? [] : [[`postgres:${name}`, postgres] as const]),
        ...(redis === undefined ? [] : [[`redis:${name}`, redis] as const]),
      ]),
    ),
    dashboards: new Map(
      entries.flatMap(([name, { grafana }]) => (grafana === undefined ? [] : [[name, grafana] as const])),
    ),
  };
}

function toService(name: string, definition: ServiceDefinition): Service {
  const { url, postgres, redis, environment, kpis, depends_on, traces, sample_interval } = definition;
  const urls = [url, postgres, redis].filter((address) => address !== undefined);
  return {
    name,
    role: definition.role ?? toRole(definition),
    source: 'configured',
    targets: toTargets(name, definition),
    dependsOn: depends_on,
    ...(environment !== undefined && { environment }),
    kpis,
    ...(sample_interval !== undefined && { sampleIntervalMs: sample_interval }),
    ...(traces !== undefined && { traceName: traces }),
    aliases: [...new Set([...containerAliases(definition), ...urls.flatMap(toHostPort)])],
    gaps: [],
  };
}

function toRole({ postgres, redis, node, nginx }: ServiceDefinition): Role {
  if (node !== undefined) return 'node';
  if (nginx !== undefined) return 'nginx';
  if (postgres !== undefined) return 'postgres';
  return redis === undefined ? 'other' : 'redis';
}

function toTargets(service: string, definition: ServiceDefinition): readonly Target[] {
  const { container, postgres, redis, zone } = definition;
  const base = { service, zone };
  const targets: Target[] = [];
  if (container !== undefined) {
    const target = toContainerTarget(container);
    targets.push({ ...base, ...target });
    if (definition.node !== undefined) {
      const { inspect } = definition.node;
      targets.push({ ...base, kind: 'node', id: `node:${service}`, container: target.container, inspect });
    }
  }
  targets.push(...toHttpTarget(service, definition), ...toNginxTarget(service, definition));
  if (postgres !== undefined) targets.push({ ...base, kind: 'postgres', id: `postgres:${service}` });
  if (redis !== undefined) targets.push({ ...base, kind: 'redis', id: `redis:${service}` });
  return targets;
}

function toHttpTarget(
  service: string,
  { url, health, paths, frontend, zone }: ServiceDefinition,
): readonly Target[] {
  if (url === undefined) return [];
  return [
    {
      service,
      zone,
      kind: 'http',
      id: `http:${service}`,
      baseUrl: url.replace(/\/+$/, ''),
      ...(health !== undefined && { health }),
      paths,
      ...(frontend !== undefined && { build: frontend.build }),
    },
  ];
}

function toNginxTarget(
  service: string,
  { nginx, url, container, zone }: ServiceDefinition,
): readonly Target[] {
  if (nginx === undefined) return [];
  const status = toStatusUrl(nginx.status, url);
  return [
    {
      kind: 'nginx',
      id: `nginx:${service}`,
      service,
      zone,
      ...(status !== undefined && { status }),
      ...(container !== undefined &&
        nginx.log !== 'none' && { container: toContainerTarget(container).container }),
    },
  ];
}

function toContainerTarget(
  container: NonNullable<ServiceDefinition['container']>,
): Pick<ContainerTarget, 'kind' | 'id' | 'container'> {
  if (typeof container === 'string')
    return { kind: 'container', id: `container:${container}`, container: { name: container } };
  const [label = '', value = ''] = Object.entries(container)[0] ?? [];
  return { kind: 'container', id: `container:${value}`, container: { label, value } };
}

function containerAliases({ container }: ServiceDefinition): readonly string[] {
  if (container === undefined) return [];
  return typeof container === 'string' ? [container] : Object.values(container);
}
