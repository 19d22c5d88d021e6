import type { Labels } from './alert.ts';
import { type Matcher, matchesLabels } from './matcher.ts';

/** Alerts that nobody wants to hear of for a while. Times in milliseconds since the epoch. */
export interface Silence {
  readonly id: string;
  readonly matchers: readonly Matcher[];
  /** Empty when none was given. Untrusted text. */
  readonly reason: string;
  /** Slack id of the person. */
  readonly createdBy: string;
  readonly channel: string;
  readonly createdAt: number;
  readonly endsAt: number;
  /** When and by whom it was ended before its time. */
  readonly endedAt: number | undefined;
  readonly endedBy: string | undefined;
  /** It was set on the message of an alert and has none of its own. */
  readonly onCard: boolean;
}

/** Of several silences, the one that lasts longest says until when. */
export function silenceFor(silences: readonly Silence[], labels: Labels, at: number): Silence | undefined {
  return silences
    .filter((silence) => isActive(silence, at) && matchesLabels(silence.matchers, labels))
    .reduce<Silence | undefined>(
      (longest, silence) => (longest === undefined || silence.endsAt > longest.endsAt ? silence : longest),
      undefined,
    );
}

function isActive({ createdAt, endsAt, endedAt }: Silence, at: number): boolean {
  return createdAt <= at && at < endsAt && endedAt === undefined;
}

/** Labels as matchers see them: `service` is the name in the inventory, whatever the sender calls it. */
export function silenceLabels(labels: Labels, service: string | undefined): Labels {
  return service === undefined ? labels : { ...labels, service };
}

/** What sets alerts of one kind apart from others when the inventory knows no service for them. */
const PLACES = ['service', 'container', 'name', 'job', 'instance', 'pod'] as const;

/** Matchers for what the message of a group is about: its alert and its service. Empty when its alerts have nothing in common. */
export function matchersOf({
  labels,
  service,
}: {
  readonly labels: Labels;
  readonly service: string | undefined;
}): readonly Matcher[] {
  const known = silenceLabels(labels, service);
  const names =
    known.alertname === undefined ? Object.keys(known).slice(0, 5) : ['alertname', placeOf(known)];
  return names.flatMap((label): readonly Matcher[] => {
    const value = label === undefined ? undefined : known[label];
    return label === undefined || !value ? [] : [{ label, op: '=', value }];
  });
}

function placeOf(labels: Labels): string | undefined {
  return PLACES.find((label) => Boolean(labels[label]));
}
