import type { Evidence } from '../evidence.ts';
import type { Service } from '../inventory/service.ts';
import { type MonitorRule, ruleKey } from './alert-rule.ts';
import { type AlertState, INACTIVE, nextState, type Reading } from './alert-state.ts';
import { defaultRules, STALE_METRIC, staleRule } from './default-rules.ts';

/** One rule of one target after a sample. */
export interface Judged {
  readonly rule: MonitorRule;
  readonly key: string;
  readonly evidence: Evidence;
  readonly reading: Reading;
  readonly before: AlertState;
  readonly after: AlertState;
}

/** Takes every rule that speaks of this evidence one sample further. `before` gives the state by rule key. Pure. */
export function judgeEvidence(
  service: Pick<Service, 'kpis' | 'source'>,
  evidence: Evidence,
  before: (key: string) => AlertState | undefined,
): readonly Judged[] {
  const rules = defaultRules(service).filter(({ probe }) => probe === evidence.probe);
  return [...rules, staleRule(evidence.probe)].map((rule) => {
    const key = ruleKey(rule);
    const state = before(key) ?? INACTIVE;
    const reading = readingOf(rule, evidence);
    const after = nextState(rule, state, reading, evidence.collectedAt);
    return { rule, key, evidence, reading, before: state, after };
  });
}

function readingOf({ metric, least }: MonitorRule, evidence: Evidence): Reading {
  const gone =
    evidence.status === 'unavailable' &&
    evidence.targetKind === 'container' &&
    evidence.reason === 'not_found';
  // A container that is not there is known not to run: that is a measurement, not a failure to look.
  if (metric === STALE_METRIC) return evidence.status === 'collected' || gone ? 0 : 1;
  if (evidence.status === 'unavailable') return gone ? (metric === 'running' ? 0 : 'absent') : 'unknown';
  const measured = (wanted: string) => evidence.metrics.find(({ name }) => name === wanted)?.value;
  if (least !== undefined && (measured(least.metric) ?? 0) < least.value) return 'absent';
  return measured(metric) ?? 'absent';
}

/** Critical alerts that say the same of a target as one of another name. */
const SAID_BY: Readonly<Record<string, string>> = { HighErrorRate: 'LowAvailability' };

/** True when the alert has nothing to add, since a critical alert that says the same fires for the same target (inhibition). */
export function isInhibited({ rule, evidence }: Judged, all: readonly Judged[]): boolean {
  const saysTheSame = ({ severity, alertname }: MonitorRule) =>
    severity === 'critical' &&
    ((alertname === rule.alertname && rule.severity === 'warning') || alertname === SAID_BY[rule.alertname]);
  return all.some(
    (other) =>
      saysTheSame(other.rule) && other.evidence.target === evidence.target && other.after.phase === 'firing',
  );
}
