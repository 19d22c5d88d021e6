import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Alert, AlertBatch } from '../../src/core/alert/alert.ts';
import type { AlertGroup } from '../../src/engine/ports/group-store.ts';
import type { OutgoingMessage } from '../../src/engine/ports/message.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase();
});
afterAll(() => test.close());

function alert(fingerprint: string, overrides: Partial<Alert> = {}): Alert {
  return {
    fingerprint,
    status: 'firing',
    startsAt: 1000,
    labels: { alertname: 'A' },
    annotations: {},
    ...overrides,
  };
}

function batch(...alerts: readonly Alert[]): AlertBatch {
  return {
    sender: 'alertmanager',
    groupKey: 'g',
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    truncatedAlerts: 0,
    alerts,
  };
}

describe('alert store', () => {
  it('stores a delivery and gives it back as it was', async () => {
    const { alerts } = test.database;
    const sent = batch(alert('one', { labels: { alertname: 'A', note: 'NUL \0 and \ud800 half' } }));
    expect(await alerts.accept('d1', sent, 5)).toEqual({ accepted: 1, duplicates: 0 });
    expect(await alerts.delivery('d1')).toMatchObject({
      id: 'd1',
      receivedAt: 5,
      handled: false,
      groupKey: 'g',
      alerts: [{ fingerprint: 'one', duplicate: false, labels: { note: 'NUL \uFFFD and \uFFFD half' } }],
    });
  });

  it('counts what it has seen, within a delivery and over several', async () => {
    const { alerts } = test.database;
    expect(await alerts.accept('d2', batch(alert('two'), alert('two')), 6)).toEqual({
      accepted: 1,
      duplicates: 1,
    });
    expect(await alerts.accept('d3', batch(alert('two'), alert('two', { status: 'resolved' })), 7)).toEqual({
      accepted: 1,
      duplicates: 1,
    });
  });

  it('takes the same alerts from a pair of senders at once exactly once', async () => {
    const { alerts } = test.database;
    const many = Array.from({ length: 30 }, (_, index) => alert(`pair-${index}`));
    const counts = await Promise.all([
      alerts.accept('d4', batch(...many), 8),
      alerts.accept('d5', batch(...[...many].reverse()), 8),
      alerts.accept('d6', batch(...many), 8),
    ]);
    expect(counts.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(30);
    expect(counts.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBe(60);
  });

  it('finds what nobody has handled', async () => {
    const { alerts } = test.database;
    await alerts.accept('d7', batch(alert('seven')), 100);
    expect(await alerts.unhandled(101, 100)).toContain('d7');
    expect(await alerts.unhandled(100, 100)).not.toContain('d7');
    await alerts.markHandled(['d7'], 200);
    expect(await alerts.unhandled(1000, 100)).not.toContain('d7');
  });
});

function group(id: string, overrides: Partial<AlertGroup> = {}): AlertGroup {
  return {
    id,
    identity: `identity-${id}`,
    sender: 'alertmanager',
    title: 'High CPU',
    severity: 'warning',
    service: undefined,
    playbook: undefined,
    state: 'firing',
    channel: '#general',
    labels: {},
    annotations: {},
    links: [],
    firing: 1,
    resolved: 0,
    truncated: 0,
    startedAt: 1,
    resolvedAt: undefined,
    acknowledgedBy: undefined,
    acknowledgedAt: undefined,
    reopened: 0,
    lastRunId: undefined,
    version: 1,
    ...overrides,
  };
}

describe('group store', () => {
  it('gives back what was saved', async () => {
    const saved = group('g1', { service: 'api', acknowledgedBy: 'U1', acknowledgedAt: 9 });
    await test.database.groups.save(saved);
    expect(await test.database.groups.get('g1')).toEqual(saved);
  });

  it('serialises those who open the same group', async () => {
    const open = (id: string) =>
      test.database.transaction(async ({ groups }) => {
        if ((await groups.lockNewest('same')) === undefined)
          await groups.save(group(id, { identity: 'same' }));
      });
    await Promise.all(['s1', 's2', 's3', 's4'].map(open));
    const found = await Promise.all(['s1', 's2', 's3', 's4'].map((id) => test.database.groups.get(id)));
    expect(found.filter((one) => one !== undefined)).toHaveLength(1);
  });

  it('keeps the newest state of an alert', async () => {
    const { groups } = test.database;
    await groups.save(group('g2'));
    await groups.saveAlerts('g2', [alert('a', { status: 'resolved' })]);
    await groups.saveAlerts('g2', [alert('a')]);
    expect((await groups.alerts('g2')).map(({ status }) => status)).toEqual(['resolved']);
    await groups.saveAlerts('g2', [alert('a', { startsAt: 2000 })]);
    expect((await groups.alerts('g2')).map(({ status }) => status)).toEqual(['firing']);
  });
});

function message(key: string, overrides: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return {
    key,
    channel: `#${key}`,
    position: 0,
    content: {
      text: key,
      blocks: [],
      metadata: { event_type: 'perfbot_alert', event_payload: { part: 'card', key } },
    },
    ...overrides,
  };
}

describe('outbox store', () => {
  const options = { leaseMs: 60_000, burst: 5 };
  const drain = async (at: number) => {
    const keys: string[] = [];
    for (;;) {
      const entry = await test.database.outbox.claim({ ...options, at });
      if (entry === undefined) return keys;
      keys.push(entry.message.key);
    }
  };
  const send = (key: string, at: number, revision = 1) =>
    test.database.outbox.sent(key, {
      revision,
      address: { channel: 'C1', ts: `${at}.0` },
      at,
      editPauseMs: 1500,
    });

  it('gives a message to one of many claimers', async () => {
    await test.database.outbox.put(message('once'), 10);
    const claims = await Promise.all(
      [1, 2, 3, 4].map(() => test.database.outbox.claim({ ...options, at: 10 })),
    );
    expect(claims.filter((entry) => entry !== undefined)).toHaveLength(1);
    await send('once', 10);
  });

  it('sends a thread after its message and in its order', async () => {
    const { outbox } = test.database;
    await outbox.put(message('t/2', { channel: '#t', threadOf: 't', position: 2 }), 10);
    await outbox.put(message('t/1', { channel: '#t', threadOf: 't', position: 1 }), 11);
    await outbox.put(message('t', { channel: '#t' }), 12);
    expect(await drain(20)).toEqual(['t']);
    await send('t', 20);
    expect(await drain(21)).toEqual(['t/1']);
    await send('t/1', 21);
    expect(await outbox.claim({ ...options, at: 22 })).toMatchObject({
      message: { key: 't/2' },
      threadTs: '20.0',
    });
    await send('t/2', 22);
  });

  it('lets a given-up message of a thread not hold up the next', async () => {
    const { outbox } = test.database;
    await outbox.put(message('u', { channel: '#u' }), 10);
    await outbox.put(message('u/1', { channel: '#u', threadOf: 'u', position: 1 }), 10);
    await outbox.put(message('u/2', { channel: '#u', threadOf: 'u', position: 2 }), 10);
    await drain(30);
    await send('u', 30);
    expect(await drain(31)).toEqual(['u/1']);
    await outbox.giveUp('u/1', { revision: 1, error: 'invalid_blocks', at: 31 });
    expect(await drain(32)).toEqual(['u/2']);
    await send('u/2', 32);
  });

  it('edits after a pause, at once when the state changed, and not at all for the same content', async () => {
    const { outbox } = test.database;
    await outbox.put(message('e'), 100);
    await drain(100);
    await send('e', 100);
    await outbox.put(message('e'), 101);
    expect(await drain(5000)).toEqual([]);
    const changed = (text: string, urgent: boolean) => {
      const { content } = message('e');
      return outbox.put(message('e', { content: { ...content, text }, urgent }), 5000);
    };
    await send('e', 4900);
    await changed('progress', false);
    expect(await drain(5000)).toEqual([]);
    await changed('state', true);
    expect(await outbox.claim({ ...options, at: 5000 })).toMatchObject({
      revision: 3,
      address: { ts: '4900.0' },
      message: { content: { text: 'state' } },
    });
    await send('e', 5000, 3);
  });

  it('keeps to the budget of a channel', async () => {
    const { outbox } = test.database;
    for (let index = 0; index < 8; index += 1) await outbox.put(message(`b${index}`, { channel: '#b' }), 200);
    expect(await drain(10_000)).toHaveLength(5);
    expect(await drain(10_500)).toHaveLength(0);
    expect(await drain(11_000)).toHaveLength(1);
    expect(await drain(13_000)).toHaveLength(2);
    for (let index = 0; index < 8; index += 1) await send(`b${index}`, 13_000);
  });

  it('never gives one message twice nor overdraws a channel, whoever asks at once', async () => {
    const { outbox } = test.database;
    const keys = Array.from({ length: 40 }, (_, index) => `w${index}`);
    for (const [index, key] of keys.entries())
      await outbox.put(message(key, { channel: `#w${index % 4}` }), 300);
    const claimed: string[] = [];
    const claimer = async () => {
      // A claimer that lost a race goes away empty-handed; the next tick looks again.
      for (let empty = 0; empty < 3; ) {
        const entry = await outbox.claim({ ...options, at: 15_000 });
        if (entry === undefined) empty += 1;
        else claimed.push(entry.message.key);
      }
    };
    await Promise.all([1, 2, 3, 4].map(claimer));
    expect(new Set(claimed).size).toBe(claimed.length);
    expect(claimed).toHaveLength(4 * options.burst);
    for (const key of keys) await send(key, 15_000);
  });

  it('says an urgent change that came while an older one was being sent without a pause', async () => {
    const { outbox } = test.database;
    const { content } = message('x');
    const saying = (text: string, urgent: boolean) => message('x', { content: { ...content, text }, urgent });
    await outbox.put(message('x'), 16_000);
    await drain(16_000);
    await outbox.put(saying('acknowledged', true), 16_001);
    expect(await drain(16_002)).toEqual([]);
    await send('x', 16_003);
    expect(await outbox.claim({ ...options, at: 16_004 })).toMatchObject({ revision: 2, sentRevision: 1 });
    await outbox.put(saying('progress', false), 16_005);
    await send('x', 16_006, 2);
    expect(await drain(16_007)).toEqual([]);
    expect(await drain(17_600)).toEqual(['x']);
    await send('x', 17_600, 3);
    await send('x', 17_601, 2);
    expect((await outbox.get('x'))?.sentRevision).toBe(3);
  });

  it('lets an urgent change not break the pause that the messenger asked for', async () => {
    const { outbox } = test.database;
    const { content } = message('y');
    await outbox.put(message('y'), 18_000);
    await drain(18_000);
    await outbox.postpone('y', { retryAt: 19_000, ambiguous: false, error: 'ratelimited' });
    await outbox.put(message('y', { content: { ...content, text: 'urgent' }, urgent: true }), 18_100);
    expect(await drain(18_900)).toEqual([]);
    expect(await drain(19_000)).toEqual(['y']);
    await send('y', 19_000, 2);
  });

  it('gives a message again when the lease ends, and says since when it may have been sent', async () => {
    const { outbox } = test.database;
    await outbox.put(message('lease'), 20_000);
    expect(await outbox.claim({ ...options, at: 20_000 })).toMatchObject({ sendingSince: undefined });
    expect(await drain(79_999)).not.toContain('lease');
    expect(await outbox.claim({ ...options, at: 80_000 })).toMatchObject({
      message: { key: 'lease' },
      sendingSince: 20_000,
    });
    await outbox.postpone('lease', { retryAt: 90_000, ambiguous: false, error: 'rate_limited' });
    expect(await outbox.nextDueAt(81_000)).toBeGreaterThanOrEqual(81_000);
    expect(await outbox.claim({ ...options, at: 200_000 })).toMatchObject({ sendingSince: undefined });
  });
});

describe('run store', () => {
  const evidence = (value: number) => ({
    status: 'collected' as const,
    probe: 'host.load',
    target: 'host',
    targetKind: 'host' as const,
    service: 'machine',
    collectedAt: 1,
    durationMs: 2,
    metrics: [{ name: 'cpus', value, unit: 'count' as const }],
  });
  const started = async (id: string, steps: number) => {
    const { runs } = test.database;
    await runs.create({
      id,
      playbook: 'status',
      service: undefined,
      trigger: { kind: 'terminal' },
      state: 'running',
      createdAt: 1,
      deadlineAt: 100,
      finishedAt: undefined,
      report: undefined,
      failure: undefined,
    });
    await runs.addSteps(
      Array.from({ length: steps }, (_, step) => ({
        runId: id,
        step,
        title: 'Load',
        probe: 'host.load',
        target: { id: 'host', kind: 'host' as const, service: 'machine', zone: 'default' },
        params: { note: 'NUL \0' },
        timeoutMs: 5000,
        state: 'waiting' as const,
        evidence: undefined,
      })),
    );
    return runs;
  };

  it('tells at least one of those who finish the last steps at once that nothing is open', async () => {
    const runs = await started('r1', 8);
    const open = await Promise.all(
      Array.from({ length: 8 }, (_, step) => runs.finishStep('r1', step, evidence(step))),
    );
    expect(open).toContain(0);
    expect((await runs.steps('r1')).map(({ state }) => state)).toEqual(Array(8).fill('done'));
  });

  it('keeps the first evidence of a step', async () => {
    const runs = await started('r2', 2);
    expect(await runs.finishStep('r2', 0, evidence(1))).toBe(1);
    expect(await runs.finishStep('r2', 0, evidence(2))).toBe(1);
    await runs.startStep('r2', 0);
    expect(await runs.step('r2', 0)).toMatchObject({ state: 'done', evidence: { metrics: [{ value: 1 }] } });
  });

  it('creates a run once, finds it while it is open, and gives back its charts', async () => {
    const runs = await started('r3', 1);
    expect(await runs.create({ ...(await required(runs.get('r3'))), playbook: 'other' })).toBe(false);
    expect((await runs.unfinished(2, 100)).map(({ id }) => id)).toContain('r3');
    expect((await runs.unfinished(1, 100)).map(({ id }) => id)).not.toContain('r3');
    await runs.fail('r3', 'no \0 time', 9);
    expect(await runs.get('r3')).toMatchObject({ state: 'failed', failure: 'no \uFFFD time', finishedAt: 9 });
    expect((await runs.unfinished(2, 100)).map(({ id }) => id)).not.toContain('r3');
    const image = { id: 'cpu', title: 'CPU', alt: 'CPU is high', png: new Uint8Array([137, 0, 255]) };
    await runs.saveCharts('r3', [image]);
    const stored = await required(runs.chart('r3', 'cpu'));
    expect([stored.id, stored.alt, [...stored.png]]).toEqual(['cpu', 'CPU is high', [137, 0, 255]]);
  });

  async function required<T>(answer: Promise<T | undefined>): Promise<T> {
    const value = await answer;
    if (value === undefined) throw new Error('nothing was found');
    return value;
  }
});

describe('sample store', () => {
  it('keeps series by day and drops whole days', async () => {
    const { samples } = test.database;
    const day = 86_400_000;
    const sample = (at: number, value: number) => ({
      target: 't',
      service: 's',
      metric: 'cpu_ratio',
      unit: 'ratio' as const,
      at,
      value,
    });
    await Promise.all([
      samples.add([sample(day, 1), sample(day + 1, 2)]),
      samples.add([sample(day + 2, 9), sample(2 * day, 4)]),
    ]);
    expect(await samples.series({ target: 't', metric: 'cpu_ratio', from: 0, to: 3 * day })).toHaveLength(4);
    await samples.dropBefore(2 * day);
    expect(await samples.series({ target: 't', metric: 'cpu_ratio', from: 0, to: 3 * day })).toEqual([
      { at: 2 * day, value: 4 },
    ]);
  });
});
