import { openTargets } from '../../src/app/targets.ts';
import { loadConfig } from '../../src/config.ts';
import type { Probe } from '../../src/engine/ports/probe.ts';
import { silentLog } from './silent-log.ts';

/** The probes that perfbot has. */
export async function probeCatalogue(): Promise<readonly Probe[]> {
  const config = loadConfig({}, { terminal: false });
  const targets = await openTargets({
    config: { ...config, services: { path: 'absent.yaml', required: false } },
    environment: {},
    databaseUrl: undefined,
    log: silentLog,
    now: Date.now,
  });
  await targets.close();
  return [...targets.probes.values()];
}
