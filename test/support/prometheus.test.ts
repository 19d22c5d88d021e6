import { expect, it, onTestFinished } from 'vitest';
import { startAlertmanager, startPrometheus } from './prometheus.ts';
import { describeWith } from './requirements.ts';

describeWith(['prometheus', 'alertmanager'], 'test servers', () => {
  it('pass an alert from Prometheus on to Alertmanager within seconds', async () => {
    const alertmanager = await startAlertmanager({
      config: { route: { receiver: 'none' }, receivers: [{ name: 'none' }] },
    });
    onTestFinished(alertmanager.close);
    const prometheus = await startPrometheus({
      scrapes: [],
      rules: { groups: [{ name: 'always', rules: [{ alert: 'Always', expr: 'vector(1)' }] }] },
      alertmanagers: [`127.0.0.1:${alertmanager.port}`],
    });
    onTestFinished(prometheus.close);
    const alerts = async () => (await fetch(`${alertmanager.url}/api/v2/alerts`)).json();
    await expect.poll(alerts, { timeout: 15_000 }).toMatchObject([{ labels: { alertname: 'Always' } }]);
  });
});
