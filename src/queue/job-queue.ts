import type { Job, Queue, Worker } from 'bullmq';
import { stableId } from '../core/alert/fingerprint.ts';
import { PerfbotError } from '../core/errors.ts';
import type { EnqueueOptions, JobHandlers, JobName, JobQueue, Jobs } from '../engine/ports/queue.ts';
import type { Logger } from '../engine/ports/runtime.ts';
import { type BackEndConfig, openBackEnd } from './back-end.ts';
import {
  CONCURRENCY,
  DEFAULT_ZONE,
  FAMILIES,
  type Family,
  familyOf,
  hasZones,
  queueName,
} from './families.ts';
import { isJobName, JOB_PAYLOADS } from './job-payloads.ts';
import { settledWithin, untilReady, within } from './time-limits.ts';

const TRIES = 5;
const FIRST_PAUSE_MS = 500;
/** A server that starts at the same time as perfbot gets this long. */
const READY_WITHIN_MS = 10_000;
const LOCK_MS = 15_000;
/** Checks for lost workers in the time of one lock. */
const STALLED_CHECKS = 3;
/** How often a job may lose its worker before it is dropped; the sweep finds dropped work again. */
const MOST_STALLS = 5;
/** After their signal was aborted, jobs get this long before the connections are closed under them. */
const LAST_WORDS_MS = 500;

export interface JobQueueOptions {
  readonly backEnd: BackEndConfig;
  readonly log: Logger;
  /** Beginning of all queue names; tests that share a server use their own. Default `perfbot`. */
  readonly prefix?: string;
  /** A worker that died loses its job to another after about this time, milliseconds. Default 15 s. */
  readonly lockMs?: number;
  /** How long the start waits for a server that is not up yet, milliseconds. Default 10 s. */
  readonly readyWithinMs?: number;
}

export interface WorkerSetup {
  /** Zones whose probes this process runs. */
  readonly zones: readonly string[];
}

/** Jobs of one queue by state. */
export interface QueueDepth {
  readonly queue: string;
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
}

export interface BullJobQueue extends JobQueue {
  /** Repeats a job every so often, once for all processes together (`sample`: for those of a zone). */
  schedule(
    name: 'deliver' | 'sweep' | 'sample' | 'upkeep' | 'checklist' | 'compare',
    everyMs: number,
    zone?: string,
  ): Promise<void>;
  startWorkers(handlers: JobHandlers, setup: WorkerSetup): Promise<void>;
  depths(): Promise<readonly QueueDepth[]>;
  /** Fails when the back end does not answer. */
  ping(): Promise<void>;
  /** Takes no more jobs and aborts the signals of those that still run after `timeoutMs`; ends within 0.5 s more. Jobs can still be added. */
  stopWorkers(timeoutMs: number): Promise<void>;
  /** Stops the workers, if that was not done before, and closes all connections within 1 s more. */
  close(timeoutMs: number): Promise<void>;
}

