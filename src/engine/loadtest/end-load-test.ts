import { failedToStart, loadReport } from '../../core/loadtest/load-report.ts';
import type { LoadResult, LoadStop, LoadTest, MeasuredPart } from '../../core/loadtest/load-test.ts';
import type { Report } from '../../core/report.ts';
import { type TellReportOptions, tellReport } from '../monitor/tell-report.ts';
import type { Inventory } from '../ports/inventory.ts';
import type { LoadTestRenderer } from '../ports/load-test-renderer.ts';
import type { OutgoingMessage } from '../ports/message.ts';
import { partMessages, reportPosition, stoppedMessages } from './load-thread.ts';

const BATCH = 20;

export type EndLoadTestOptions = TellReportOptions & {
  readonly inventory: Inventory;
  readonly loadTestRenderer: LoadTestRenderer;
};

/** What a test came to: `result` when requests were sent, with the parts of the plan that were reached. */
export interface LoadEnd {
  readonly result: LoadResult | undefined;
  readonly stop: LoadStop | undefined;
  readonly parts: readonly MeasuredPart[];
}

/** Closes a test and tells what it came to, both or neither: whoever comes second tells nothing. */
export async function endLoadTest(options: EndLoadTestOptions, test: LoadTest, end: LoadEnd): Promise<void> {
  const { database, inventory, loadTestRenderer, now } = options;
  const { result, stop, parts } = end;
  const before = await database.loadTests.before(test);
  const service = (await inventory.services()).find(({ name }) => name === test.plan.service);
  const report =
    result === undefined
      ? failedToStart(test, stop?.reason ?? 'nobody could begin it', now())
      : loadReport({ test: { ...test, stop }, result, kpis: service?.kpis ?? {}, before });
  const thread = [
    ...partMessages(loadTestRenderer, test, parts),
    ...stoppedMessages(loadTestRenderer, test, end),
  ];
  await close(options, test, { report, thread, state: 'finished', result, stop });
}

/** Closes the tests whose worker is gone, and says so. Their requests have ended with it. */
export function endAbandoned(options: EndLoadTestOptions): () => Promise<void> {
  const { database, now, log } = options;
  return async () => {
    for (const test of await database.loadTests.abandoned(now(), BATCH)) {
      log.warn({ testId: test.id }, 'load test closed: its worker is gone');
      const reason = 'the worker that sent the load is gone, and the load with it';
      const report = failedToStart(test, reason, now());
      await close(options, test, { report, thread: [], state: 'lost', result: undefined, stop: undefined });
    }
  };
}

/** An item may wait for the result; one that is forgotten is filled by the next scheduled look. */
async function fillChecklists({ queue, log }: EndLoadTestOptions): Promise<void> {
  await queue
    .enqueue('checklist', {})
    .catch((error: unknown) => log.warn({ err: error }, 'checklists are filled a little later'));
}

async function close(
  options: EndLoadTestOptions,
  test: LoadTest,
  {
    report,
    thread,
    ...end
  }: Omit<LoadEnd, 'parts'> & {
    readonly report: Report;
    /** What stands in the thread before the report. */
    readonly thread: readonly OutgoingMessage[];
    readonly state: 'finished' | 'lost';
  },
): Promise<void> {
  const { requestedBy: userId, channel } = test;
  await tellReport(options, report, {
    channel,
    trigger: { kind: 'command', userId, channel },
    firstPosition: reportPosition(test),
    async together({ loadTests, outbox }) {
      const at = options.now();
      if (!(await loadTests.finish(test.id, { ...end, at }))) return false;
      for (const message of thread) await outbox.put(message, at);
      return true;
    },
  });
  await fillChecklists(options);
}
