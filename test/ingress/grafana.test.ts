import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAlertmanager } from '../../src/ingress/alertmanager.ts';
import { parseGrafana } from '../../src/ingress/grafana.ts';

const NOW = Date.UTC(2026, 4, 4, 12, 0, 30);

function fixture(name: string): string {
  return readFileSync(new URL(`../fixtures/alerts/${name}`, import.meta.url), 'utf8');
}

describe('parseGrafana', () => {
  it('reads unified alerting with its links and the labels that only valueString names', () => {
    const batch = parseGrafana(fixture('grafana-unified.json'), NOW);
    expect(batch.groupKey).toBe('{}:{alertname="Checkout slow"}');
    expect(batch.alerts).toEqual([
      {
        status: 'firing',
        labels: {
          instance: 'shop-api:3001',
          job: 'shop',
          alertname: 'Checkout slow',
          grafana_folder: 'Shop',
        },
        annotations: { summary: 'Checkout takes 4 s' },
        startsAt: Date.UTC(2026, 4, 4, 11, 59),
        fingerprint: 'c0ffee0123456789',
        generatorUrl: 'https://grafana.example.com/alerting/grafana/abc/view',
        links: [
          { title: 'Dashboard', url: 'https://grafana.example.com/d/shop' },
          { title: 'Panel', url: 'https://grafana.example.com/d/shop?viewPanel=2' },
          { title: 'Silence', url: 'https://grafana.example.com/alerting/silence/new' },
        ],
      },
    ]);
  });

  it.each([
    ['DatasourceNoData', 'The query of the rule "CPU high" gave no data'],
    ['DatasourceError', 'The query of the rule "CPU high" failed'],
  ])('says what %s stands for', (alertname, summary) => {
    const body = JSON.stringify({ alerts: [{ labels: { alertname, rulename: 'CPU high' } }] });
    expect(parseGrafana(body, NOW).alerts[0]?.annotations.summary).toBe(summary);
  });

  it('reads legacy alerting: one alert for each rule, the same one when it is over', () => {
    const alerting = parseGrafana(fixture('grafana-legacy.json'), NOW);
    const ok = parseGrafana(
      JSON.stringify({ ruleId: 7, ruleName: 'CPU of web', orgId: 1, state: 'ok', evalMatches: [] }),
      NOW,
    );
    expect(alerting.alerts[0]).toMatchObject({
      status: 'firing',
      labels: { alertname: 'CPU of web', job: 'node' },
      annotations: { summary: '[Alerting] CPU of web', values: 'user = 97.1, system = no data' },
      generatorUrl: 'https://grafana.example.com/d/web',
    });
    expect(alerting.alerts[0]?.labels).not.toHaveProperty('instance');
    expect(ok.alerts[0]?.status).toBe('resolved');
    expect(ok.alerts[0]?.fingerprint).toBe(alerting.alerts[0]?.fingerprint);
    expect(ok.groupKey).toBe(alerting.groupKey);
  });

  it('raises nothing for a rule that is only pending', () => {
    expect(parseGrafana('{"ruleName":"a","state":"pending","evalMatches":[]}', NOW).alerts).toEqual([]);
  });

  it('reads a body that has only common labels', () => {
    const body =
      '{"state":"alerting","commonLabels":{"alertname":"Load"},"commonAnnotations":{"summary":"s"}}';
    expect(parseGrafana(body, NOW).alerts).toMatchObject([
      { labels: { alertname: 'Load' }, annotations: { summary: 's' } },
    ]);
  });

  it.each(['grafana-unified.json', 'grafana-legacy.json'])(
    'is understood on the URL of Alertmanager too: %s',
    (name) => {
      const { sender, ...batch } = parseAlertmanager(fixture(name), NOW);
      expect(sender).toBe('alertmanager');
      expect({ ...batch, sender: 'grafana' }).toEqual(parseGrafana(fixture(name), NOW));
    },
  );
});
