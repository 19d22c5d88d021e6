import type { MonitorStore } from '../ports/monitor-store.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import type { SampleStore } from '../ports/sample-store.ts';
import type { StatementStore } from '../ports/statement-store.ts';
import type { UpkeepStore } from '../ports/upkeep-store.ts';

const DAY_MS = 24 * 60 * 60_000;

/** How long measured values are kept, by their resolution. */
const KEEP = { raw: 7 * DAY_MS, fiveMinutes: 90 * DAY_MS, hours: 730 * DAY_MS, statements: 90 * DAY_MS };
/** What the monitor remembers of targets that are gone. */
const REMEMBER_MS = 7 * DAY_MS;
const PURGE_EVERY_MS = DAY_MS;
/** Rows of each table that one step deletes, and steps of one purge: the rest goes the next time. */
const PURGE_ROWS = 1000;
const PURGE_STEPS = 200;

export interface KeepHouseOptions {
  readonly samples: SampleStore;
  readonly statements: Pick<StatementStore, 'dropBefore'>;
  readonly monitor: MonitorStore;
  readonly upkeep: UpkeepStore;
  /** Deliveries, groups, runs, charts and messages are kept for so long. */
  readonly keepMs: number;
  /** Refreshes the usual values when it is time. */
  readonly refreshBaselines: (signal: AbortSignal) => Promise<void>;
  readonly now: Clock;
  readonly log: Logger;
}

/** Rolls samples up, drops what is too old, and once a day deletes old history. Repeatable. */
export function keepHouse(options: KeepHouseOptions): (signal: AbortSignal) => Promise<void> {
  const { samples, statements, monitor, upkeep, refreshBaselines, now } = options;
  return async (signal) => {
    const at = now();
    await samples.rollUp(at);
    await samples.dropBefore(at - KEEP.raw);
    await samples.dropRollUpsBefore({ fiveMinutes: at - KEEP.fiveMinutes, hours: at - KEEP.hours });
    await statements.dropBefore(at - KEEP.statements);
    await refreshBaselines(signal);
    const last = await upkeep.lastDone('purge');
    if (last !== undefined && at - last < PURGE_EVERY_MS) return;
    await monitor.forget(at - REMEMBER_MS);
    await purge(options, at, signal);
    await upkeep.done('purge', at);
  };
}

async function purge(
  { upkeep, keepMs, log }: KeepHouseOptions,
  at: number,
  signal: AbortSignal,
): Promise<void> {
  let total = 0;
  for (let step = 0; step < PURGE_STEPS; step += 1) {
    signal.throwIfAborted();
    const deleted = await upkeep.purge(at - keepMs, PURGE_ROWS);
    total += deleted;
    if (deleted === 0) break;
  }
  if (total > 0) log.info({ rows: total, keepMs }, 'old history deleted');
}
