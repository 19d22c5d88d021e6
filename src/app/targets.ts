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
import type { ConfiguredServices } from '../probes/inventory/configured-services.ts';
import { createInventory } from '../probes/inventory/create-inventory.ts';
import { createJaegerClient } from '../probes/jaeger/client.ts';
import { jaegerProbes } from '../probes/jaeger/registry.ts';
import { nginxProbes } from '../probes/nginx/registry.ts';
import { nodeProbes } from '../probes/node/registry.ts';
import { processProbes } from '../probes/process/registry.ts';
import { createPrometheusClient } from '../probes/prometheus/client.ts';
import { prometheusProbes } from '../probes/prometheus/registry.ts';
import { openServicesFile, type ServicesFile } from './services-file.ts';
import { openStoreProbes } from './store-probes.ts';

const DISCOVERY_MS = 4000;

export interface Targets {
  readonly inventory: Inventory;
  /** By name. */
  readonly probes: ReadonlyMap<string, Probe>;
  readonly docker: DockerClient;
  /** What services.yaml says now. */
  configured(): ConfiguredServices;
  /** When a service or target left services.yaml, of those that did since the start. */
  leftAt: ServicesFile['leftAt'];
  close(): Promise<void>;
}

export interface TargetsOptions {
  readonly config: Config;
  readonly environment: NodeJS.ProcessEnv;
  /** perfbot's own database, looked at like any other. */
  readonly databaseUrl: string | undefined;
  /** Follows services.yaml when it changes; answers the targets that runs under way have still to look at. Absent: it is read once. */
  readonly awaitedTargets?: () => Promise<ReadonlySet<string>>;
  readonly log: Logger;
  readonly now: Clock;
}

/** Everything that can be looked at, and what can look at it. Add a line for the probes of a new source. */
export async function openTargets(options: TargetsOptions): Promise<Targets> {
  const { config, environment, databaseUrl, awaitedTargets, log, now } = options;
  const file = await openServicesFile({ ...options, follow: awaitedTargets !== undefined });
  const stores = openStoreProbes({
    file,
    databaseUrl,
    awaitedTargets: awaitedTargets ?? (async () => new Set()),
    log,
  });
  const docker = createDockerClient({ host: config.dockerHost });
  const exec = createDockerExec({ host: config.dockerHost });
  const inventory = createInventory({
    configured: () => file.current().services,
    problems: file.problems,
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
    ...stores.postgres,
    ...processProbes().map(toAnyProbe),
    ...prometheusProbes({ client: prometheus, serviceNamed }).map(toAnyProbe),
    ...stores.redis,
  ];
  return {
    inventory,
    docker,
    configured: file.current,
    leftAt: file.leftAt,
    probes: new Map(probes.map((probe) => [probe.name, probe])),
    async close() {
      await Promise.allSettled([
        file.close(),
        stores.close(),
        docker.close(),
        exec.close(),
        jaeger.close(),
        prometheus.close(),
      ]);
    },
  };
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
