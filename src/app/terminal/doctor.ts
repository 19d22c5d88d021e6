import { existsSync } from 'node:fs';
import type { Config } from '../../config.ts';
import { PerfbotError } from '../../core/errors.ts';
import type { Logger } from '../../engine/ports/runtime.ts';
import { loadPlaybooks } from '../../playbooks/load-playbooks.ts';
import type { Targets } from '../targets.ts';
import type { Diagnosis } from './diagnosis.ts';
import { examineSlack } from './examine-slack.ts';
import { examineDatabase, examineQueue } from './examine-stores.ts';
import { examineTargets } from './examine-targets.ts';
import { withTargets } from './with-targets.ts';

export interface DoctorOptions {
  readonly config: Config;
  readonly environment: NodeJS.ProcessEnv;
  readonly log: Logger;
}

/** Checks everything that is configured. Nothing is changed. */
export async function examine(options: DoctorOptions): Promise<readonly Diagnosis[]> {
  const { config, log } = options;
  const warnings = config.warnings.map(
    ({ path, message }): Diagnosis => ({ subject: path, state: 'warning', detail: message }),
  );
  const found = await withTargets(options, (targets) =>
    Promise.all([
      attempt('database', () => examineDatabase(config)),
      attempt('queue', () => examineQueue(config, log)),
      attempt('Slack', () => examineSlack(config, log)),
      attempt('playbooks', () => examinePlaybooks(config, targets)),
      examineTargets(targets, log),
    ]),
  );
  return [
    { subject: 'configuration', state: 'ok', detail: inventoryLine(config) },
    ...warnings,
    ...found.flat(),
  ];
}

function inventoryLine({ services }: Config): string {
  return existsSync(services.path)
    ? `valid, inventory ${services.path}`
    : 'valid, no services.yaml: targets are what Docker shows';
}

async function attempt(
  subject: string,
  work: () => Promise<readonly Diagnosis[]>,
): Promise<readonly Diagnosis[]> {
  try {
    return await work();
  } catch (error) {
    const known = error instanceof PerfbotError;
    const detail = known ? error.userMessage : error instanceof Error ? error.message : String(error);
    return [
      { subject, state: 'failed', detail, ...(known && error.mend !== undefined && { mend: error.mend }) },
    ];
  }
}

async function examinePlaybooks(
  { playbookDirectories }: Config,
  targets: Targets,
): Promise<readonly Diagnosis[]> {
  const { playbooks, problems } = await loadPlaybooks({
    directories: playbookDirectories,
    catalogue: [...targets.probes.values()],
  });
  return [
    {
      subject: 'playbooks',
      state: playbooks.length > 0 ? 'ok' : 'failed',
      detail: `${playbooks.length} valid`,
      ...(playbooks.length === 0 && { mend: 'Set PERFBOT_PLAYBOOKS to a folder with playbooks.' }),
    },
    ...problems.map(
      ({ file, line, path, message }): Diagnosis => ({
        subject: [file, line].filter(Boolean).join(':') || 'playbooks',
        state: 'failed',
        detail: [path, message].filter(Boolean).join(': '),
      }),
    ),
  ];
}
