import type { Alert, Labels } from '../alert/alert.ts';
import { labelFingerprint } from '../alert/fingerprint.ts';
import { formatDuration, formatValue } from '../unit.ts';
import type { MonitorRule } from './alert-rule.ts';
import type { AlertState, Reading } from './alert-state.ts';
import { STALE_METRIC } from './default-rules.ts';
import { FAILING_ROUTES } from './request-rules.ts';

/** Name of the monitor among the senders of alerts. */
export const MONITOR_SENDER = 'perfbot';

/** What an alert of the monitor speaks of. */
export interface AlertSubject {
  readonly rule: MonitorRule;
  readonly target: { readonly id: string; readonly service: string; readonly container?: string };
  /** Why it cannot be measured, where it cannot; which of its routes fail, where some do. */
  readonly problem?: string;
}

/** The alert of a rule that began to fire, as any other sender would send it. */
export function toFiringAlert(subject: AlertSubject, state: AlertState, reading: Reading): Alert {
  const startsAt = state.firedAt ?? 0;
  const annotations = { summary: summary(subject, state, reading) };
  return { status: 'firing', ...identity(subject), startsAt, annotations };
}

/** What is said at the end of an alert. */
export function ending({ rule, target }: AlertSubject, reading: Reading): string {
  if (rule.metric === STALE_METRIC) return `${target.service} is measured again`;
  if (rule.metric === 'running') return `${target.service} is running again`;
  if (rule.metric === FAILING_ROUTES) return `The routes of ${target.service} answer again`;
  return typeof reading === 'number'
    ? `${rule.title} of ${target.service} ${formatValue(reading, rule.unit)} again`
    : `${rule.title} of ${target.service} is not there any more`;
}

function identity({ rule, target }: AlertSubject): Pick<Alert, 'labels' | 'fingerprint'> {
  const labels: Labels = {
    alertname: rule.alertname,
    service: target.service,
    severity: rule.severity,
    target: target.id,
    ...(target.container !== undefined && { container: target.container }),
    ...(rule.metric === STALE_METRIC && { probe: rule.probe }),
  };
  return { labels, fingerprint: labelFingerprint(labels) };
}

function summary(
  { rule, target, problem }: AlertSubject,
  { activeAt, firedAt }: AlertState,
  reading: Reading,
): string {
  const lasted = formatDuration((firedAt ?? 0) - (activeAt ?? firedAt ?? 0));
  if (rule.metric === STALE_METRIC) {
    return `${target.service} could not be measured by ${rule.probe} for ${lasted}${problem === undefined ? '' : `: ${problem}`}`;
  }
  if (rule.metric === 'running') {
    return `The container of ${target.service} is not running, for ${lasted}${problem === undefined ? '' : `: ${problem}`}`;
  }
  if (rule.metric === FAILING_ROUTES) {
    return `${target.service} fails each time it is asked, for ${lasted}${problem === undefined ? '' : `: ${problem}`}`;
  }
  const measured = typeof reading === 'number' ? formatValue(reading, rule.unit) : 'not measured';
  return `${rule.title} of ${target.service} ${measured}, limit ${formatValue(rule.threshold, rule.unit)}, for ${lasted}`;
}
