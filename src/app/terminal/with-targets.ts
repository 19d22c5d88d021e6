import { openTargets, type Targets, type TargetsOptions } from '../targets.ts';

/** Opens the targets of a configuration for one piece of work at the terminal, and closes them whatever comes of it. */
export async function withTargets<T>(
  { config, environment, log }: Pick<TargetsOptions, 'config' | 'environment' | 'log'>,
  work: (targets: Targets) => Promise<T>,
): Promise<T> {
  const targets = await openTargets({
    config,
    environment,
    databaseUrl: config.databaseUrl,
    log,
    now: Date.now,
  });
  try {
    return await work(targets);
  } finally {
    await targets.close();
  }
}
