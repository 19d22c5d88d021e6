/** Label and annotation values are untrusted text. Built on a null prototype by the parsers. */
export type Labels = Readonly<Record<string, string>>;

/** One alert as Prometheus Alertmanager means it; every sender's shape is brought to this. */
export interface Alert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Labels;
  readonly annotations: Labels;
  /** Milliseconds since the epoch. */
  readonly startsAt: number;
  /** Absent while it fires. */
  readonly endsAt?: number;
  /** The sender's own, or computed from the labels. Same fingerprint, status and startsAt: a duplicate. */
  readonly fingerprint: string;
  /** http(s) link to the rule or graph that raised it. */
  readonly generatorUrl?: string;
  /** http(s) links that the sender gives: dashboard, panel, silence, runbook. */
  readonly links?: readonly { readonly title: string; readonly url: string }[];
}

/** One delivery of a sender: the alerts of one group, as the sender grouped them. */
export interface AlertBatch {
  /** Route that took it in: `alertmanager`, `grafana`, `generic`. */
  readonly sender: string;
  /** The sender's own group identity (Alertmanager's `groupKey`), opaque; absent when the sender does not group. */
  readonly groupKey?: string;
  readonly receiver?: string;
  readonly groupLabels: Labels;
  readonly commonLabels: Labels;
  readonly commonAnnotations: Labels;
  readonly externalUrl?: string;
  /** Alerts that the sender left out of this delivery. */
  readonly truncatedAlerts: number;
  /** Until then a silence held these alerts back; absent for what senders deliver. */
  readonly silencedUntil?: number;
  readonly alerts: readonly Alert[];
}
