import type { Service } from '../../core/inventory/service.ts';
import { offsetOf } from '../../core/monitor/offset.ts';
import type { MonitorStore } from '../ports/monitor-store.ts';
import type { Probe } from '../ports/probe.ts';
import type { ProbeCall } from '../runs/collect-evidence.ts';
import type { MonitoredProbe } from './monitored.ts';

/** A look that takes longer is given up, so that one target never holds up the next round. */
export const LOOK_WITHIN_MS = 15_000;

/** One probe on one target. */
export interface Look {
  readonly known: Probe;
  readonly call: ProbeCall;
  /** Pause between two looks; undefined: every round. */
  readonly everyMs: number | undefined;
}

export interface PlanOptions {
  readonly probes: ReadonlyMap<string, Probe>;
  readonly monitored: readonly MonitoredProbe[];
  /** Only targets of this zone can be reached from here. */
  readonly zone: string;
  /** Pause between two rounds. */
  readonly intervalMs: number;
}

/** Every look that there is at the services, those of seldom looked at ones too. */
export function planLooks(
  { probes, monitored, zone, intervalMs }: PlanOptions,
  services: readonly Service[],
): readonly Look[] {
  return monitored.flatMap(({ probe, params, everyMs = 0 }) => {
    const known = probes.get(probe);
    if (known === undefined) return [];
    const timeoutMs = Math.min(known.timeoutMs, LOOK_WITHIN_MS);
    return services.flatMap(({ targets, sampleIntervalMs = 0 }) => {
      const pauseMs = Math.max(everyMs, sampleIntervalMs);
      return targets
        .filter((target) => target.kind === known.targetKind && target.zone === zone)
        .map((target) => ({
          known,
          everyMs: pauseMs > intervalMs ? pauseMs : undefined,
          call: { probe, target, params, timeoutMs },
        }));
    });
  });
}

/** Looks at the same target together: it is asked one thing at a time. */
export function byTarget(looks: readonly Look[]): readonly (readonly Look[])[] {
  const targets = new Map<string, Look[]>();
  for (const look of looks) {
    const own = targets.get(look.call.target.id);
    if (own) own.push(look);
    else targets.set(look.call.target.id, [look]);
  }
  return [...targets.values()];
}

/** Takes the looks whose turn it is: one at a time per target, whichever worker takes it. */
export async function claimLooks(
  monitor: MonitorStore,
  looks: readonly Look[],
  { at, until }: { readonly at: number; readonly until: number },
): Promise<readonly Look[]> {
  const wanted = looks.map(({ call, everyMs }) => ({
    target: call.target.id,
    probe: call.probe,
    service: call.target.service,
    ...(everyMs !== undefined && { notSince: beginOfTurn(call.target.id, everyMs, at) }),
  }));
  const claimed = await monitor.claim(wanted, { at, until });
  const mine = new Set(claimed.map(({ target, probe }) => `${target} ${probe}`));
  return looks.filter(({ call }) => mine.has(`${call.target.id} ${call.probe}`));
}

/** When the turn of a target began whose looks are `everyMs` apart; each target has its own moment, as in a round. */
function beginOfTurn(target: string, everyMs: number, at: number): number {
  const offset = offsetOf(target, everyMs);
  return Math.floor((at - offset) / everyMs) * everyMs + offset;
}
