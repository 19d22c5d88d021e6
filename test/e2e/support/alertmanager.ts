import { startAlertmanager, type TestServer } from '../../support/prometheus.ts';

/** A real Alertmanager that sends to perfbot without waiting, with a bearer token. */
export function startQuickAlertmanager(
  perfbotUrl: string,
  { token, groupBy }: { readonly token: string; readonly groupBy: readonly string[] },
): Promise<TestServer> {
  return startAlertmanager({
    config: {
      route: {
        receiver: 'perfbot',
        group_by: groupBy,
        group_wait: '0s',
        group_interval: '1s',
        repeat_interval: '1h',
      },
      receivers: [
        {
          name: 'perfbot',
          webhook_configs: [
            {
              url: `${perfbotUrl}alerts/alertmanager`,
              send_resolved: true,
              http_config: { authorization: { credentials: token } },
            },
          ],
        },
      ],
    },
  });
}

/** One rule that fires at once. */
export function alertRules(
  rules: readonly {
    readonly alert: string;
    readonly expr: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly summary: string;
  }[],
): object {
  return {
    groups: [
      {
        name: 'e2e',
        rules: rules.map(({ alert, expr, labels, summary }) => ({
          alert,
          expr,
          labels,
          annotations: { summary },
        })),
      },
    ],
  };
}
