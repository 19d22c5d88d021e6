import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Evidence } from '../../core/evidence.ts';
import { offsetOf } from '../../core/monitor/offset.ts';
import { watchedFacts } from '../../core/monitor/target-change.ts';
import type { ChangeStore, SeenFacts } from '../ports/change-store.ts';
import type { Inventory } from '../ports/inventory.ts';
import type { LookResult, MonitorStore } from '../ports/monitor-store.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import type { SampleStore } from '../ports/sample-store.ts';
import { collectEvidence } from '../runs/collect-evidence.ts';
import type { JudgeSamples } from './judge-samples.ts';
import type { KeepStatements } from './keep-statements.ts';
import { claimLooks, type Look, type PlanOptions, planLooks } from './plan-looks.ts';
import { toSamples } from './to-samples.ts';

/** A worker that dies keeps its targets from others for so long; one that lives renews its claim. */
const LEASE_MS = 45_000;
const RENEW_EVERY_MS = LEASE_MS / 3;

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
  const { inventory, samples, monitor, changes, monitored, judge, now } = options;
  // They only tell what changed, or look too seldom to raise an alert.
  const unjudged = new Set(
    monitored.flatMap(({ probe, onlyFacts, everyMs }) => (onlyFacts || everyMs !== undefined ? probe : [])),
  );
  const once = async (signal: AbortSignal) => {
    const services = await inventory.services();
    const at = now();
    const looks = await claimLooks(monitor, planLooks(options, services), { at, until: at + LEASE_MS });
    // Every look listens to it for as long as it lasts.
    setMaxListeners(0, signal);
    const stopRenewing = keepClaimed(options, looks);
    const evidence = await Promise.all(looks.map((look) => takeLook(options, look, signal))).finally(
      stopRenewing,
    );
    const kept = evidence.flatMap((item) => toSamples(item, monitored));
    await samples.add(kept);
    await monitor.release(evidence.map(toResult));
    await changes?.see(evidence.flatMap(toSeen));
    await judge?.({ services, evidence: evidence.filter(({ probe }) => !unjudged.has(probe)) });
    await options.statements?.(evidence);
    return kept.length;
  };
  return oneAtATime(options, once);
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

/** Looks that wait for their turn, behind many others, stay those of this worker. Answers what ends it. */
function keepClaimed({ monitor, now, log }: SampleServicesOptions, looks: readonly Look[]): () => void {
  const keys = looks.map(({ call }) => ({ target: call.target.id, probe: call.probe }));
  const timer = setInterval(() => {
    monitor
      .renew(keys, now() + LEASE_MS)
      .catch((error: unknown) => log.warn({ err: error }, 'targets of a long round could not be kept'));
  }, RENEW_EVERY_MS);
  return () => clearInterval(timer);
}

async function takeLook(
  { limit, spreadMs, now, log }: SampleServicesOptions,
  { known, call }: Look,
  signal: AbortSignal,
): Promise<Evidence> {
  await pause(offsetOf(`${call.target.id} ${call.probe}`, spreadMs), undefined, { signal });
  return limit(() => collectEvidence(known, call, { signal, now, log }));
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
