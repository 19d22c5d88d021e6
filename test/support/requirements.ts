import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe } from 'vitest';
import { POSTGRES_BIN } from './postgres-installation.ts';

/** Programs that tests of the real thing need, with the command that shows they are there. */
const REQUIREMENTS = {
  docker: {
    probe: ['docker', 'version', '--format', '{{.Server.Version}}'],
    mend: 'install docker.io and start dockerd',
  },
  /** Rights to mount, for a second engine on a disk of its own. */
  ownDocker: {
    probe: ['sh', '-c', 'command -v dockerd && command -v setpriv && unshare --mount --net true'],
    mend: 'install docker.io and run the tests with the right to mount',
  },
  redis: { probe: ['redis-server', '--version'], mend: 'install redis-server' },
  postgres15: { probe: [join(POSTGRES_BIN, 'postgres'), '--version'], mend: 'install postgresql-15' },
  prometheus: { probe: ['prometheus', '--version'], mend: 'install prometheus' },
  alertmanager: { probe: ['prometheus-alertmanager', '--version'], mend: 'install prometheus-alertmanager' },
  chromium: { probe: ['chromium', '--version'], mend: 'install chromium' },
  nginx: { probe: ['/usr/sbin/nginx', '-v'], mend: 'install nginx' },
} as const;
export type Requirement = keyof typeof REQUIREMENTS;

/** Why a requirement is not met, or undefined when it is. */
function missing(requirement: Requirement): string | undefined {
  const { probe, mend } = REQUIREMENTS[requirement];
  const [command, ...args] = probe;
  try {
    execFileSync(command, args, { stdio: 'ignore', timeout: 10_000 });
    return undefined;
  } catch {
    return `${requirement} is not there (${mend})`;
  }
}

/**
 * `describe` for tests that need real servers. Without them it is skipped by name with the reason; with
 * PERFBOT_REQUIRE_SERVICES=1 it runs all the same and fails.
 */
export function describeWith(requirements: readonly Requirement[], name: string, body: () => void): void {
  const reasons = requirements.map(missing).filter((reason) => reason !== undefined);
  if (reasons.length === 0 || process.env.PERFBOT_REQUIRE_SERVICES === '1') describe(name, body);
  else describe.skip(`${name} (skipped: ${reasons.join('; ')})`, body);
}
