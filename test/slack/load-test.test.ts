import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LoadTest, LoadWindow } from '../../src/core/loadtest/load-test.ts';
import { createLoadTestRenderer } from '../../src/slack/loadtest/create-load-test-renderer.ts';
import { hostileText } from './support/hostile.ts';
import { expectGoodMessage } from './support/message-promises.ts';

const renderer = createLoadTestRenderer();
const test: LoadTest = {
  id: 'h1',
  plan: {
    service: 'shop-api',
    profile: 'evening',
    title: 'The evening',
    zone: 'default',
    baseUrl: 'http://127.0.0.1:3001',
    paths: ['/api/items'],
    stages: [
      { durationMs: 60_000, ratePerSecond: 25 },
      { durationMs: 120_000, ratePerSecond: 50, part: 1 },
      { durationMs: 10_000, ratePerSecond: 0, part: 2 },
    ],
    parts: [
      { first: 1, last: 3, name: 'Climb', durationMs: 60_000, fromPerSecond: 5, toPerSecond: 50 },
      { first: 4, last: 4, durationMs: 120_000, fromPerSecond: 50, toPerSecond: 50 },
      { first: 5, last: 5, name: 'pause', durationMs: 10_000, fromPerSecond: 0, toPerSecond: 0 },
    ],
    stop: { errorRate: 0.05, p95Ms: 4000, throttledRatio: 0.25 },
  },
  state: 'running',
  requestedBy: 'U012AB3CD',
  channel: 'C1',
  createdAt: 0,
  result: undefined,
  stop: undefined,
  finishedAt: undefined,
};
const window: LoadWindow = {
  fromMs: 60_000,
  durationMs: 120_000,
  asked: 6000,
  answered: 5940,
  serverErrors: 30,
  unanswered: 60,
  p50Ms: 40,
  p95Ms: 380,
};
const part = (index: number, measured: Partial<LoadWindow>) =>
  renderer.part(test, { index, window: { ...window, ...measured } }, 'k').text;
const stopped = (stop: object, afterMs: number) =>
  renderer.stopped(test, { kind: 'slow', reason: 'too slow', ...stop, afterMs }, 'k').text;

describe('the messages of a load test', () => {
  it('say who started what, and what comes when', () => {
    expect(renderer.begun(test, 'k').text).toBe(
      '▶️ Started by <@U012AB3CD>: profile evening on shop-api\n' +
        'The evening: 7,500 requests in 3 min, at most 50/s\nGET /api/items at http://127.0.0.1:3001\n' +
        'Stops by itself when 5 % fail, the 95th percentile is above 4 s, or the container is held back in 25 % of its periods.\n' +
        'Phases 1 to 3 of 5, Climb: 5 to 50/s for 60 s\nPhase 4 of 5: 50/s for 2 min\n' +
        'Phase 5 of 5, pause: no requests for 10 s',
    );
  });

  it('say where the test is', () => {
    // Two lines: on a phone the button has to stay in sight.
    expect(JSON.stringify(renderer.progress(test, undefined, 'k').blocks)).not.toContain('/api/items');
    const live = { ...window, fromMs: 70_000, durationMs: 1000, asked: 50, answered: 49 };
    expect(renderer.progress(test, live, 'k').text).toContain('⏳ Phase 4 of 5 · 49/s of 50/s answered');
  });

  it('say what came of each part', () => {
    expect(part(1, {})).toBe('Phase 4 of 5 is over: asked 50/s, answered 49.5/s · p95 380 ms · 1.5 % failed');
    const { p95Ms: _none, ...silent } = { ...window, answered: 0, serverErrors: 0, unanswered: 6000 };
    expect(renderer.part(test, { index: 1, window: silent }, 'k').text).toContain(
      'answered 0/s · nothing answered · 100 % failed',
    );
    expect(part(0, { durationMs: 12_000, asked: 120, answered: 120 })).toContain(
      'Phases 1 to 3 of 5, Climb ended after 12 s of 60 s: asked 10/s (5 to 50/s), answered 10/s',
    );
    expect(part(2, { durationMs: 10_004, asked: 0, answered: 0, serverErrors: 0, unanswered: 0 })).toBe(
      'Phase 5 of 5, pause is over: nothing asked for 10 s',
    );
  });

  it('say who or what stopped it, and when', () => {
    expect(stopped({ kind: 'person', by: 'U0WORLD00' }, 72_000)).toBe(
      '⏹️ Stopped by <@U0WORLD00> after 72 s of 3 min in Phase 4 of 5',
    );
    expect(stopped({}, 12_000)).toBe('⏹️ Stopped after 12 s of 3 min in Phases 1 to 3 of 5, Climb: too slow');
    // A plan of an earlier version has no parts.
    const { parts: _parts, ...plan } = test.plan;
    const old = renderer.stopped({ ...test, plan }, { kind: 'slow', reason: 'slow', afterMs: 1000 }, 'k');
    expect(old.text).toBe('⏹️ Stopped after 1 s of 3 min: slow');
    expect(renderer.begun({ ...test, plan }, 'k').text).toContain('Started by');
  });

  it('keep the rules of Slack, whatever the text of others', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const parts = Array.from({ length: 6 }, (_, index) => ({
          first: index + 1,
          last: index + 1,
          name: text,
          durationMs: 1000,
          fromPerSecond: 1,
          toPerSecond: 1,
        }));
        const hostile = { ...test, plan: { ...test.plan, service: text, profile: text, title: text, parts } };
        for (const content of [
          renderer.begun(hostile, 'k'),
          renderer.progress(hostile, window, 'k'),
          renderer.part(hostile, { index: 0, window }, 'k'),
          renderer.stopped(hostile, { kind: 'errors', reason: text, afterMs: 1000 }, 'k'),
        ])
          expectGoodMessage(content);
      }),
      { numRuns: 50 },
    );
  });
});
