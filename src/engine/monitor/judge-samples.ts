import type { AlertBatch } from '../../core/alert/alert.ts';
import type { Evidence } from '../../core/evidence.ts';
import type { Service } from '../../core/inventory/service.ts';
import type { AlertState } from '../../core/monitor/alert-state.ts';
import { STALE_METRIC } from '../../core/monitor/default-rules.ts';
import { isInhibited, type Judged, judgeEvidence } from '../../core/monitor/judge-evidence.ts';
import { FAILING_ROUTES } from '../../core/monitor/request-rules.ts';
import { type AlertSubject, ending, MONITOR_SENDER, toFiringAlert } from '../../core/monitor/to-alert.ts';
import type { AcceptAlerts } from '../alerts/accept-alerts.ts';
import type { MonitorStore, SentAlert } from '../ports/monitor-store.ts';
import type { Clock } from '../ports/runtime.ts';
import { type EndGoneOptions, endDropped, endGone, endOf, type Told } from './end-alerts.ts';

export interface JudgeSamplesOptions {
  readonly monitor: MonitorStore;
  /** The way in for every alert. */
  readonly accept: AcceptAlerts;
  readonly leftAt?: EndGoneOptions['leftAt'];
  readonly now: Clock;
}

export interface MonitorRound {
  readonly services: readonly Service[];
  readonly evidence: readonly Evidence[];
}

export type JudgeSamples = (round: MonitorRound) => Promise<void>;

/**
 * Takes the rules of all targets one sample further; what begins or ends becomes an alert like any other. States are
 * saved after the alerts are stored: a crash in between sends an alert twice, never not at all.
 */
export function judgeSamples(options: JudgeSamplesOptions): JudgeSamples {
  const { monitor, accept, now } = options;
  return async ({ services, evidence }) => {
    const stored = new Map((await monitor.states()).map((one) => [`${one.target} ${one.rule}`, one]));
    const judged = evidence.flatMap((item) => {
      const service = services.find(({ name }) => name === item.service);
      if (service === undefined) return [];
      return judgeEvidence(service, item, (key) => stored.get(`${item.target} ${key}`)?.state);
    });
    const told = [
      ...judged.map((one) =>
        tell(one, { all: judged, services, sent: stored.get(`${one.evidence.target} ${one.key}`)?.sent }),
      ),
      ...endDropped([...stored.values()], judged, now()),
      ...(await endGone([...stored.values()], { ...options, services, at: now() })),
    ];
    for (const batch of toBatches(told.flatMap(({ send }) => send))) await accept(batch);
    await monitor.saveStates(told.flatMap(({ changed }) => (changed ? [changed] : [])));
  };
}

interface TellContext {
  readonly all: readonly Judged[];
  readonly services: readonly Service[];
  readonly sent: SentAlert | undefined;
}

function tell(judged: Judged, { all, services, sent }: TellContext): Told {
  const { rule, key, evidence, reading, before, after } = judged;
  // Most samples begin and end nothing.
  const subject = () => subjectOf(judged, services);
  const firing = after.phase === 'firing' && (after.told || !isInhibited(judged, all));
  const state: AlertState = { ...after, told: firing };
  // Alerts of one lane are one group: a source that is lost takes many targets with it.
  const lane = sent?.lane ?? (rule.metric === STALE_METRIC ? `stale/${evidence.targetKind}` : undefined);
  // A target that goes by another service now is another alert.
  const moved = sent !== undefined && sent.alert.labels.service !== evidence.service;
  const goesOn = firing && before.told && !moved;
  const begins: readonly SentAlert[] =
    firing && !goesOn ? [{ alert: toFiringAlert(subject(), after, reading), lane }] : [];
  const why = firing ? `It goes by the name ${evidence.service} now` : ending(subject(), reading);
  const last = sent?.alert ?? toFiringAlert(subject(), before, reading);
  const ends: readonly SentAlert[] =
    before.told && !goesOn ? [{ alert: endOf(last, evidence.collectedAt, why), lane }] : [];
  const row = { target: evidence.target, rule: key, state, sent: goesOn ? sent : begins[0] };
  return { send: [...ends, ...begins], changed: moved || !isSame(before, state) ? row : undefined };
}

function subjectOf({ rule, evidence }: Judged, services: readonly Service[]): AlertSubject {
  const target = services
    .flatMap(({ targets }) => targets)
    .find(({ id, service }) => id === evidence.target && service === evidence.service);
  const container =
    target?.kind === 'container' && 'name' in target.container ? target.container.name : undefined;
  const problem =
    evidence.status === 'unavailable'
      ? evidence.message
      : rule.metric === FAILING_ROUTES
        ? evidence.facts?.[FAILING_ROUTES]
        : undefined;
  return {
    rule,
    target: {
      id: evidence.target,
      service: evidence.service,
      ...(container !== undefined && { container }),
    },
    ...(problem !== undefined && { problem }),
  };
}

function isSame(a: AlertState, b: AlertState): boolean {
  return (
    a.phase === b.phase &&
    a.told === b.told &&
    a.seenFine === b.seenFine &&
    a.activeAt === b.activeAt &&
    a.firedAt === b.firedAt &&
    a.backAt === b.backAt
  );
}

function toBatches(alerts: readonly SentAlert[]): readonly AlertBatch[] {
  const lanes = [...new Set(alerts.map(({ lane }) => lane))];
  return lanes.map((lane) => ({
    sender: MONITOR_SENDER,
    ...(lane !== undefined && { groupKey: lane }),
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    truncatedAlerts: 0,
    alerts: alerts.filter((one) => one.lane === lane).map(({ alert }) => alert),
  }));
}
