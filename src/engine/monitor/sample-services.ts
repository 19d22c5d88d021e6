import { KPI_METRICS } from '../../core/checks/kpi-metrics.ts';
import type { Evidence } from '../../core/evidence.ts';
import type { Inventory } from '../ports/inventory.ts';
import type { Probe } from '../ports/probe.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import type { Sample, SampleStore } from '../ports/stores.ts';
import { collectEvidence } from '../runs/collect-evidence.ts';

const KEEP_MS = 7 * 24 * 60 * 60_000;

/** What is measured again and again, with parameters that keep it light. */
export interface MonitoredProbe {
  readonly probe: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export interface SampleServicesOptions {
  readonly inventory: Inventory;
  readonly probes: ReadonlyMap<string, Probe>;
  readonly monitored: readonly MonitoredProbe[];
  readonly samples: SampleStore;
  readonly now: Clock;
  readonly log: Logger;
  /** Runs tasks, only so many of them at once. */
  limit<T>(task: () => Promise<T>): Promise<T>;
}

/** Measures the KPIs of every service once and keeps the numbers. What cannot be measured leaves a gap, never a zero. */
export function sampleServices(options: SampleServicesOptions): (signal: AbortSignal) => Promise<void> {
  const { inventory, probes, monitored, samples, now, log, limit } = options;
  const once = async (signal: AbortSignal) => {
    const services = await inventory.services();
    const calls = monitored.flatMap(({ probe, params }) => {
      const known = probes.get(probe);
      if (known === undefined) return [];
      const targets = services.flatMap(({ targets: own }) =>
        own.filter(({ kind }) => kind === known.targetKind),
      );
      return targets.map((target) => ({
        known,
        call: { probe, target, params, timeoutMs: known.timeoutMs },
      }));
    });
    const evidence = await Promise.all(
      calls.map(({ known, call }) => limit(() => collectEvidence(known, call, { signal, now, log }))),
    );
    await samples.add(evidence.flatMap(toSamples));
    await samples.dropBefore(now() - KEEP_MS);
  };
  let running = false;
  return async (signal) => {
    // A round that takes longer than the interval must not pile up on the targets.
    if (running) return;
    running = true;
    await once(signal).finally(() => {
      running = false;
    });
  };
}

function toSamples(evidence: Evidence): readonly Sample[] {
  if (evidence.status === 'unavailable') return [];
  const wanted = new Set(
    KPI_METRICS.filter(({ probe }) => probe === evidence.probe).map(({ metric }) => metric),
  );
  return evidence.metrics
    .filter(({ name }) => wanted.has(name))
    .map(({ name, unit, value }) => ({
      target: evidence.target,
      service: evidence.service,
      metric: name,
      unit,
      at: evidence.collectedAt,
      value,
    }));
}
