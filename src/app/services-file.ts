import { existsSync } from 'node:fs';
import type { Config } from '../config.ts';
import type { Problem } from '../core/errors.ts';
import type { Clock, Logger } from '../engine/ports/runtime.ts';
import { namesOf, rereadFiles } from '../playbooks/reread-files.ts';
import { type ConfiguredServices, loadServices } from '../probes/inventory/configured-services.ts';

export interface ServicesFileOptions {
  readonly config: Pick<Config, 'services'>;
  /** For `${NAME}` in the file. */
  readonly environment: NodeJS.ProcessEnv;
  /** Reads the file again when it changes. */
  readonly follow: boolean;
  readonly log: Logger;
  readonly now: Clock;
}

/** The inventory in `services.yaml`. */
export interface ServicesFile {
  current(): ConfiguredServices;
  /** What is wrong with the file right now; what it said before stays in force. */
  problems(): readonly Problem[];
  /** When a service or target left the file since the start; undefined: it is there, or never was. */
  leftAt(serviceOrTarget: string): number | undefined;
  /** Calls the listener after every change of what counts. */
  onChange(listener: () => void): void;
  close(): Promise<void>;
}

const NOTHING: ConfiguredServices = { services: [], connections: new Map(), dashboards: new Map() };

/** Reads `services.yaml`, which nobody has to have. @throws InputError with every problem; PerfbotError `not_found`. */
export async function openServicesFile(options: ServicesFileOptions): Promise<ServicesFile> {
  const { config, environment, follow, log, now } = options;
  const { path, required } = config.services;
  const read = () =>
    !required && !existsSync(path) ? Promise.resolve(NOTHING) : loadServices({ file: path, environment });
  if (!follow) return fixed(await read());
  const listeners: (() => void)[] = [];
  const left = new Map<string, number>();
  const file = await rereadFiles({
    words: ['services.yaml', 'services'],
    files: [path],
    log,
    read: async () => ({ value: await read(), problems: [] }),
    describe: ({ services }) => ({ services: namesOf(services) }),
    onChange(value, before) {
      for (const name of namedIn(before)) left.set(name, left.get(name) ?? now());
      for (const name of namedIn(value)) left.delete(name);
      for (const listener of listeners) listener();
    },
  });
  return {
    ...file,
    leftAt: (name) => left.get(name),
    onChange: (listener) => void listeners.push(listener),
  };
}

/** Services by name and targets by id; a service has no colon in its name. */
function namedIn({ services }: ConfiguredServices): readonly string[] {
  return services.flatMap(({ name, targets }) => [name, ...targets.map(({ id }) => id)]);
}

function fixed(services: ConfiguredServices): ServicesFile {
  return {
    current: () => services,
    problems: () => [],
    leftAt: () => undefined,
    onChange() {},
    close: async () => {},
  };
}
