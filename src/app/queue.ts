import type { Config } from '../config.ts';
import type { Logger } from '../engine/ports/runtime.ts';
import { type BullJobQueue, createJobQueue } from '../queue/job-queue.ts';
import type { CleanUps } from './clean-ups.ts';

/** How often the outbox is looked at when nobody asks, and lost work is looked for. */
const DELIVER_EVERY_MS = 1000;
const SWEEP_EVERY_MS = 2000;
/** How often samples are rolled up and old ones dropped. */
const UPKEEP_EVERY_MS = 5 * 60_000;
/** How often checklists are looked at; a round that is due waits this long at most. */
const CHECKLIST_EVERY_MS = 30_000;
/** How often alerts are looked for that ended a while ago. */
const COMPARE_EVERY_MS = 30_000;
/** Time that running jobs get to end when perfbot stops. */
export const FINISH_JOBS_MS = 4000;

/** Opens the queues: on Redis where there is one, else on the PostgreSQL of the storage. */
export async function openQueue({
  config: { redisUrl },
  connectionString,
  cleanUps,
  log,
}: {
  readonly config: Pick<Config, 'redisUrl'>;
  readonly connectionString: string;
  readonly cleanUps: CleanUps;
  readonly log: Logger;
}): Promise<BullJobQueue> {
  const backEnd =
    redisUrl === undefined
      ? ({ kind: 'postgres', connectionString } as const)
      : ({ kind: 'redis', url: redisUrl } as const);
  const queue = await createJobQueue({ backEnd, log });
  cleanUps.push('queue', () => queue.close(FINISH_JOBS_MS));
  return queue;
}

/** What happens again and again, however many processes ask for it. */
export async function repeatJobs(
  queue: Pick<BullJobQueue, 'schedule'>,
  { sampleIntervalMs, zone }: Pick<Config, 'sampleIntervalMs' | 'zone'>,
): Promise<void> {
  await queue.schedule('deliver', DELIVER_EVERY_MS);
  await queue.schedule('sweep', SWEEP_EVERY_MS);
  await queue.schedule('checklist', CHECKLIST_EVERY_MS);
  await queue.schedule('compare', COMPARE_EVERY_MS);
  await queue.schedule('sample', sampleIntervalMs, zone);
  await queue.schedule('upkeep', UPKEEP_EVERY_MS);
}
