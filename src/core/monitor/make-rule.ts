import type { MonitorRule } from './alert-rule.ts';

const SECOND = 1000;
export const MINUTE = 60 * SECOND;

/** A little less than the pause between two samples, so that the second one in a row may fire. */
export const SECOND_SAMPLE_MS = 25 * SECOND;
const KEEP_FIRING_MS = MINUTE;
/** Share of the threshold at which a value counts as back. */
const CLEAR_AT = 0.9;

type RuleDraft = Omit<MonitorRule, 'clear' | 'keepFiringForMs' | 'onceFine' | 'bound'> &
  Partial<Pick<MonitorRule, 'clear' | 'keepFiringForMs' | 'onceFine' | 'bound'>>;

/** A rule with what most rules have: an upper bound, a tenth of hysteresis, and a minute more after the value is back. */
export function makeRule(draft: RuleDraft): MonitorRule {
  const { bound = 'max', threshold } = draft;
  return {
    bound,
    clear: bound === 'max' ? threshold * CLEAR_AT : threshold / CLEAR_AT,
    keepFiringForMs: KEEP_FIRING_MS,
    onceFine: false,
    ...draft,
  };
}
