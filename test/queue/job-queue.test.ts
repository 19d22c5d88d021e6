import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { JobHandlers, JobName } from '../../src/engine/ports/queue.ts';
import type { BackEndConfig } from '../../src/queue/back-end.ts';
import { type BullJobQueue, createJobQueue } from '../../src/queue/job-queue.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { freePort } from '../support/free-port.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { describeWith } from '../support/requirements.ts';
import { silentLog } from '../support/silent-log.ts';

const WORKER = join(import.meta.dirname, 'worker-stand-in.ts');
/** Short, so that the takeover test is. */
const LOCK_MS = 1500;
let prefixes = 0;

interface Handled {
  readonly name: JobName;
  readonly data: unknown;
}

/** Handlers that write down what they get; `act` may throw or wait. */
function recorder(act: (handled: Handled, signal: AbortSignal) => Promise<void> = async () => {}) {
  const seen: Handled[] = [];
  const on = (name: JobName) => async (data: unknown, signal: AbortSignal) => {
    seen.push({ name, data });
    await act({ name, data }, signal);
  };
  const handlers: JobHandlers = {
    intake: on('intake'),
    start_run: on('start_run'),
    run_step: on('run_step'),
    conclude_run: on('conclude_run'),
    deliver: on('deliver'),
    sweep: on('sweep'),
    sample: on('sample'),
    upkeep: on('upkeep'),
    checklist: on('checklist'),
    compare: on('compare'),
    load_test: on('load_test'),
  };
  return { seen, handlers };
}

