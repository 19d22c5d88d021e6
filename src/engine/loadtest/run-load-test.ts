import { setTimeout as pause } from 'node:timers/promises';
import type { LoadStop, LoadTest, LoadWindow, MeasuredPart } from '../../core/loadtest/load-test.ts';
import { withdrawnReason } from '../../core/loadtest/plan-load.ts';
import { stopReason } from '../../core/loadtest/stop-rule.ts';
import { cardKey } from '../../core/run.ts';
import type { LoadGenerator } from '../ports/load-generator.ts';
import type { Turn } from '../ports/turns.ts';
import { waitForTurn } from '../runs/with-turn.ts';
import { type EndLoadTestOptions, endLoadTest, type LoadEnd } from './end-load-test.ts';
import { partMessages } from './load-thread.ts';
import { type ReadThrottling, throttledShare } from './read-throttling.ts';

/** A worker that does not say for so long that it is alive is gone. */
const LEASE_MS = 20_000;
/** How often the worker looks whether it should stop. */
const LOOK_EVERY_MS = 1000;
/** How often the message is brought up to date. */
const TELL_EVERY_MS = 3000;
/** Less than the minute after which a test that nobody takes is lost. */
const TURN_WITHIN_MS = 30_000;
const BUSY = 'another run is looking at the service with a heavy probe, and the two would measure each other';

export type RunLoadTestOptions = EndLoadTestOptions &
  ReadThrottling & {
    readonly generator: LoadGenerator;
    /** How long a heavy probe at the same target is waited for. Default 30 s. */
    readonly turnWithinMs?: number;
  };

/** Runs a load test, once: a test whose worker was killed is not begun again. */
export function runLoadTest(
  options: RunLoadTestOptions,
): (testId: string, signal: AbortSignal) => Promise<void> {
  const { database, turnWithinMs = TURN_WITHIN_MS, now } = options;
  return async (testId, signal) => {
    const test = await database.loadTests.get(testId);
    if (test?.state !== 'running') return;
    const targetId = await targetOf(options, test);
    const turn = await waitForTurn(database.turns, targetId, { withinMs: turnWithinMs, signal });
    try {
      if (!(await database.loadTests.begin(testId, now() + LEASE_MS))) return;
      await conduct(options, test, { turn, signal });
    } finally {
      await turn?.release();
    }
  };
}

interface Conditions {
  /** Undefined: somebody else has it, and the test may not begin. */
  readonly turn: Turn | undefined;
  /** Aborted when perfbot stops. */
  readonly signal: AbortSignal;
}

/** From the first look at the target to the report. */
async function conduct(options: RunLoadTestOptions, test: LoadTest, conditions: Conditions): Promise<void> {
  const { generator, log } = options;
  if (conditions.turn === undefined) {
    const stop: LoadStop = { kind: 'busy', reason: BUSY };
    await endLoadTest(options, test, { result: undefined, stop, parts: [] });
    return;
  }
  const trouble = (await withdrawn(options, test)) ?? (await generator.check(test.plan));
  if (trouble !== undefined) {
    const stop: LoadStop = { kind: 'down', reason: trouble };
    await endLoadTest(options, test, { result: undefined, stop, parts: [] });
    return;
  }
  log.info({ testId: test.id, service: test.plan.service, profile: test.plan.profile }, 'load test begins');
  const end = await underWatch(options, test, conditions);
  log.info({ testId: test.id, answered: end.result?.answered, stop: end.stop?.kind }, 'load test ended');
  await endLoadTest(options, test, end);
}

/** The target that heavy probes of the same address look at. */
async function targetOf({ inventory }: RunLoadTestOptions, { plan }: LoadTest): Promise<string> {
  const service = (await inventory.services()).find(({ name }) => name === plan.service);
  return service?.targets.find(({ kind }) => kind === 'http')?.id ?? plan.baseUrl;
}

