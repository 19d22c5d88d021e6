import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { RequestOutcome } from './router.ts';

/** What perfbot counts about itself. Plain functions, so that others need to know nothing of Prometheus. */
export interface Metrics {
  alertsReceived(sender: string, count: { readonly accepted: number; readonly duplicates: number }): void;
  alertDropped(reason: string): void;
  requestEnded(outcome: RequestOutcome): void;
  runEnded(playbook: string, state: string, durationMs: number): void;
  probeEnded(probe: string, outcome: string, durationMs: number): void;
  messageSent(kind: string): void;
  messageFailed(reason: string): void;
  sampleRoundEnded(round: SampleRound): void;
  sampleRoundSkipped(): void;
  checklistRound(outcome: string): void;
  /** Asks for the depth of each queue whenever metrics are read; a failure leaves the gauge out. */
  watchQueues(depths: () => Promise<Readonly<Record<string, number>>>): void;
  /** Asks how many targets cannot be measured any more whenever metrics are read; after a failure it is not a number. */
  watchStale(count: () => Promise<number>): void;
  render(): Promise<{ readonly contentType: string; readonly body: string }>;
  close(): void;
}

/** A round of the monitor that is over. */
export interface SampleRound {
  readonly outcome: string;
  readonly durationMs: number;
  /** Values that it kept. */
  readonly samples: number;
}

/** Builds the counters in a registry of their own. Names begin with `perfbot_`, times are in seconds (Prometheus' convention). */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'perfbot_' });
  const count = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name: `perfbot_${name}_total`, help, labelNames, registers: [registry] });
  const measure = (name: string, help: string, labelNames: string[], buckets: number[]) =>
    new Histogram({ name: `perfbot_${name}_seconds`, help, labelNames, buckets, registers: [registry] });

  const alerts = count('alerts_received', 'Alerts that senders delivered', ['sender', 'duplicate']);
  const drops = count('alerts_dropped', 'Alerts that went no further, by reason', ['reason']);
  const requests = measure(
    'http_request_duration',
    'Time to answer requests',
    ['route', 'method', 'status'],
    [0.005, 0.02, 0.1, 0.5, 2, 5],
  );
  const runs = measure(
    'run_duration',
    'Time from the start of a run to its end',
    ['playbook', 'state'],
    [1, 2, 5, 10, 30, 60, 120],
  );
  const probes = measure(
    'probe_duration',
    'Time that probes took',
    ['probe', 'outcome'],
    [0.05, 0.2, 1, 2, 5, 10, 30],
  );
  const sent = count('messages_sent', 'Messages that the messenger took', ['kind']);
  const failed = count('messages_failed', 'Attempts to send that failed, by reason', ['reason']);
  const countMonitor = monitorCounters(registry);
  const rounds = count('checklist_rounds', 'Checklists that were due, by what came of it', ['outcome']);

  return {
    alertsReceived: (sender, { accepted, duplicates }) => {
      alerts.inc({ sender, duplicate: 'false' }, accepted);
      alerts.inc({ sender, duplicate: 'true' }, duplicates);
    },
    alertDropped: (reason) => drops.inc({ reason }),
    requestEnded: ({ route, method, status, durationMs }) =>
      requests.observe({ route, method, status: String(status) }, durationMs / 1000),
    runEnded: (playbook, state, durationMs) => runs.observe({ playbook, state }, durationMs / 1000),
    probeEnded: (probe, outcome, durationMs) => probes.observe({ probe, outcome }, durationMs / 1000),
    messageSent: (kind) => sent.inc({ kind }),
    messageFailed: (reason) => failed.inc({ reason }),
    ...countMonitor,
    checklistRound: (outcome) => rounds.inc({ outcome }),
    watchStale: (stale) => watchStale(registry, stale),
    watchQueues: (depths) => watchQueues(registry, depths),
    render: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
    close: () => registry.clear(),
  };
}

function monitorCounters(registry: Registry): Pick<Metrics, 'sampleRoundEnded' | 'sampleRoundSkipped'> {
  const registers = [registry];
  const took = new Histogram({
    name: 'perfbot_sample_round_seconds',
    help: 'Time that rounds of the monitor took',
    labelNames: ['outcome'],
    buckets: [1, 2, 5, 10, 20, 30, 60, 120],
    registers,
  });
  const skipped = new Counter({
    name: 'perfbot_sample_rounds_skipped_total',
    help: 'Rounds of the monitor that were left out, for the one before still went on',
    registers,
  });
  const samples = new Counter({
    name: 'perfbot_samples_total',
    help: 'Values that the monitor kept',
    registers,
  });
  return {
    sampleRoundEnded({ outcome, durationMs, samples: kept }) {
      took.observe({ outcome }, durationMs / 1000);
      samples.inc(kept);
    },
    sampleRoundSkipped: () => skipped.inc(),
  };
}

function watchStale(registry: Registry, count: () => Promise<number>): void {
  new Gauge({
    name: 'perfbot_targets_stale',
    help: 'Targets that could be measured before and cannot now',
    registers: [registry],
    async collect() {
      this.set(await count().catch(() => Number.NaN));
    },
  });
}

function watchQueues(registry: Registry, depths: () => Promise<Readonly<Record<string, number>>>): void {
  new Gauge({
    name: 'perfbot_queue_jobs',
    help: 'Jobs that wait or run, by queue',
    labelNames: ['queue'],
    registers: [registry],
    async collect() {
      this.reset();
      const found = await depths().catch(() => ({}));
      for (const [queue, depth] of Object.entries(found)) this.set({ queue }, depth);
    },
  });
}
