import { toAnyProbe } from '../engine/any-probe.ts';
import type { Probe } from '../engine/ports/probe.ts';
import type { Logger } from '../engine/ports/runtime.ts';
import { createAddressedProbes } from '../probes/addressed-probes.ts';
import { createAddresses } from '../probes/inventory/addresses.ts';
import { createPostgresClients } from '../probes/postgres/clients.ts';
import { postgresProbes } from '../probes/postgres/registry.ts';
import { createRedisClients } from '../probes/redis/clients.ts';
import { redisProbes } from '../probes/redis/registry.ts';
import type { ServicesFile } from './services-file.ts';

export interface StoreProbesOptions {
  readonly file: Pick<ServicesFile, 'current' | 'onChange'>;
  /** perfbot's own database, looked at like any other. */
  readonly databaseUrl: string | undefined;
  /** Ids of the targets that runs under way have still to look at. */
  readonly awaitedTargets: () => Promise<ReadonlySet<string>>;
  readonly log: Logger;
}

/** Probes of stores, by kind. */
export interface StoreProbes {
  readonly postgres: readonly Probe[];
  readonly redis: readonly Probe[];
  close(): Promise<void>;
}

/** The probes that keep connections to the addresses in `services.yaml`, and follow the file. */
export function openStoreProbes({ file, databaseUrl, awaitedTargets, log }: StoreProbesOptions): StoreProbes {
  const own = databaseUrl === undefined ? [] : ([['postgres:perfbot', databaseUrl]] as const);
  const connections = () => new Map([...file.current().connections, ...own]);
  const addresses = createAddresses({
    first: connections(),
    awaited: awaitedTargets,
    onChange() {
      postgres.follow();
      redis.follow();
    },
    log,
  });
  const postgres = createAddressedProbes({
    addressOf: addresses.of,
    open(known) {
      const clients = createPostgresClients({ connections: known });
      return { probes: postgresProbes({ clients }).map(toAnyProbe), close: () => clients.close() };
    },
    log,
  });
  const redis = createAddressedProbes({
    addressOf: addresses.of,
    open(known) {
      const clients = createRedisClients({ connections: known });
      return { probes: redisProbes({ clients }).map(toAnyProbe), close: () => clients.close() };
    },
    log,
  });
  file.onChange(() => addresses.change(connections()));
  return {
    postgres: postgres.probes,
    redis: redis.probes,
    async close() {
      addresses.close();
      await Promise.all([postgres.close(), redis.close()]);
    },
  };
}
