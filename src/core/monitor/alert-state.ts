import type { MonitorRule } from './alert-rule.ts';

/** Where one rule of one target stands. Times in milliseconds since the epoch. */
export interface AlertState {
  readonly phase: 'inactive' | 'pending' | 'firing';
  /** Since when it is crossed without a break. */
  readonly activeAt?: number;
  /** When it began to fire; `startsAt` of the alert. */
  readonly firedAt?: number;
  /** Since when the value is back while `keepFiringFor` lasts. */
  readonly backAt?: number;
  /** True when a sample within the threshold was seen once. */
  readonly seenFine: boolean;
  /** The alert was sent as firing and not yet as resolved. */
  readonly told: boolean;
}

export const INACTIVE: AlertState = { phase: 'inactive', seenFine: false, told: false };

/** A measured value; `absent`: the target was looked at and has no such value; `unknown`: nobody could look. */
export type Reading = number | 'absent' | 'unknown';

type Timing = Pick<MonitorRule, 'bound' | 'threshold' | 'clear' | 'forMs' | 'keepFiringForMs' | 'onceFine'>;

/**
 * The next state after one sample. What nobody could look at neither fires (a pending alert begins again) nor ends an
 * alert that fires. The rest is as in Prometheus: inactive, pending for `for`, firing, and firing on for
 * `keep_firing_for`; an absent value is one that does not cross (source: prometheus/rules, alerting.go).
 */
export function nextState(rule: Timing, state: AlertState, reading: Reading, at: number): AlertState {
  if (reading === 'unknown') return state.phase === 'pending' ? rest(state) : state;
  if (reading === 'absent' || !crosses(rule, reading, state)) return afterFine(rule, state, reading, at);
  if (rule.onceFine && !state.seenFine) return rest(state);
  if (state.phase === 'firing') {
    const { backAt: _, ...again } = state;
    return again;
  }
  const { seenFine, told } = state;
  const activeAt = state.activeAt ?? at;
  return at - activeAt >= rule.forMs
    ? { phase: 'firing', activeAt, firedAt: at, seenFine, told }
    : { phase: 'pending', activeAt, seenFine, told };
}

function crosses({ bound, threshold, clear }: Timing, value: number, { phase }: AlertState): boolean {
  const limit = phase === 'firing' ? clear : threshold;
  return bound === 'max' ? value > limit : value < limit;
}

function afterFine(rule: Timing, state: AlertState, reading: Reading, at: number): AlertState {
  const seenFine = state.seenFine || reading !== 'absent';
  if (state.phase !== 'firing') return { ...rest(state), seenFine };
  const backAt = state.backAt ?? at;
  return at - backAt >= rule.keepFiringForMs ? { ...rest(state), seenFine } : { ...state, seenFine, backAt };
}

function rest({ seenFine, told }: AlertState): AlertState {
  return { phase: 'inactive', seenFine, told };
}
