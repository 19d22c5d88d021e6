import { expect, it, onTestFinished, vi } from 'vitest';
import { labelFingerprint } from '../../src/core/alert/fingerprint.ts';
import { PerfbotError } from '../../src/core/errors.ts';
import { startAlertmanager } from '../support/prometheus.ts';
import { describeWith } from '../support/requirements.ts';
import { openServer } from './open-server.ts';

const TOKEN = 'a-token-for-senders';
const credentials = { token: TOKEN, hmacSecret: undefined };

describeWith(['alertmanager'], 'a real Alertmanager', () => {
  it('delivers with a bearer token, and again after 503', async () => {
    const batches: unknown[] = [];
    let refusals = 0;
    const server = await openServer({
      credentials,
      accept: async (batch) => {
        if (refusals++ === 0) throw new PerfbotError('unreachable', 'no database yet');
        batches.push(batch);
        return { accepted: batch.alerts.length, duplicates: 0 };
      },
    });
    const webhook = {
      url: `${server.url}alerts/alertmanager`,
      http_config: { authorization: { credentials: TOKEN } },
    };
    const alertmanager = await startAlertmanager({
      config: {
        route: { receiver: 'perfbot', group_by: ['alertname'], group_wait: '100ms', group_interval: '1m' },
        receivers: [{ name: 'perfbot', webhook_configs: [webhook] }],
      },
    });
    onTestFinished(() => alertmanager.close());
    const labels = { alertname: 'HighResponseTime', service: 'shop-api' };
    const sent = await fetch(`${alertmanager.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify([{ labels, annotations: { summary: 'slow' } }]),
    });
    expect(sent.status).toBe(200);
    await vi.waitFor(() => expect(batches).toHaveLength(1), 15_000);
    expect(refusals).toBe(2);
    expect(batches[0]).toMatchObject({
      sender: 'alertmanager',
      groupKey: '{}:{alertname="HighResponseTime"}',
      receiver: 'perfbot',
      alerts: [{ status: 'firing', labels, fingerprint: labelFingerprint(labels) }],
    });
  });
});