async function until(condition: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The same promises on every back end. */
function queueContract(backEnd: () => BackEndConfig, cutConnections: () => Promise<void>): void {
  const open: BullJobQueue[] = [];
  const openQueue = async (prefix: string, lockMs?: number) => {
    const queue = await createJobQueue({
      backEnd: backEnd(),
      log: silentLog,
      prefix,
      ...(lockMs !== undefined && { lockMs }),
    });
    open.push(queue);
    return queue;
  };
  const newPrefix = () => {
    prefixes += 1;
    return `test${process.pid}x${prefixes}`;
  };
  afterEach(async () => {
    await Promise.all(open.splice(0).map((queue) => queue.close(1000)));
  });

  it('brings a job with its payload to its handler', async () => {
    const queue = await openQueue(newPrefix());
    const { seen, handlers } = recorder();
    await queue.startWorkers(handlers, { zones: ['default'] });
    await queue.enqueue('run_step', { runId: 'r', step: 3 });
    await queue.enqueue('intake', { deliveryId: 'd:1' }, { key: 'd:1' });
    await until(() => seen.length === 2);
    expect(seen).toEqual(
      expect.arrayContaining([
        { name: 'run_step', data: { runId: 'r', step: 3 } },
        { name: 'intake', data: { deliveryId: 'd:1' } },
      ]),
    );
  });

  it('makes one job of the same key, and frees the key when it has ended', async () => {
    const queue = await openQueue(newPrefix());
    const { seen, handlers } = recorder();
    await queue.enqueue('start_run', { runId: 'r' }, { key: '42' });
    await queue.enqueue('start_run', { runId: 'r' }, { key: '42' });
    await queue.startWorkers(handlers, { zones: ['default'] });
    await until(() => seen.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(seen).toHaveLength(1);
    await queue.enqueue('start_run', { runId: 'r' }, { key: '42' });
    await until(() => seen.length === 2);
  });

  it('tries again after an error', async () => {
    const queue = await openQueue(newPrefix());
    let failures = 0;
    const { seen, handlers } = recorder(async () => {
      failures += 1;
      if (failures === 1) throw new Error('not today');
    });
    await queue.startWorkers(handlers, { zones: ['default'] });
    await queue.enqueue('conclude_run', { runId: 'r' });
    await until(() => seen.length === 2);
  });

  it('leaves the jobs of a zone to the workers of that zone', async () => {
    const prefix = newPrefix();
    const here = await openQueue(prefix);
    const there = await openQueue(prefix);
    const atHere = recorder();
    const atThere = recorder();
    await here.startWorkers(atHere.handlers, { zones: ['default'] });
    await here.enqueue('run_step', { runId: 'r', step: 0 }, { zone: 'paris' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(atHere.seen).toEqual([]);
    await there.startWorkers(atThere.handlers, { zones: ['paris'] });
    await until(() => atThere.seen.length === 1);
  });

  it('repeats scheduled work once for all processes', async () => {
    const prefix = newPrefix();
    const [one, two] = [await openQueue(prefix), await openQueue(prefix)];
    const { seen, handlers } = recorder();
    const startedAt = Date.now();
    await one.schedule('sweep', 200);
    await two.schedule('sweep', 200);
    await one.startWorkers(handlers, { zones: ['default'] });
    await two.startWorkers(handlers, { zones: ['default'] });
    await until(() => seen.length >= 8);
    // Twice for each time would be eight within 0.8 s.
    expect(seen.length).toBeLessThanOrEqual((Date.now() - startedAt) / 200 + 2);
  });

  it('waits for running jobs when it closes, and aborts them when time is up', async () => {
    const queue = await openQueue(newPrefix());
    const ended: string[] = [];
    const { seen, handlers } = recorder(async ({ name }, signal) => {
      if (name === 'intake') await new Promise((resolve) => setTimeout(resolve, 300));
      else await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      ended.push(name);
    });
    await queue.startWorkers(handlers, { zones: ['default'] });
    await queue.enqueue('intake', { deliveryId: 'd' });
    await queue.enqueue('sample', {});
    await until(() => seen.length === 2);
    await queue.close(600);
    expect(ended).toEqual(['intake', 'sample']);
  });

  it('does not wait for ever for a job that hears no signal', async () => {
    const queue = await openQueue(newPrefix());
    const { seen, handlers } = recorder(() => new Promise(() => {}));
    await queue.startWorkers(handlers, { zones: ['default'] });
    await queue.enqueue('intake', { deliveryId: 'd' });
    await until(() => seen.length === 1);
    const began = Date.now();
    await queue.close(200);
    // Without a limit it would never return.
    expect(Date.now() - began).toBeLessThan(8000);
  });

  it('gives the job of a killed worker to another', async () => {
    const prefix = newPrefix();
    const config = JSON.stringify({ backEnd: backEnd(), prefix, lockMs: LOCK_MS });
    const child = spawn(process.execPath, ['--import', 'tsx', WORKER, config], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    const queue = await openQueue(prefix, LOCK_MS);
    await queue.enqueue('start_run', { runId: 'r' }, { key: 'r' });
    await once(child.stdout, 'data');
    const { seen, handlers } = recorder();
    await queue.startWorkers(handlers, { zones: ['default'] });
    child.kill('SIGKILL');
    await until(() => seen.length === 1, 8 * LOCK_MS);
    expect(seen).toEqual([{ name: 'start_run', data: { runId: 'r' } }]);
  });

  it('goes on working after all its connections were cut', async () => {
    const queue = await openQueue(newPrefix());
    const { seen, handlers } = recorder();
    await queue.startWorkers(handlers, { zones: ['default'] });
    await queue.enqueue('intake', { deliveryId: 'before' });
    await until(() => seen.length === 1);
    await cutConnections();
    await until(() =>
      queue.ping().then(
        () => true,
        () => false,
      ),
    );
    await queue.enqueue('intake', { deliveryId: 'after' });
    await until(() => seen.some(({ data }) => isDeepStrictEqual(data, { deliveryId: 'after' })), 15_000);
  });

  it('counts what waits', async () => {
    const queue = await openQueue(newPrefix());
    await queue.enqueue('intake', { deliveryId: 'a' });
    await queue.enqueue('intake', { deliveryId: 'b' });
    expect(await queue.depths()).toMatchObject([{ waiting: 2, active: 0 }]);
    await expect(queue.ping()).resolves.toBeUndefined();
  });
}

describe('queue on PostgreSQL', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.close());
  queueContract(
    () => ({ kind: 'postgres', connectionString: database.connectionString }),
    async () => {
      await database.pool.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      );
    },
  );

  it('says which server does not answer', async () => {
    const connectionString = `postgres://nobody@127.0.0.1:${await freePort()}/none`;
    await expect(
      createJobQueue({ backEnd: { kind: 'postgres', connectionString }, log: silentLog, readyWithinMs: 500 }),
    ).rejects.toMatchObject({ reason: 'unreachable', mend: expect.stringContaining('DATABASE_URL') });
  });
});

describeWith(['redis'], 'queue on Redis', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  queueContract(
    () => ({ kind: 'redis', url: redis.url }),
    async () => {
      const client = new Redis(redis.url);
      await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      await client.quit();
    },
  );

  it('answers instead of hanging when Redis is gone', async () => {
    const own = await startRedis();
    const queue = await createJobQueue({ backEnd: { kind: 'redis', url: own.url }, log: silentLog });
    await own.stop();
    await expect(queue.enqueue('deliver', {})).rejects.toMatchObject({ reason: 'unreachable' });
    await queue.close(100);
  });
});
