import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { parseGeneric } from '../../src/ingress/generic.ts';

const NOW = Date.UTC(2026, 4, 4, 12, 0, 30);
const parse = (body: unknown) => parseGeneric(typeof body === 'string' ? body : JSON.stringify(body), NOW);
const only = (body: unknown) => {
  const [alert, ...others] = parse(body).alerts;
  expect(others).toEqual([]);
  return alert;
};

describe('parseGeneric', () => {
  it('is content with a title', () => {
    const { alerts, groupKey } = parse({ title: 'Checkout is slow' });
    expect(alerts).toMatchObject([
      {
        status: 'firing',
        labels: { alertname: 'Checkout is slow' },
        annotations: { summary: 'Checkout is slow' },
      },
    ]);
    expect(groupKey).toBeUndefined();
  });

  it('finds every field by its usual names', () => {
    expect(
      only({
        title: 'CPU above 90 %',
        alert_name: 'HighCPUUsage',
        state: 'alerting',
        priority: 'P1',
        service: { name: 'shop-api' },
        hostname: 'web-1',
        container_name: 'shop-api-1',
        environment: 'production',
        description: 'since ten minutes',
        observed: 94.5,
        threshold: 90,
        tags: ['team:shop', 'plain'],
        fired_at: '2026-05-04 11:55:00 +0000 UTC',
        link: 'https://monitor.example.com/1',
        runbook_url: 'https://runbooks.example.com/cpu',
      }),
    ).toMatchObject({
      status: 'firing',
      labels: {
        alertname: 'HighCPUUsage',
        severity: 'critical',
        service: 'shop-api',
        instance: 'web-1',
        container: 'shop-api-1',
        environment: 'production',
        team: 'shop',
      },
      annotations: {
        summary: 'CPU above 90 %',
        description: 'since ten minutes',
        value: '94.5',
        threshold: '90',
      },
      startsAt: Date.UTC(2026, 4, 4, 11, 55),
      generatorUrl: 'https://monitor.example.com/1',
      links: [{ title: 'Runbook', url: 'https://runbooks.example.com/cpu' }],
    });
  });

  it.each([
    ['status', { status: 'resolved' }, 'resolved'],
    ['a state in capitals', { state: 'OK' }, 'resolved'],
    ['an event type', { event_type: 'incident.resolved' }, 'resolved'],
    ['the last word of a type', { eventType: 'ALERT_NOTIFICATION_CLEAR' }, 'resolved'],
    ['a prefix of the title', { title: '[Recovered] Checkout is slow' }, 'resolved'],
    ['a prefix of the title', { title: 'OK: Checkout is slow' }, 'resolved'],
    ['an action', { action: 'Close' }, 'resolved'],
    ['a heartbeat', { heartbeat: { status: 1 } }, 'resolved'],
    ['a heartbeat', { heartbeat: { status: 0 } }, 'firing'],
    ['no data', { state: 'no_data' }, 'firing'],
    ['a word that says nothing', { status: 'purple' }, 'firing'],
    ['nothing', {}, 'firing'],
  ])('takes the status from %s: %j', (_, body, status) => {
    expect(only({ title: 'Checkout is slow', ...body })?.status).toBe(status);
  });

  it.each([
    ['its own key', { alias: 'k1', title: 'a' }, { alias: 'k1', title: 'b', state: 'ok' }],
    ['a key in other spelling', { dedupKey: 'k1', title: 'a' }, { dedup_key: 'k1', title: 'b' }],
    [
      'the id of the incident',
      { incident: { id: 9, title: 'a' } },
      { incident: { id: 9, title: 'b', state: 'closed' } },
    ],
    ['its name', { title: '[Triggered] a', severity: 'warning' }, { title: '[Recovered] a', severity: 'ok' }],
  ])('knows firing and resolved as the same by %s', (_, before, after) => {
    expect(only(after)?.fingerprint).toBe(only(before)?.fingerprint);
  });

  it('groups by the key of the sender where there is one', () => {
    const { alerts, groupKey } = parse({ title: 'a', alias: 'k1' });
    expect(groupKey).toBe(`alert:${alerts[0]?.fingerprint}`);
  });

  it('keeps different things apart', () => {
    expect(only({ title: 'a', host: 'web-1' })?.fingerprint).not.toBe(
      only({ title: 'a', host: 'web-2' })?.fingerprint,
    );
  });

  it('counts variables that the sender left unexpanded as absent', () => {
    const alert = only({ title: 'a', host: '$HOSTNAME', service: '{HOST.NAME}' });
    expect(alert?.labels).toEqual({ alertname: 'a' });
  });

  it('reads CloudEvents, one and several', () => {
    const event = {
      specversion: '1.0',
      id: '1',
      source: '/shop',
      type: 'com.example.slow',
      time: '2026-05-04T11:59:00Z',
    };
    expect(only({ ...event, data: { title: 'Checkout is slow' } })?.labels.alertname).toBe(
      'Checkout is slow',
    );
    expect(only({ ...event, data: 'text' })?.labels.alertname).toBe('com.example.slow /shop');
    expect(parse([event, { ...event, source: '/cart' }]).alerts).toHaveLength(2);
  });

  it('reads an alarm in the envelope of Amazon SNS', () => {
    const message = {
      AlarmName: 'cpu-high',
      NewStateValue: 'ALARM',
      StateChangeTime: '2026-05-04T11:59:00.000+0000',
    };
    expect(only({ Type: 'Notification', TopicArn: 'arn:x', Message: JSON.stringify(message) })).toMatchObject(
      {
        status: 'firing',
        labels: { alertname: 'cpu-high' },
        startsAt: Date.UTC(2026, 4, 4, 11, 59),
      },
    );
    expect(() => parse({ Type: 'SubscriptionConfirmation', TopicArn: 'arn:x' })).toThrow(/SubscribeURL/);
  });

  it('reads a list of events and a body of the shape of Alertmanager', () => {
    expect(parse({ events: [{ title: 'a' }, { title: 'b' }] }).alerts).toHaveLength(2);
    expect(parse({ groupKey: 'g', alerts: [{ labels: { alertname: 'X' } }] })).toMatchObject({
      sender: 'generic',
      groupKey: 'g',
    });
  });

  it.each([
    ['a text', '"slow"', ''],
    ['a number', '1', ''],
    ['an object that names nothing', { a: 1 }, ''],
    ['a list with something else in it', [{ title: 'a' }, 3], '1'],
    ['no JSON', 'title=slow', ''],
    ['too many events', Array.from({ length: 1001 }, () => ({ title: 'a' })), ''],
  ])('refuses %s and says how to mend it', (_, body, path) => {
    try {
      parse(body);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      expect((error as InputError).problems).toContainEqual({ path, message: expect.any(String) });
    }
  });

  it.each([
    ['many objects', Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`k${index}`, {}]))],
    ['many fields', Object.fromEntries(Array.from({ length: 60_000 }, (_, index) => [`k${index}`, index]))],
    [
      'many labels',
      { labels: Object.fromEntries(Array.from({ length: 60_000 }, (_, index) => [`k${index}`, 'v'])) },
    ],
  ])('is fast on a body with %s', (_, wide) => {
    const body = JSON.stringify({ title: 'a', ...wide });
    const started = performance.now();
    expect(parse(body).alerts).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
