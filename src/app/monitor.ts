import pLimit from 'p-limit';
import type { Config } from '../config.ts';
import type { Redact } from '../core/redact.ts';
import { acceptAlerts } from '../engine/alerts/accept-alerts.ts';
import { judgeSamples } from '../engine/monitor/judge-samples.ts';
import { keepHouse } from '../engine/monitor/keep-house.ts';
import { keepStatements } from '../engine/monitor/keep-statements.ts';
import { MONITORED } from '../engine/monitor/monitored.ts';
import { refreshDueBaselines } from '../engine/monitor/refresh-baselines.ts';
import { sampleServices } from '../engine/monitor/sample-services.ts';
import type { JobQueue } from '../engine/ports/queue.ts';
import type { Clock, Logger, NewId } from '../engine/ports/runtime.ts';
import type { Database } from '../engine/ports/stores.ts';
import type { Metrics } from '../ingress/metrics.ts';
import type { Targets } from './targets.ts';

/** Looks of one worker at once: most of the time they wait, between two readings or for their turn to ask. */
const AT_ONCE = 64;
/**
 * The looks of one round begin within this share of the interval: with 30 s and looks of at most 15 s a round is over before
 * the next, and a container that has just come is looked at twice within 70 s.
 */
const SPREAD = 0.25;
/** A service that was not measured for so long, or in three rounds of the monitor, is not known to be fine. */
const STALE_MS = 5 * 60_000;
const STALE_ROUNDS = 3;

export interface MonitorOptions {
  readonly config: Pick<Config, 'zone' | 'sampleIntervalMs' | 'monitorAlerts' | 'keepMs' | 'timezone'>;
  readonly database: Database;
  readonly queue: JobQueue;
  readonly targets: Targets;
  readonly redact: Redact;
  readonly metrics: Pick<Metrics, 'sampleRoundEnded' | 'sampleRoundSkipped'>;
  readonly newId: NewId;
  readonly now: Clock;
  readonly log: Logger;
}

export interface Monitor {
  sample(signal: AbortSignal): Promise<void>;
  upkeep(signal: AbortSignal): Promise<void>;
}

/** What measures everything again and again, and what keeps the measured values in order. */
export function createMonitor(options: MonitorOptions): Monitor {
  const { config, database, targets, metrics, now, log } = options;
  const { samples, statements, monitor, changes, upkeep } = database;
  const accept = acceptAlerts({ ...options, alerts: database.alerts });
  return {
    sample: sampleServices({
      ...targets,
      monitored: MONITORED,
      samples,
      monitor,
      changes,
      statements: keepStatements({ database, log }),
      zone: config.zone,
      intervalMs: config.sampleIntervalMs,
      spreadMs: config.sampleIntervalMs * SPREAD,
      ...(config.monitorAlerts && { judge: judgeSamples({ monitor, accept, leftAt: targets.leftAt, now }) }),
      now,
      log,
      limit: pLimit(AT_ONCE),
      onRound: metrics.sampleRoundEnded,
      onSkip: metrics.sampleRoundSkipped,
    }),
    upkeep: keepHouse({
      samples,
      statements,
      monitor,
      upkeep,
      keepMs: config.keepMs,
      refreshBaselines: refreshDueBaselines({
        baselines: database.baselines,
        upkeep,
        timezone: config.timezone,
        now,
        log,
      }),
      now,
      log,
    }),
  };
}

/** After how many milliseconds without a value a service is not known to be fine. */
export function staleAfterMs(
  { sampleIntervalMs }: Pick<Config, 'sampleIntervalMs'>,
  { configured }: Pick<Targets, 'configured'>,
): (service: string) => number {
  return (service) => {
    const own = configured().services.find(({ name }) => name === service)?.sampleIntervalMs ?? 0;
    return Math.max(STALE_MS, STALE_ROUNDS * sampleIntervalMs, STALE_ROUNDS * own);
  };
}