/** The queues on BullMQ, on Redis or on PostgreSQL. Jobs are repeatable, so a job may run more than once. */
export async function createJobQueue({
  backEnd: config,
  log,
  prefix = 'perfbot',
  lockMs = LOCK_MS,
  readyWithinMs = READY_WITHIN_MS,
}: JobQueueOptions): Promise<BullJobQueue> {
  const backEnd = openBackEnd(config, log);
  await untilReady(() => backEnd.prepare(), readyWithinMs).catch(async (error: unknown) => {
    await settledWithin(backEnd.close(), LAST_WORDS_MS);
    throw error;
  });
  const queues = new Map<string, Queue>();
  const workers: Worker[] = [];
  const stopping = new AbortController();
  let stopped: Promise<void> | undefined;
  let closing = false;

  const queueFor = (family: Family, zone: string): Queue => {
    const name = queueName(prefix, family, zone);
    const known = queues.get(name);
    if (known) return known;
    const queue = backEnd.queue(name);
    queue.on('error', ({ message }) => log.warn({ error: message, queue: name }, 'queue error'));
    queues.set(name, queue);
    return queue;
  };

  const stopWorkers = (timeoutMs: number): Promise<void> => {
    stopped ??= endJobs(workers, { timeoutMs, stopping, log });
    return stopped;
  };

  return {
    async enqueue<N extends JobName>(
      name: N,
      data: Jobs[N],
      { key, zone = DEFAULT_ZONE }: EnqueueOptions = {},
    ) {
      const options = {
        attempts: TRIES,
        backoff: { type: 'exponential', delay: FIRST_PAUSE_MS },
        // The key is free again as soon as the job has ended, however it ended.
        removeOnComplete: true,
        removeOnFail: true,
        ...(key !== undefined && { jobId: stableId(name, key) }),
      };
      await within(() => queueFor(familyOf(name), zone).add(name, data, options));
    },
    async schedule(name, everyMs, zone = DEFAULT_ZONE) {
      const template = { name, data: {}, opts: { removeOnComplete: true, removeOnFail: true } };
      await within(() =>
        queueFor(familyOf(name), zone).upsertJobScheduler(name, { every: everyMs }, template),
      );
    },
    async startWorkers(handlers, { zones }) {
      const process = (job: Job) => runJob(handlers, job, stopping.signal);
      const names = FAMILIES.flatMap((family) =>
        (hasZones(family) ? zones : [DEFAULT_ZONE]).map((zone) => ({ family, zone })),
      );
      for (const { family, zone } of names) {
        const name = queueName(prefix, family, zone);
        const worker = backEnd.worker(name, process, {
          concurrency: CONCURRENCY[family],
          lockDuration: lockMs,
          stalledInterval: Math.ceil(lockMs / STALLED_CHECKS),
          maxStalledCount: MOST_STALLS,
        });
        worker.on('error', ({ message }) => log.warn({ error: message, queue: name }, 'worker error'));
        worker.on('failed', (job, error) => {
          if (stopping.signal.aborted) return;
          log.error(
            { err: error, job: job?.name, data: job?.data, attempt: job?.attemptsMade },
            'job failed',
          );
        });
        workers.push(worker);
      }
      await Promise.all(workers.map((worker) => worker.waitUntilReady()));
    },
    async depths() {
      return Promise.all(
        [...queues.values()].map(async (queue) => {
          const counts = await queue.getJobCounts('waiting', 'active', 'delayed');
          return {
            queue: queue.name,
            waiting: counts.waiting ?? 0,
            active: counts.active ?? 0,
            delayed: counts.delayed ?? 0,
          };
        }),
      );
    },
    ping: () => within(() => backEnd.ping()),
    stopWorkers,
    async close(timeoutMs) {
      if (closing) return;
      closing = true;
      await stopWorkers(timeoutMs);
      const ended = Promise.allSettled([...queues.values()].map((queue) => queue.close()));
      await settledWithin(ended, LAST_WORDS_MS);
      await settledWithin(backEnd.close(), LAST_WORDS_MS);
    },
  };
}

async function endJobs(
  workers: readonly Worker[],
  { timeoutMs, stopping, log }: { timeoutMs: number; stopping: AbortController; log: Logger },
): Promise<void> {
  const ended = Promise.allSettled(workers.map((worker) => worker.close()));
  await settledWithin(ended, timeoutMs);
  stopping.abort(new PerfbotError('cancelled', 'perfbot is stopping'));
  // A job that does not listen to its signal is left behind: its lock runs out and another worker takes it.
  if (!(await settledWithin(ended, LAST_WORDS_MS)))
    log.warn({}, 'a job did not stop; another worker will take it over');
}

async function runJob(handlers: JobHandlers, job: Job, signal: AbortSignal): Promise<void> {
  const { name } = job;
  if (!isJobName(name)) throw new PerfbotError('unsupported', `no such job: ${name}`);
  await handle(handlers, name, job.data, signal);
}

function handle<N extends JobName>(
  handlers: JobHandlers,
  name: N,
  data: unknown,
  signal: AbortSignal,
): Promise<void> {
  const payload: Jobs[N] = JOB_PAYLOADS[name].parse(data);
  return handlers[name](payload, signal);
}
