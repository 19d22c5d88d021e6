import type { Alert, AlertBatch } from '../../core/alert/alert.ts';
import type { Evidence } from '../../core/evidence.ts';
import type { Service } from '../../core/inventory/service.ts';
import { type AlertState, INACTIVE } from '../../core/monitor/alert-state.ts';
import { STALE_METRIC } from '../../core/monitor/default-rules.ts';
import { isInhibited, type Judged, judgeEvidence } from '../../core/monitor/judge-evidence.ts';
import { FAILING_ROUTES } from '../../core/monitor/request-rules.ts';
import { type AlertSubject, ending, toFiringAlert } from '../../core/monitor/to-alert.ts';
import type { AcceptAlerts } from '../alerts/accept-alerts.ts';
import type { MonitorStore, SentAlert, StoredAlertState } from '../ports/monitor-store.ts';
import type { Clock } from '../ports/runtime.ts';

/** Name of the monitor among the senders of alerts. */
const SENDER = 'perfbot';
/** An alert of a target that was not looked at for so long, and is not in the inventory, is over. */
const GONE_AFTER_MS = 10 * 60_000;

export interface JudgeSamplesOptions {
  readonly monitor: MonitorStore;
  /** The way in for every alert. */
  readonly accept: AcceptAlerts;
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
export function judgeSamples({ monitor, accept, now }: JudgeSamplesOptions): JudgeSamples {
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
      ...(await endGone([...stored.values()], { monitor, services, at: now() })),
    ];
    for (const batch of toBatches(told.flatMap(({ send }) => (send ? [send] : [])))) await accept(batch);
    await monitor.saveStates(told.flatMap(({ changed }) => (changed ? [changed] : [])));
  };
}

interface Told {
  readonly send: SentAlert | undefined;
  readonly changed: StoredAlertState | undefined;
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
  const begins =
    firing && !before.told ? { alert: toFiringAlert(subject(), after, reading), lane } : undefined;
  const ends =
    !firing && before.told
      ? {
          alert: endOf(
            sent?.alert ?? toFiringAlert(subject(), before, reading),
            evidence.collectedAt,
            ending(subject(), reading),
          ),
          lane,
        }
      : undefined;
  const row = { target: evidence.target, rule: key, state, sent: firing ? (begins ?? sent) : undefined };
  return { send: begins ?? ends, changed: isSame(before, state) ? undefined : row };
}

/** Ends the alerts of targets that the inventory has not had for a while: nobody will ever measure them again. */
async function endGone(
  stored: readonly StoredAlertState[],
  {
    monitor,
    services,
    at,
  }: { readonly monitor: MonitorStore; readonly services: readonly Service[]; readonly at: number },
): Promise<readonly Told[]> {
  const known = new Set(services.flatMap(({ targets }) => targets.map(({ id }) => id)));
  const missing = stored.filter(({ target, state }) => state.told && !known.has(target));
  if (missing.length === 0) return [];
  const tried = await monitor.triedSince(at - GONE_AFTER_MS);
  return missing
    .filter(({ target }) => !tried.has(target))
    .map(({ sent, ...row }) => ({
      send: sent && { alert: endOf(sent.alert, at, 'It is not looked at any more.'), lane: sent.lane },
      changed: { ...row, state: INACTIVE, sent: undefined },
    }));
}

function endOf({ labels, fingerprint, startsAt }: Alert, endsAt: number, summary: string): Alert {
  return {
    status: 'resolved',
    labels,
    fingerprint,
    startsAt,
    endsAt: Math.max(endsAt, startsAt + 1),
    annotations: { summary },
  };
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
    sender: SENDER,
    ...(lane !== undefined && { groupKey: lane }),
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    truncatedAlerts: 0,
    alerts: alerts.filter((one) => one.lane === lane).map(({ alert }) => alert),
  }));
}
