import type { LoadPlan, LoadTest } from '../../core/loadtest/load-test.ts';
import { cardKey } from '../../core/run.ts';
import type { LoadTestRenderer } from '../ports/load-test-renderer.ts';
import type { JobQueue } from '../ports/queue.ts';
import type { Clock } from '../ports/runtime.ts';
import type { Database } from '../ports/stores.ts';
import { begunMessage } from './load-thread.ts';

export interface StartLoadTestOptions {
  readonly database: Database;
  readonly queue: JobQueue;
  readonly loadTestRenderer: LoadTestRenderer;
  readonly now: Clock;
}

/** Stores a load test with its message and sends it to a worker. Answers the other one when the service is under load already. */
export function startLoadTest({ database, queue, loadTestRenderer, now }: StartLoadTestOptions) {
  return async (request: {
    readonly id: string;
    readonly plan: LoadPlan;
    readonly userId: string;
    readonly channel: string;
  }): Promise<{ readonly other: LoadTest | undefined }> => {
    const { id, plan, userId, channel } = request;
    const at = now();
    const created = await database.transaction(async ({ loadTests, outbox }) => {
      if (!(await loadTests.create({ id, plan, requestedBy: userId, channel, createdAt: at }))) return false;
      const test = await loadTests.get(id);
      const key = cardKey({ kind: 'run', runId: id });
      if (test?.state === 'running' && (await outbox.get(key)) === undefined) {
        const content = loadTestRenderer.progress(test, undefined, key);
        await outbox.put({ key, channel, position: 0, content }, at);
        await outbox.put(begunMessage(loadTestRenderer, test), at);
      }
      return true;
    });
    if (!created) return { other: await database.loadTests.running(plan.service) };
    await queue.enqueue('load_test', { testId: id }, { key: id, zone: plan.zone });
    await queue.enqueue('deliver', {});
    return { other: undefined };
  };
}
