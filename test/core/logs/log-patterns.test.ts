import { describe, expect, it } from 'vitest';
import { createDrain } from '../../../src/core/logs/drain.ts';
import { createLogSummariser, type LogEntry } from '../../../src/core/logs/log-patterns.ts';
import { maskVariables } from '../../../src/core/logs/mask-variables.ts';
import { cpuTimeMs } from '../../support/cpu-time.ts';

function summariseLog(entries: readonly LogEntry[], windowStart: number) {
  const summariser = createLogSummariser(windowStart);
  for (const entry of entries) summariser.add(entry);
  return summariser.summary();
}

const START = 1_000_000;
const TEMPLATES: readonly ((n: number) => string)[] = [
  (n) => `GET /api/orders/${n} 200 ${n % 90}ms`,
  (n) => `order ${n} created for customer c-${n * 7}`,
  (n) => `payment of ${n}.50 EUR declined by bank-${n % 5}`,
  (n) => `Error: connect ECONNREFUSED 10.0.${n % 250}.5:5432`,
  (n) => `cache miss for key user:${n}`,
  (n) => `{"level":30,"time":${n},"msg":"job finished","id":"${n}"}`,
];

describe('log patterns', () => {
  it('finds one pattern for each statement that wrote lines', () => {
    const entries = Array.from({ length: 3000 }, (_, n) => ({
      at: START + n,
      text: TEMPLATES[n % 6]?.(n) ?? '',
    }));
    const { patterns, lines, errorLines } = summariseLog(entries, START);
    expect(lines).toBe(3000);
    expect(errorLines).toBe(500);
    expect(patterns).toHaveLength(TEMPLATES.length);
    expect(patterns.every(({ count }) => count === 500)).toBe(true);
    expect(patterns[0]?.pattern).toBe('Error: connect ECONNREFUSED <ip>');
  });

  it('counts a pattern in the window and before it, and shows its newest line without secrets', () => {
    const { patterns, errorLinesBefore } = summariseLog(
      [
        { at: START - 5, text: 'Error: login failed password=old12345' },
        { at: START + 1, text: 'Error: login failed password=abc12345' },
        { at: START + 2, text: 'Error: login failed password=xyz12345' },
      ],
      START,
    );
    expect(errorLinesBefore).toBe(1);
    expect(patterns).toEqual([
      expect.objectContaining({
        count: 2,
        countBefore: 1,
        lastAt: START + 2,
        example: 'Error: login failed password=[redacted]',
      }),
    ]);
  });

  it('keeps short messages apart that differ in the word that matters', () => {
    const { patterns } = summariseLog(
      ['user created', 'user deleted', 'user created'].map((text, at) => ({ at: START + at, text })),
      START,
    );
    expect(patterns.map(({ pattern, count }) => [pattern, count])).toEqual([
      ['user created', 2],
      ['user deleted', 1],
    ]);
  });

  it('holds at most the given number of clusters, the rest in one', () => {
    const drain = createDrain({ maxClusters: 10 });
    const ids = new Set(
      Array.from(
        { length: 50 },
        (_, n) => drain.add(`word${String.fromCharCode(97 + (n % 26))}x${'y'.repeat(n)} end`, '').id,
      ),
    );
    expect(ids.size).toBeLessThanOrEqual(11);
  });

  it('handles 20,000 lines within a second', () => {
    const entries = Array.from({ length: 20_000 }, (_, n) => ({
      at: START + n,
      text: TEMPLATES[n % 6]?.(n) ?? '',
    }));
    const spent = cpuTimeMs(() => {
      summariseLog(entries, START);
    });
    expect(spent).toBeLessThan(3000);
  });
});

describe('maskVariables', () => {
  it.each([
    ['took 12ms at 2026-11-23T13:00:00.123Z', 'took <n>ms at <time>'],
    ['from 10.0.0.5:443 id 3f2b8a9c-1111-2222-3333-444455556666', 'from <ip> id <uuid>'],
    ['object 0x7fff at deadbeef01', 'object <hex> at <hex>'],
    ['GET /a/12/b?x=1&y=2 200', 'GET /a/<n>/b?<query> <n>'],
    ['key user:17 bank-3', 'key user:<n> bank-<n>'],
    ['no variables here', 'no variables here'],
  ])('%s', (text, masked) => {
    expect(maskVariables(text)).toBe(masked);
  });
});
