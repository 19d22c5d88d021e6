import type { Alert } from '../../core/alert/alert.ts';
import type { Service } from '../../core/inventory/service.ts';
import { INACTIVE } from '../../core/monitor/alert-state.ts';
import type { Judged } from '../../core/monitor/judge-evidence.ts';
import type { MonitorStore, SentAlert, StoredAlertState } from '../ports/monitor-store.ts';

/** An alert of a target that was not looked at for so long, and is not in the inventory, is over. */
const GONE_AFTER_MS = 10 * 60_000;
/** Looks that were planned before a target left begin within this time; later ones are those of a worker that has it still. */
const LEFT_FOR_MS = 15_000;

/** What is to be sent about one rule of one target, and its new state. */
export interface Told {
  readonly send: readonly SentAlert[];
  readonly changed: StoredAlertState | undefined;
}

export interface EndGoneOptions {
  readonly monitor: Pick<MonitorStore, 'triedSince'>;
  /** When a service or target left the inventory for good, where that is known. */
  readonly leftAt?: ((serviceOrTarget: string) => number | undefined) | undefined;
  readonly services: readonly Service[];
  readonly at: number;
}

/** Ends the alerts of targets that the inventory has not any more: nobody will ever measure them again. */
export async function endGone(
  stored: readonly StoredAlertState[],
  { monitor, leftAt = () => undefined, services, at }: EndGoneOptions,
): Promise<readonly Told[]> {
  const known = new Set(services.flatMap(({ targets }) => targets.map(({ id }) => id)));
  const missing = stored.filter(({ target, state }) => state.told && !known.has(target));
  const whys = missing.map((row) => whyGone(row, { leftAt, at }));
  const tried = new Map<number, ReadonlySet<string>>();
  for (const since of new Set(whys.flatMap((why) => why?.since ?? [])))
    tried.set(since, await monitor.triedSince(since));
  return missing.flatMap((row, index) => {
    const why = whys[index];
    if (why === undefined || tried.get(why.since)?.has(row.target) !== false) return [];
    return [ended(row, at, why.text)];
  });
}

/** Since when nobody may have looked at a target for its alert to end, and what is said then; undefined: not yet. */
function whyGone(
  { target, sent }: StoredAlertState,
  { leftAt, at }: { readonly leftAt: NonNullable<EndGoneOptions['leftAt']>; readonly at: number },
): { readonly since: number; readonly text: string } | undefined {
  const longAgo = at - GONE_AFTER_MS;
  const service = sent?.alert.labels.service ?? '';
  const name = leftAt(service) === undefined ? target : service;
  const left = leftAt(name);
  if (left === undefined) return { since: longAgo, text: 'It is not looked at any more.' };
  const since = Math.max(left + LEFT_FOR_MS, longAgo);
  return since > at ? undefined : { since, text: `${name} is not in services.yaml any more.` };
}

/** Ends the alerts of rules that their service has no target for any more. */
export function endDropped(
  stored: readonly StoredAlertState[],
  judged: readonly Judged[],
  at: number,
): readonly Told[] {
  return stored
    .filter(({ target, rule, state }) => {
      const looks = judged.filter(({ evidence }) => evidence.target === target);
      return (
        state.told &&
        looks.some(({ evidence }) => rule.endsWith(`/${evidence.probe}`)) &&
        !looks.some(({ key }) => key === rule)
      );
    })
    .map((row) => ended(row, at, 'There is no target for it any more.'));
}

function ended({ sent, ...row }: StoredAlertState, at: number, why: string): Told {
  return {
    send: sent ? [{ alert: endOf(sent.alert, at, why), lane: sent.lane }] : [],
    changed: { ...row, state: INACTIVE, sent: undefined },
  };
}

/** The end of an alert, with what is said of it. */
export function endOf({ labels, fingerprint, startsAt }: Alert, endsAt: number, summary: string): Alert {
  return {
    status: 'resolved',
    labels,
    fingerprint,
    startsAt,
    endsAt: Math.max(endsAt, startsAt + 1),
    annotations: { summary },
  };
}