/** Sends while somebody watches; the first reason to stop ends it. */
async function underWatch(
  options: RunLoadTestOptions,
  test: LoadTest,
  { turn, signal }: Conditions,
): Promise<LoadEnd> {
  const windows: LoadWindow[] = [];
  const parts: MeasuredPart[] = [];
  const stopping = new AbortController();
  const over = new AbortController();
  let stop: LoadStop | undefined;
  const end = (reason: LoadStop) => {
    stop ??= reason;
    stopping.abort();
  };
  const onShutdown = () => end({ kind: 'stopping', reason: 'perfbot was stopped' });
  signal.addEventListener('abort', onShutdown, { once: true });
  if (signal.aborted) onShutdown();
  const onLost = () => end({ kind: 'stopping', reason: 'perfbot lost its turn at the target' });
  turn?.lost.addEventListener('abort', onLost, { once: true });
  if (turn?.lost.aborted) onLost();
  const watching = Promise.all([
    watch(options, test, { windows, end, signal: over.signal }),
    tell(options, test, { windows, parts, signal: over.signal }),
  ]);
  const result = await options.generator
    .send(test.plan, {
      signal: stopping.signal,
      onWindow: (window) => windows.push(window),
      onPart: (part) => parts.push(part),
    })
    .finally(() => over.abort());
  signal.removeEventListener('abort', onShutdown);
  await watching;
  return { result, stop, parts };
}

interface Watched {
  readonly windows: readonly LoadWindow[];
  readonly signal: AbortSignal;
}

async function watch(
  options: RunLoadTestOptions,
  test: LoadTest,
  { windows, signal, end }: Watched & { end(stop: LoadStop): void },
): Promise<void> {
  const { database, now, log } = options;
  let throttled: number | undefined;
  const looking = lookAtContainers(options, test, signal, (share) => {
    throttled = share;
  });
  while (await rest(LOOK_EVERY_MS, signal)) {
    const known = await database.loadTests
      .renew(test.id, now() + LEASE_MS)
      .catch((error: unknown) => log.warn({ err: error, testId: test.id }, 'the lease was not renewed'));
    if (known?.over) end({ kind: 'stopping', reason: 'it was closed from elsewhere' });
    else if (known?.stopBy !== undefined)
      end({ kind: 'person', reason: 'somebody pressed Stop', by: known.stopBy });
    const reason = stopReason(windows, throttled, test.plan.stop);
    if (reason !== undefined) end(reason);
    // Last, as the inventory may have to wait for Docker.
    const changed = await withdrawn(options, test).catch((error: unknown) => {
      log.warn({ err: error, testId: test.id }, 'whether services.yaml still allows the test is not known');
      return undefined;
    });
    if (changed !== undefined) end({ kind: 'stopping', reason: changed });
  }
  await looking;
}

/** services.yaml may change while a test waits or runs. */
async function withdrawn({ inventory }: RunLoadTestOptions, { plan }: LoadTest): Promise<string | undefined> {
  return withdrawnReason(await inventory.services(), plan);
}

async function lookAtContainers(
  options: RunLoadTestOptions,
  test: LoadTest,
  signal: AbortSignal,
  onShare: (share: number | undefined) => void,
): Promise<void> {
  while (!signal.aborted) {
    onShare(await throttledShare(options, test.plan.service, signal).catch(() => undefined));
    if (!(await rest(LOOK_EVERY_MS, signal))) return;
  }
}

/** Brings message and thread up to date, as long as the test is not closed from elsewhere. */
async function tell(
  { database, queue, loadTestRenderer, now, log }: RunLoadTestOptions,
  test: LoadTest,
  { windows, parts, signal }: Watched & { readonly parts: readonly MeasuredPart[] },
): Promise<void> {
  const key = cardKey({ kind: 'run', runId: test.id });
  while (await rest(TELL_EVERY_MS, signal)) {
    const content = loadTestRenderer.progress(test, windows.at(-1), key);
    // All parts each time: what a failure kept from the thread comes with the next look.
    const thread = partMessages(loadTestRenderer, test, parts);
    await database
      .transaction(async ({ loadTests, outbox }) => {
        if (!(await loadTests.hold(test.id))) return;
        await outbox.put({ key, channel: test.channel, position: 0, content }, now());
        for (const message of thread) await outbox.put(message, now());
      })
      .then(() => queue.enqueue('deliver', {}))
      .catch((error: unknown) => log.warn({ err: error, testId: test.id }, 'progress was not told'));
  }
}

/** False when there is no next time. */
async function rest(forMs: number, signal: AbortSignal): Promise<boolean> {
  await pause(forMs, undefined, { signal }).catch(() => {});
  return !signal.aborted;
}
