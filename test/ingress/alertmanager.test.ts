import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { labelFingerprint } from '../../src/core/alert/fingerprint.ts';
import { InputError } from '../../src/core/errors.ts';
import { parseAlertmanager } from '../../src/ingress/alertmanager.ts';

const NOW = Date.UTC(2026, 4, 4, 12, 0, 30);
const MINUTE = Date.UTC(2026, 4, 4, 12, 0, 0);

function fixture(name: string): string {
  return readFileSync(new URL(`../fixtures/alerts/${name}`, import.meta.url), 'utf8');
}

function parse(body: unknown) {
  return parseAlertmanager(typeof body === 'string' ? body : JSON.stringify(body), NOW);
}

function problemsOf(body: unknown) {
  try {
    parse(body);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

const firing = (alert: object = {}) => ({
  status: 'firing',
  labels: { alertname: 'X' },
  startsAt: '2026-05-04T11:00:00Z',
  ...alert,
});

describe('parseAlertmanager', () => {
  it('reads a webhook of version 4', () => {
    const batch = parse(fixture('alertmanager-v4.json'));
    expect(batch).toMatchObject({
      sender: 'alertmanager',
      groupKey: '{}/{team="shop"}:{alertname="HighResponseTime"}',
      receiver: 'perfbot',
      externalUrl: 'http://alertmanager:9093',
      truncatedAlerts: 3,
      groupLabels: { alertname: 'HighResponseTime' },
    });
    expect(batch.alerts).toEqual([
      {
        status: 'firing',
        labels: { alertname: 'HighResponseTime', service: 'shop-api', severity: 'critical' },
        annotations: { summary: 'p95 is 3.4 s', runbook_url: 'https://runbooks.example.com/latency' },
        startsAt: Date.UTC(2026, 4, 4, 11, 58, 2, 123),
        fingerprint: '6b8f3f1f0c3c2a11',
        generatorUrl: 'http://prometheus:9090/graph?g0.expr=latency',
        links: [{ title: 'Runbook', url: 'https://runbooks.example.com/latency' }],
      },
      {
        status: 'resolved',
        labels: { alertname: 'HighResponseTime', service: 'shop-web', severity: 'warning' },
        annotations: {},
        startsAt: Date.UTC(2026, 4, 4, 11, 30),
        endsAt: Date.UTC(2026, 4, 4, 11, 50),
        fingerprint: '9d2a6e5b4f7c8d10',
      },
    ]);
  });

  it('keeps every digit of the numeric group key of version 3', () => {
    expect(parse('{"version":"3","groupKey":5615590933959184469,"alerts":[]}').groupKey).toBe(
      '5615590933959184469',
    );
  });

  it.each([
    ['no fingerprint', firing(), { fingerprint: labelFingerprint({ alertname: 'X' }) }],
    ['a fingerprint that is a number', firing({ fingerprint: 123 }), { fingerprint: '123' }],
    [
      'the zero time as its end',
      firing({ status: 'resolved', endsAt: '0001-01-01T00:00:00Z' }),
      { endsAt: undefined },
    ],
    [
      'an end while it fires',
      firing({ endsAt: '2026-05-04T12:30:00Z' }),
      { status: 'firing', endsAt: undefined },
    ],
    [
      'an end before its start',
      firing({ status: 'resolved', endsAt: '2026-05-04T10:00:00Z' }),
      { endsAt: Date.UTC(2026, 4, 4, 11) },
    ],
    ['no start', firing({ startsAt: undefined }), { startsAt: MINUTE }],
    ['a start that is no time', firing({ startsAt: '2026-13-45T99:99:99Z' }), { startsAt: MINUTE }],
    ['a start in the far future', firing({ startsAt: '2099-01-01T00:00:00Z' }), { startsAt: MINUTE }],
    ['a start in seconds', firing({ startsAt: 1_777_892_400 }), { startsAt: 1_777_892_400_000 }],
    [
      'a start with a space',
      firing({ startsAt: '2026-05-04 11:00:00' }),
      { startsAt: Date.UTC(2026, 4, 4, 11) },
    ],
    ['no status', firing({ status: undefined }), { status: 'firing' }],
    ['a link that is a script', firing({ generatorURL: 'javascript:alert(1)' }), { generatorUrl: undefined }],
    ['an empty link', firing({ generatorURL: '' }), { generatorUrl: undefined }],
  ])('tolerates an alert with %s', (_, alert, expected) => {
    const [parsed] = parse({ status: 'firing', alerts: [alert] }).alerts;
    expect({
      ...Object.fromEntries(Object.keys(expected).map((field) => [field, undefined])),
      ...parsed,
    }).toMatchObject(expected);
  });

  it('writes label values of other types as text and leaves empty ones out', () => {
    const labels = {
      alertname: 'X',
      port: 8080,
      up: false,
      none: null,
      empty: '',
      list: ['a'],
      object: { k: 'v' },
    };
    expect(parse({ alerts: [firing({ labels })] }).alerts[0]?.labels).toEqual({
      alertname: 'X',
      port: '8080',
      up: 'false',
      list: '["a"]',
      object: '{"k":"v"}',
    });
  });

  it('keeps labels called __proto__ and constructor as ordinary labels', () => {
    const [alert] = parse(
      '{"alerts":[{"labels":{"__proto__":"a","constructor":"b","alertname":"X"}}]}',
    ).alerts;
    expect(Object.entries(alert?.labels ?? {})).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
      ['alertname', 'X'],
    ]);
    expect(Object.getPrototypeOf(alert?.labels)).toBeNull();
  });

  it('takes characters away that PostgreSQL cannot store', () => {
    const [alert] = parse('{"alerts":[{"labels":{"alertname":"a\\u0000b\\ud800c"}}]}').alerts;
    expect(alert?.labels.alertname).toBe('a\uFFFDb\uFFFDc');
  });

  it('ignores a byte order mark', () => {
    expect(parse(`\uFEFF${JSON.stringify({ alerts: [firing()] })}`).alerts).toHaveLength(1);
  });

  it('takes a body without alerts in its list', () => {
    expect(parse({ alerts: [] }).alerts).toEqual([]);
  });

  it('reads the list that Prometheus and vmalert post to the API of version 2', () => {
    const batch = parse(fixture('api-v2.json'));
    expect(batch.alerts.map(({ status, labels }) => [status, labels.instance])).toEqual([
      ['firing', 'db-1'],
      ['resolved', 'db-2'],
    ]);
    expect(batch.commonLabels).toEqual({ alertname: 'DiskAlmostFull' });
    expect(batch).not.toHaveProperty('groupKey');
  });

  it.each([
    ['nothing', '', ''],
    ['no JSON', '<xml/>', ''],
    ['half a body', '{"alerts":[', ''],
    ['a text', '"alerts"', ''],
    ['no alerts', { status: 'firing' }, 'alerts'],
    ['alerts that are no list', { alerts: {} }, 'alerts'],
    ['an alert that is no object', { alerts: ['x'] }, 'alerts.0'],
    ['labels that are no object', { alerts: [firing({ labels: ['a'] })] }, 'alerts.0.labels'],
    [
      'annotations that are a text',
      { alerts: [firing(), firing({ annotations: 'a' })] },
      'alerts.1.annotations',
    ],
    ['an alert without labels', { alerts: [{ status: 'firing' }] }, 'alerts.0.labels'],
    ['nesting without end', '['.repeat(100_000), ''],
    ['nested objects without end', `{"alerts":${'{"a":'.repeat(10_000)}`, ''],
  ])('refuses %s and says where', (_, body, path) => {
    expect(problemsOf(body)).toContainEqual({ path, message: expect.any(String) });
  });

  it('lists at most 20 problems', () => {
    expect(problemsOf({ alerts: Array.from({ length: 500 }, () => 1) })).toHaveLength(20);
  });
});
