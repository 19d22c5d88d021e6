import { formatValue } from '../unit.ts';
import type { EvidenceLine } from './cause.ts';
import { type Facts, metricFor } from './facts.ts';
import type { NodeView } from './node-view.ts';
import { THROTTLED_HIGH } from './rules/container-cpu-throttled.ts';

/** Share of time from which new work waits for what runs: the level of clinic.js is 95 %, its warning 70 %. */
export const LOOP_BUSY = 0.7;
/** Below this the process mostly waits for others. */
const LOOP_IDLE = 0.3;
/** A stop that a person notices: clinic.js, the delay of the event loop. */
const LONG_STOP_MS = 100;
/** With turns as long as this all of the time it is no single stop. */
const SLOW_TURN_MS = 10;
const LAG_RESOLUTION_MS = 10;
/** A collection of this part of the longest stop is what stopped the loop. */
const GC_PART = 0.5;
const HOST_BUSY = 0.9;
const ONE_CORE = 0.95;

/** Share of time in which the event loop worked. The profiler keeps it awake, so what was measured without it counts first. */
export function loopUtilisation(view: NodeView): number | undefined {
  return view.value('runtime', UTILISATION) ?? view.value('cpu', UTILISATION);
}

const UTILISATION = 'event_loop_utilisation';

export function utilisationLine(view: NodeView, text: string, threshold?: number): EvidenceLine | undefined {
  return view.line('runtime', UTILISATION, text, threshold) ?? view.line('cpu', UTILISATION, text, threshold);
}

/** What the event loop says on the question whether the service computes or waits. */
export interface LoopEvidence {
  readonly idle: EvidenceLine | undefined;
  readonly busy: EvidenceLine | undefined;
}

export function loopEvidence(view: NodeView | undefined): LoopEvidence {
  const utilisation = view && loopUtilisation(view);
  if (view === undefined || utilisation === undefined) return { idle: undefined, busy: undefined };
  const share = formatValue(utilisation, 'ratio');
  return {
    idle:
      utilisation < LOOP_IDLE
        ? utilisationLine(view, `its event loop works ${share} of the time and waits for the rest`, LOOP_IDLE)
        : undefined,
    busy:
      utilisation >= LOOP_BUSY
        ? utilisationLine(view, `its event loop is busy ${share} of the time`, LOOP_BUSY)
        : undefined,
  };
}

/** The longest stop of a loop that turns well otherwise, ms; `never` when it did not turn at all. */
export function longStop(view: NodeView): { readonly ms: number; readonly never: boolean } | undefined {
  const ms = view.value('runtime', 'event_loop_delay_max_ms');
  const usual = view.value('runtime', 'event_loop_delay_p50_ms');
  if (ms === undefined || ms < LONG_STOP_MS || collectorStopped(view, ms)) return undefined;
  if (usual === undefined) return { ms, never: true };
  return usual < SLOW_TURN_MS ? { ms, never: false } : undefined;
}

function collectorStopped(view: NodeView, ms: number): boolean {
  return (view.value('runtime', 'gc_max_pause_ms') ?? 0) >= GC_PART * ms;
}

/**
 * What Prometheus knows of stops where nobody looked inside: the delay that one turn of a hundred has. Undefined when it is
 * short, which rules nothing out (rare stops are not in it), and when half of the turns are as slow.
 */
export function toldStop(view: NodeView): number | undefined {
  const ms = view.value('prometheus', 'event_loop_lag_p99_ms');
  const usual = view.value('prometheus', 'event_loop_lag_p50_ms') ?? 0;
  // The client library waits for 10 ms itself between two looks, which are part of what it tells.
  return ms !== undefined && ms >= LONG_STOP_MS && usual < SLOW_TURN_MS + LAG_RESOLUTION_MS ? ms : undefined;
}

/** Share of CPU periods in which the quota stops the one thread of JavaScript; a quota of a core or more hardly does. */
export function throttledShare({ outside }: NodeView): number | undefined {
  const share = outside?.value('stats', 'throttled_ratio');
  const limit = outside?.value('stats', 'cpu_limit_cores');
  if (share === undefined || share < THROTTLED_HIGH) return undefined;
  return limit !== undefined && limit >= ONE_CORE ? undefined : share;
}

/** How busy the machine is, when others take the CPU that the process wants: then every function looks slow. */
export function starvedBy(view: NodeView, facts: Facts): EvidenceLine | undefined {
  const cores = view.value('runtime', 'cpu_cores');
  const utilisation = loopUtilisation(view);
  const host = facts.services.find(({ role }) => role === 'host')?.name;
  const busy = host === undefined ? undefined : metricFor(facts, 'host.load', host, 'cpu_busy_ratio');
  if (cores === undefined || utilisation === undefined || busy === undefined) return undefined;
  return busy >= HOST_BUSY && cores < 0.5 * utilisation
    ? view.line('runtime', 'cpu_cores', `it gets ${formatValue(cores, 'cores')}: others use the machine up`)
    : undefined;
}
