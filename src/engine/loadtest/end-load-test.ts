import { failedToStart, loadReport } from '../../core/loadtest/load-report.ts';
import type { LoadResult, LoadStop, LoadTest } from '../../core/loadtest/load-test.ts';
import type { Report } from '../../core/report.ts';
import { type TellReportOptions, tellReport } from '../monitor/tell-report.ts';
import type { Inventory } from '../ports/inventory.ts';

const BATCH = 20;

export type EndLoadTestOptions = TellReportOptions & { readonly inventory: Inventory };

/** Tells what a test came to, once, and closes it; in this order, so that a worker that dies in between loses nothing. */
export async function endLoadTest(
  options: EndLoadTestOptions,
  test: LoadTest,
  { result, stop }: { readonly result: LoadResult | undefined; readonly stop: LoadStop | undefined },
): Promise<void> {
  const { database, inventory, now } = options;
  const before = await database.loadTests.before(test);
  const service = (await inventory.services()).find(({ name }) => name === test.plan.service);
  const report =
    result === undefined
      ? failedToStart(test, stop?.reason ?? 'nobody could begin it', now())
      : loadReport({ test: { ...test, stop }, result, kpis: service?.kpis ?? {}, before });
  await tell(options, test, report);
  await database.loadTests.finish(test.id, { state: 'finished', at: now(), result, stop });
  await fillChecklists(options);
}

/** Closes the tests whose worker is gone, and says so. Their requests have ended with it. */
export function endAbandoned(options: EndLoadTestOptions): () => Promise<void> {
  const { database, now, log } = options;
  return async () => {
    for (const test of await database.loadTests.abandoned(now(), BATCH)) {
      log.warn({ testId: test.id }, 'load test closed: its worker is gone');
      const reason = 'the worker that sent the load is gone, and the load with it';
      await tell(options, test, failedToStart(test, reason, now()));
      await database.loadTests.finish(test.id, {
        state: 'lost',
        at: now(),
        result: undefined,
        stop: undefined,
      });
      await fillChecklists(options);
    }
  };
}

/** An item may wait for the result; one that is forgotten is filled by the next scheduled look. */
async function fillChecklists({ queue, log }: EndLoadTestOptions): Promise<void> {
  await queue
    .enqueue('checklist', {})
    .catch((error: unknown) => log.warn({ err: error }, 'checklists are filled a little later'));
}

async function tell(options: EndLoadTestOptions, test: LoadTest, report: Report): Promise<void> {
  const { requestedBy: userId, channel } = test;
  await tellReport(options, report, { channel, trigger: { kind: 'command', userId, channel } });
}
