import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Evidence } from '../../core/evidence.ts';
import type { Service } from '../../core/inventory/service.ts';
import { offsetOf } from '../../core/monitor/offset.ts';
import { watchedFacts } from '../../core/monitor/target-change.ts';
import type { ChangeStore, SeenFacts } from '../ports/change-store.ts';
import type { Inventory } from '../ports/inventory.ts';
import type { LookResult, MonitorStore } from '../ports/monitor-store.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import type { SampleStore } from '../ports/sample-store.ts';
import { collectEvidence } from '../runs/collect-evidence.ts';
import { inBatches } from './in-batches.ts';
import type { JudgeSamples } from './judge-samples.ts';
import { type Claimed, keepClaimed, LEASE_MS } from './keep-claimed.ts';
import type { KeepStatements } from './keep-statements.ts';
import {
  byTarget,
  claimLooks,
  LOOK_WITHIN_MS,
  type Look,
  type PlanOptions,
  planLooks,
} from './plan-looks.ts';
import { toSamples } from './to-samples.ts';

/** A look behind others at a target that hangs has this long at least. */
const LEAST_MS = 1000;
/** What was seen is stored and judged so soon, while others still look: a slow target holds up nobody's alert. */
const BATCH_MS = 1000;
/** How a round ended, and how many values it kept. */
export interface SampledRound {
  readonly outcome: 'done' | 'failed';
  readonly durationMs: number;
  readonly samples: number;
}

export interface SampleServicesOptions extends PlanOptions {
  readonly inventory: Inventory;
  readonly samples: SampleStore;
  readonly monitor: MonitorStore;
  /** Absent: nobody asks what changed. */
  readonly changes?: Pick<ChangeStore, 'see'>;
  /** Absent: nobody asks which statements took the time. */
  readonly statements?: KeepStatements;
  /** The looks of one round begin within this time, each target at its own moment. */
  readonly spreadMs: number;
  /** Absent: nothing is judged and nobody alerted. */
  readonly judge?: JudgeSamples;
  readonly onRound?: (round: SampledRound) => void;
  readonly onSkip?: () => void;
  readonly now: Clock;
  readonly log: Logger;
  /** Runs tasks, only so many of them at once. */
  limit<T>(task: () => Promise<T>): Promise<T>;
}

/** Measures every service once, keeps the numbers and judges them. What cannot be measured leaves a gap, never a zero. */
export function sampleServices(options: SampleServicesOptions): (signal: AbortSignal) => Promise<void> {
  const { inventory, monitor, now } = options;
  const once = async (signal: AbortSignal) => {
    const services = await inventory.services();
    const at = now();
    const looks = await claimLooks(monitor, planLooks(options, services), { at, until: at + LEASE_MS });
    // Every look listens to it for as long as it lasts.
    setMaxListeners(0, signal);
    const claimed = keepClaimed(options, looks);
    const keeping = inBatches(BATCH_MS, keepEvidence(options, { services, claimed }));
    // Each ends by itself, so that nothing goes on behind the end of the round.
    const taken = await Promise.allSettled(
      byTarget(looks).map((own) => takeLooks(options, own, { signal, keep: keeping.add })),
    );
    const kept = await keeping.end().finally(claimed.end);
    for (const look of taken) if (look.status === 'rejected') throw look.reason;
    return kept;
  };
  return oneAtATime(options, once);
}

/** Stores what looks have seen and judges it; answers how many values it kept. */
function keepEvidence(
  options: SampleServicesOptions,
  { services, claimed }: { readonly services: readonly Service[]; readonly claimed: Claimed },
) {
  const { samples, monitor, changes, monitored, judge, statements } = options;
  // They only tell what changed, or look too seldom to raise an alert.
  const unjudged = new Set(
    monitored.flatMap(({ probe, onlyFacts, everyMs }) => (onlyFacts || everyMs !== undefined ? probe : [])),
  );
  return async (evidence: readonly Evidence[]): Promise<number> => {
    const kept = evidence.flatMap((item) => toSamples(item, monitored));
    await samples.add(kept);
    if (evidence.length > 0) await monitor.release(evidence.map(toResult));
    claimed.release(evidence);
    await changes?.see(evidence.flatMap(toSeen));
    await judge?.({ services, evidence: evidence.filter(({ probe }) => !unjudged.has(probe)) });
    await statements?.(evidence);
    return kept.length;
  };
}

/** A round that takes longer than the interval must not pile up on the targets. `once` answers how many values it kept. */
function oneAtATime(
  { now, log, onRound, onSkip }: SampleServicesOptions,
  once: (signal: AbortSignal) => Promise<number>,
): (signal: AbortSignal) => Promise<void> {
  let running = false;
  return async (signal) => {
    if (running) {
      log.warn({}, 'a round of the monitor was left out: the one before still goes on');
      onSkip?.();
      return;
    }
    running = true;
    const startedAt = now();
    try {
      const samples = await once(signal);
      onRound?.({ outcome: 'done', durationMs: now() - startedAt, samples });
    } catch (error) {
      onRound?.({ outcome: 'failed', durationMs: now() - startedAt, samples: 0 });
      throw error;
    } finally {
      running = false;
    }
  };
}

/** The looks at one target, one after the other from its own moment on, within the time that one look may take. */
async function takeLooks(
  { limit, spreadMs, now, log }: SampleServicesOptions,
  looks: readonly Look[],
  { signal, keep }: { readonly signal: AbortSignal; readonly keep: (evidence: Evidence) => void },
): Promise<void> {
  const target = looks[0]?.call.target.id ?? '';
  await pause(offsetOf(target, spreadMs), undefined, { signal });
  let leftMs = LOOK_WITHIN_MS;
  for (const { known, call } of looks) {
    const timeoutMs = Math.min(call.timeoutMs, Math.max(leftMs, LEAST_MS));
    const evidence = await limit(() => collectEvidence(known, { ...call, timeoutMs }, { signal, now, log }));
    leftMs -= evidence.durationMs;
    keep(evidence);
  }
}

function toResult(evidence: Evidence): LookResult {
  const { target, probe, service, collectedAt: at } = evidence;
  const base = { target, probe, service, at };
  if (evidence.status === 'collected') return base;
  return { ...base, failure: { reason: evidence.reason, message: evidence.message } };
}

function toSeen(evidence: Evidence): readonly SeenFacts[] {
  if (evidence.status === 'unavailable') return [];
  const facts = watchedFacts(evidence);
  const { target, service, collectedAt: at } = evidence;
  return facts === undefined ? [] : [{ target, service, at, facts }];
}
