import { existsSync } from 'node:fs';
import type { Config } from '../config.ts';
import { toAnyProbe } from '../engine/any-probe.ts';
import type { Inventory } from '../engine/ports/inventory.ts';
import type { Probe } from '../engine/ports/probe.ts';
import type { Clock, Logger } from '../engine/ports/runtime.ts';
import { createDockerClient, type DockerClient } from '../probes/docker/client.ts';
import { discoverServices } from '../probes/docker/discover.ts';
import { createDockerExec } from '../probes/docker/exec.ts';
import { dockerProbes } from '../probes/docker/registry.ts';
import { frontendProbes } from '../probes/frontend/registry.ts';
import { hostProbes } from '../probes/host/registry.ts';
import { httpProbes } from '../probes/http/registry.ts';
import { type ConfiguredServices, loadServices } from '../probes/inventory/configured-services.ts';
import { createInventory } from '../probes/inventory/create-inventory.ts';
import { createJaegerClient } from '../probes/jaeger/client.ts';
import { jaegerProbes } from '../probes/jaeger/registry.ts';
import { nginxProbes } from '../probes/nginx/registry.ts';
import { nodeProbes } from '../probes/node/registry.ts';
import { createPostgresClients } from '../probes/postgres/clients.ts';
import { postgresProbes } from '../probes/postgres/registry.ts';
import { processProbes } from '../probes/process/registry.ts';
import { createPrometheusClient } from '../probes/prometheus/client.ts';
import { prometheusProbes } from '../probes/prometheus/registry.ts';
import { createRedisClients } from '../probes/redis/clients.ts';
import { redisProbes } from '../probes/redis/registry.ts';

const DISCOVERY_MS = 4000;

export interface Targets {
  readonly inventory: Inventory;
  /** By name. */
  readonly probes: ReadonlyMap<string, Probe>;
  readonly docker: DockerClient;
  /** Name of a service to its dashboard in Grafana. */
  readonly dashboards: ConfiguredServices['dashboards'];
  /** Name of a service to the name under which it reports traces, where that is another one. */
  readonly traceNames: ReadonlyMap<string, string>;
  /** Name of a service to the pause between two looks of the monitor, where it has its own. */
  readonly sampleIntervals: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

export interface TargetsOptions {
  readonly config: Config;
  readonly environment: NodeJS.ProcessEnv;
  /** perfbot's own database, looked at like any other. */
  readonly databaseUrl: string | undefined;
  readonly log: Logger;
  readonly now: Clock;
}

/** Everything that can be looked at, and what can look at it. Add a line for the probes of a new source. */
export async function openTargets({
  config,
  environment,
  databaseUrl,
  log,
  now,
}: TargetsOptions): Promise<Targets> {
  const configured = await configuredServices(config, environment);
  const docker = createDockerClient({ host: config.dockerHost });
  const exec = createDockerExec({ host: config.dockerHost });
  const connections = new Map(configured.connections);
  if (databaseUrl !== undefined) connections.set('postgres:perfbot', databaseUrl);
  const inventory = createInventory({
    configured: configured.services,
    discover: () =>
      discoverServices({
        docker,
        now,
        signal: AbortSignal.timeout(DISCOVERY_MS),
        ...publishedHost(config),
      }),
    self: {
      zone: config.zone,
      prometheus: config.prometheusUrl !== undefined,
      jaeger: config.jaegerUrl !== undefined,
      database: databaseUrl !== undefined,
    },
    log,
    now,
  });
  const postgres = createPostgresClients({ connections });
  const redis = createRedisClients({ connections });
  // Registered in any case, so that playbooks that ask them are valid; without a URL there is no target for it.
  const jaeger = createJaegerClient({ url: config.jaegerUrl ?? 'http://127.0.0.1:16686' });
  const prometheus = createPrometheusClient({ url: config.prometheusUrl ?? 'http://127.0.0.1:9090' });
  const serviceNamed = async (name: string) =>
    (await inventory.services()).find((service) => service.name === name);
  const probes: readonly Probe[] = [
    ...dockerProbes({ docker }),
    ...frontendProbes({ browser: { path: config.chromePath, environment } }),
    ...hostProbes({ containerNames: containerNames(docker) }).map(toAnyProbe),
    ...httpProbes().map(toAnyProbe),
    ...jaegerProbes({ client: jaeger }).map(toAnyProbe),
    ...nginxProbes({ docker }),
    ...nodeProbes({ docker, exec }).map(toAnyProbe),
    ...postgresProbes({ clients: postgres }).map(toAnyProbe),
    ...processProbes().map(toAnyProbe),
    ...prometheusProbes({ client: prometheus, serviceNamed }).map(toAnyProbe),
    ...redisProbes({ clients: redis }).map(toAnyProbe),
  ];
  return {
    inventory,
    docker,
    dashboards: configured.dashboards,
    traceNames: new Map(
      configured.services.flatMap(({ name, traceName }) =>
        traceName === undefined ? [] : [[name, traceName] as const],
      ),
    ),
    sampleIntervals: new Map(
      configured.services.flatMap(({ name, sampleIntervalMs: ms }) =>
        ms === undefined ? [] : [[name, ms] as const],
      ),
    ),
    probes: new Map(probes.map((probe) => [probe.name, probe])),
    async close() {
      await Promise.allSettled([
        postgres.close(),
        redis.close(),
        docker.close(),
        exec.close(),
        jaeger.close(),
        prometheus.close(),
      ]);
    },
  };
}

function configuredServices(
  { services }: Config,
  environment: NodeJS.ProcessEnv,
): Promise<ConfiguredServices> {
  if (!services.required && !existsSync(services.path))
    return Promise.resolve({ services: [], connections: new Map(), dashboards: new Map() });
  return loadServices({ file: services.path, environment });
}

/** Ports of containers of another machine's engine are published there, not here. */
function publishedHost({ dockerHost, publishedHost: host }: Config): { publishedHost?: string } {
  if (host !== undefined) return { publishedHost: host };
  if (!dockerHost?.startsWith('tcp://')) return {};
  const { hostname } = new URL(dockerHost);
  return { publishedHost: hostname };
}

/** Names of running containers by their full id, for the process tables of the host. */
function containerNames(docker: DockerClient): (signal: AbortSignal) => Promise<ReadonlyMap<string, string>> {
  return async (signal) =>
    new Map(
      (await docker.containers(signal)).map(({ Id, Names }) => [Id, (Names[0] ?? Id).replace(/^\//, '')]),
    );
}
