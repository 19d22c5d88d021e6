import { describe, expect, it } from 'vitest';
import { PerfbotError } from '../../src/core/errors.ts';
import type { Observation } from '../../src/core/evidence.ts';
import type { TargetKind, TargetOf } from '../../src/core/inventory/target.ts';
import { UNITS } from '../../src/core/unit.ts';
import type { Probe } from '../../src/engine/ports/probe.ts';
import type { Logger } from '../../src/engine/ports/runtime.ts';

export interface ProbeContract<K extends TargetKind, P> {
  /** A probe and a healthy target of it; called inside a test, after the file's `beforeAll`. */
  readonly healthy: () => { readonly probe: Probe<K, P>; readonly target: TargetOf<K> };
  /** A probe with a target that refuses connections or does not exist. Absent: this probe cannot be unreachable. */
  readonly unreachable?: () => { readonly probe: Probe<K, P>; readonly target: TargetOf<K> };
  /** Names of all metrics that the probe may report, for series as well; nothing else may appear. */
  readonly metrics: readonly string[];
  /** Names of all tables that it may report. */
  readonly tables?: readonly string[];
  /** Parameters for the healthy call; it takes `{}` as well. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** Texts (passwords, tokens) that must never appear in an error. */
  readonly secrets?: readonly string[];
}

/** A probe gives up within half a second of its abort; a machine that is busy with other tests needs longer to show it. */
const ABORT_BUDGET_MS = 2000;

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** The promises that every probe keeps. Call it once, inside the `describe` of each probe's test. */
export function probeContract<K extends TargetKind, P>(contract: ProbeContract<K, P>): void {
  const { healthy, unreachable, metrics, tables = [], secrets = [] } = contract;

  function collect(
    of: { probe: Probe<K, P>; target: TargetOf<K> },
    signal: AbortSignal,
  ): Promise<Observation> {
    const params = of.probe.params.parse(contract.params ?? {});
    return of.probe.collect({ target: of.target, params, signal, now: Date.now, log: silent });
  }

  describe('probe contract', () => {
    it('has a dotted name, a title, a deadline and parameters that all have defaults', () => {
      const { probe, target } = healthy();
      expect(probe.name).toMatch(/^[a-z]+\.[a-z_]+$/);
      expect(probe.title.length).toBeGreaterThan(3);
      expect(probe.timeoutMs).toBeGreaterThan(0);
      expect(probe.targetKind).toBe(target.kind);
      expect(probe.params.safeParse({}).success).toBe(true);
    });

    it('reports finite metrics with known names and units, rows as wide as their columns, and leaves nothing open', async () => {
      const { probe, target } = healthy();
      await collect({ probe, target }, new AbortController().signal);
      const before = openHandles();
      const observation = await collect({ probe, target }, new AbortController().signal);
      expectWellFormed(observation, metrics, tables);
      await expect.poll(() => leaked(before, openHandles()), { timeout: 3000 }).toEqual([]);
    });

    it('does nothing when it is aborted already', async () => {
      await expectQuickFailure((signal) => collect(healthy(), signal), secrets);
    });

    it('stops at once when it is aborted on the way', async () => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 30);
      const startedAt = Date.now();
      // A quick probe may be done before the abort: then there is nothing to stop.
      await collect(healthy(), controller.signal).catch((error: unknown) => expectReason(error, secrets));
      expect(Date.now() - startedAt).toBeLessThan(ABORT_BUDGET_MS + 30);
    });

    if (unreachable) {
      it('fails with a reason, words for people and no secret when the target is not there', async () => {
        const outcome = await collect(unreachable(), AbortSignal.timeout(10_000)).then(
          () => 'collected',
          (error: unknown) => error,
        );
        expect(outcome).toBeInstanceOf(PerfbotError);
        expectReason(outcome, secrets);
        expect((outcome as PerfbotError).userMessage).not.toMatch(/^Internal error/);
      });
    }
  });
}

function expectWellFormed(
  observation: Observation,
  metrics: readonly string[],
  tables: readonly string[],
): void {
  for (const metric of observation.metrics) {
    expect(metric.value, metric.name).toSatisfy(Number.isFinite);
    expect(UNITS, metric.name).toContain(metric.unit);
    expect(metrics).toContain(metric.name);
  }
  const names = observation.metrics.map(({ name }) => name);
  expect(new Set(names).size, `a metric was reported twice: ${names.join(', ')}`).toBe(names.length);
  for (const series of observation.series ?? []) {
    expect(metrics).toContain(series.name);
    expect(UNITS, series.name).toContain(series.unit);
    const times = series.points.map(({ at }) => at);
    expect(times, 'points are oldest first').toEqual([...times].sort((a, b) => a - b));
    for (const point of series.points) expect(point.value, series.name).toSatisfy(Number.isFinite);
  }
  for (const table of observation.tables ?? []) {
    expect(tables).toContain(table.name);
    for (const row of table.rows) expect(row, table.name).toHaveLength(table.columns.length);
  }
}

async function expectQuickFailure(
  attempt: (signal: AbortSignal) => Promise<unknown>,
  secrets: readonly string[],
): Promise<void> {
  const startedAt = Date.now();
  const outcome = await attempt(AbortSignal.abort()).then(
    () => 'collected',
    (error: unknown) => error,
  );
  expect(outcome, 'an aborted probe must not answer').toBeInstanceOf(Error);
  expectReason(outcome, secrets);
  expect(Date.now() - startedAt).toBeLessThan(ABORT_BUDGET_MS);
}

/** A probe error carries a reason; an abort may surface as the platform's own AbortError. */
function expectReason(error: unknown, secrets: readonly string[]): void {
  expect(error).toBeInstanceOf(Error);
  const known =
    error instanceof PerfbotError || ['AbortError', 'TimeoutError'].includes((error as Error).name);
  expect(known, `neither a ProbeError nor an AbortError: ${String(error)}`).toBe(true);
  const told =
    error instanceof PerfbotError ? [error.message, error.userMessage, error.mend ?? ''] : [String(error)];
  for (const secret of secrets) expect(told.join('\n')).not.toContain(secret);
}

function openHandles(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/** Sockets and pipes that are open now and were not before; timers and the like belong to the test runner too. */
function leaked(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): readonly string[] {
  return ['TCPSocketWrap', 'PipeWrap', 'ProcessWrap', 'TCPServerWrap'].filter(
    (kind) => (after.get(kind) ?? 0) > (before.get(kind) ?? 0),
  );
}
