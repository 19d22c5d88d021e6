/** An alert group as Alertmanager sends it (webhook version 4). */
export interface SentAlert {
  readonly alertname: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly status?: 'firing' | 'resolved';
  /** How many alerts the group holds. Default 1. */
  readonly size?: number;
  readonly startsAt?: string;
}

/** The body of the webhook. */
export function alertmanagerBody({
  alertname,
  labels = {},
  status = 'firing',
  size = 1,
  startsAt,
}: SentAlert) {
  const common = { alertname, severity: 'warning', ...labels };
  const began = startsAt ?? new Date().toISOString();
  return {
    version: '4',
    groupKey: `{}:{alertname="${alertname}"}`,
    truncatedAlerts: 0,
    status,
    receiver: 'perfbot',
    groupLabels: { alertname },
    commonLabels: common,
    commonAnnotations: {},
    externalURL: 'http://alertmanager.example:9093',
    alerts: Array.from({ length: size }, (_, index) => ({
      status,
      labels: { ...common, ...(size > 1 && { replica: String(index) }) },
      annotations: { summary: `${alertname} for a test` },
      startsAt: began,
      endsAt: status === 'resolved' ? new Date().toISOString() : '0001-01-01T00:00:00Z',
      generatorURL: 'http://prometheus.example:9090/graph',
    })),
  };
}

/** Sends like Alertmanager does: again after no answer or 5xx, until perfbot has taken it. */
export async function sendUntilAccepted(
  perfbotUrl: string,
  body: object,
  { giveUpAfterMs = 120_000 } = {},
): Promise<{ readonly accepted: number; readonly duplicates: number }> {
  const deadline = Date.now() + giveUpAfterMs;
  for (;;) {
    const answer = await fetch(`${perfbotUrl}alerts/alertmanager`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    }).catch(() => undefined);
    if (answer?.status === 202) return (await answer.json()) as { accepted: number; duplicates: number };
    if (answer !== undefined && answer.status < 500) throw new Error(`refused with ${answer.status}`);
    if (Date.now() > deadline) throw new Error('perfbot never took the alert');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
