import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyseTraces } from '../../../src/core/traces/analyse-traces.ts';
import { criticalPath } from '../../../src/core/traces/critical-path.ts';
import { type SpanNode, selfTime, toTrees, walk } from '../../../src/core/traces/span-tree.ts';
import { span, trace } from './traces.ts';

const root = span({ id: 'root', at: 0, took: 100, kind: 'server' });
const child = (id: string, at: number, took: number, parentId = 'root') => span({ id, at, took, parentId });

function named(of: ReadonlyMap<SpanNode, number>): Readonly<Record<string, number>> {
  return Object.fromEntries([...of].map(([node, ms]) => [node.span.spanId, Number(ms.toFixed(3))]));
}

describe('selfTime', () => {
  it.each([
    ['no child', [], 100],
    ['one child', [child('a', 10, 30)], 70],
    ['two that overlap count once', [child('a', 10, 30), child('b', 20, 40)], 50],
    ['one within the other', [child('a', 10, 60), child('b', 20, 10)], 40],
    ['one that goes on after its parent', [child('a', 90, 50)], 90],
    ['one that began before its parent (clocks differ)', [child('a', -20, 50)], 70],
    ['all the time', [child('a', 0, 100)], 0],
  ])('%s', (_, children, expected) => {
    const [tree] = toTrees(trace(root, ...children));
    expect(tree && selfTime(tree)).toBe(expected);
  });
});

describe('criticalPath', () => {
  it.each([
    [
      'what runs in parallel belongs to what ends last',
      [child('a', 0, 50), child('b', 0, 90)],
      { root: 10, b: 90 },
    ],
    ['a child of a child', [child('a', 10, 80), child('b', 20, 30, 'a')], { root: 20, a: 50, b: 30 }],
    ['one after the other', [child('a', 0, 40), child('b', 50, 40)], { root: 20, a: 40, b: 40 }],
    ['what runs on after the root', [child('a', 80, 500)], { root: 80, a: 20 }],
  ])('%s', (_, children, expected) => {
    const [tree] = toTrees(trace(root, ...children));
    expect(named(criticalPath(tree as SpanNode))).toEqual(expected);
  });

  it('adds up to the duration of the root, whatever the spans are', () => {
    const spans = fc.array(
      fc.record({
        at: fc.integer({ min: -50, max: 150 }),
        took: fc.integer({ min: 0, max: 150 }),
        of: fc.nat(8),
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(spans, (given) => {
        const all = given.map(({ at, took, of }, n) =>
          child(`s${n}`, at, took, of === 0 ? 'root' : `s${of - 1}`),
        );
        const [tree] = toTrees(trace(root, ...all)).filter((node) => node.span.spanId === 'root');
        const parts = [...criticalPath(tree as SpanNode).values()];
        expect(parts.every((part) => part >= 0)).toBe(true);
        expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(100, 6);
      }),
    );
  });
});

describe('toTrees', () => {
  it('takes a span without its parent for a root, and never goes round in circles', () => {
    const trees = toTrees(
      trace(child('a', 0, 1, 'gone'), child('b', 0, 1, 'c'), child('c', 0, 1, 'b'), child('d', 0, 1, 'd')),
    );
    expect(
      walk(trees)
        .map(({ span: { spanId } }) => spanId)
        .toSorted(),
    ).toEqual(['a', 'b', 'c', 'd']);
  });

  it('counts a span that was stored twice once', () => {
    expect(walk(toTrees(trace(root, root)))).toHaveLength(1);
  });
});

describe('analyseTraces', () => {
  const query = (n: number) =>
    span({
      id: `q${n}`,
      parentId: 'root',
      at: 2 + n * 6,
      took: 5,
      kind: 'client',
      isDatabase: true,
      statement: 'SELECT * FROM prices WHERE id = ?',
      peer: 'shop-db',
    });
  const looped = trace(root, ...Array.from({ length: 12 }, (_, n) => query(n)));

  it('finds a statement that one request sends again and again', () => {
    const { repeats, peers, ownMs, totalMs } = analyseTraces([looped], 'api');
    expect(repeats).toMatchObject([
      { parent: 'root', statement: 'SELECT * FROM prices WHERE id = ?', count: 12, requests: 1, share: 0.6 },
    ]);
    expect(peers).toEqual([{ name: 'shop-db', isDatabase: true, calls: 12, criticalMs: 60, errors: 0 }]);
    expect([ownMs, totalMs]).toEqual([40, 100]);
  });

  it.each([
    ['nine are not many', looped.spans.slice(0, 10)],
    [
      'steps within the process are no trips',
      looped.spans.map((one) => ({ ...one, kind: 'internal', isDatabase: false }) as const),
    ],
  ])('%s', (_, spans) => {
    expect(analyseTraces([{ id: 't1', spans }], 'api').repeats).toEqual([]);
  });

  it('names whom a service waits for by who answers, and who below owns the time', () => {
    const { peers, groups, ownMs, requests } = analyseTraces(
      [
        trace(
          span({ id: 'edge', service: 'proxy', at: -5, took: 120, kind: 'server' }),
          { ...root, parentId: 'edge' },
          span({ id: 'call', parentId: 'root', at: 5, took: 90, kind: 'client', peer: '10.0.0.9' }),
          span({
            id: 'pay',
            parentId: 'call',
            service: 'payments',
            at: 6,
            took: 88,
            kind: 'server',
            isError: true,
          }),
          span({
            id: 'lock',
            parentId: 'pay',
            service: 'payments',
            at: 10,
            took: 80,
            kind: 'client',
            isDatabase: true,
          }),
        ),
      ],
      'api',
    );
    expect(peers).toEqual([{ name: 'payments', isDatabase: false, calls: 1, criticalMs: 90, errors: 0 }]);
    expect(groups[0]).toMatchObject({ service: 'payments', operation: 'lock', criticalMs: 80 });
    expect(ownMs).toBe(10);
    expect(requests).toMatchObject([
      { durationMs: 100, spans: 4, errors: 1, longest: 'payments: lock', longestShare: 0.8 },
    ]);
  });

  it('leaves time that no child explains to the service itself: CPU, or a queue', () => {
    const { ownMs, peers } = analyseTraces([trace(root, child('render', 10, 80))], 'api');
    expect([ownMs, peers]).toEqual([100, []]);
  });

  it('has nothing to say of a service that is not in the traces', () => {
    expect(analyseTraces([looped], 'other')).toMatchObject({ requests: [], groups: [], totalMs: 0 });
  });
});
