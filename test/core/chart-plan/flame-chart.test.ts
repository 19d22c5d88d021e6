import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FlameChart } from '../../../src/core/chart.ts';
import { flameChart } from '../../../src/core/chart-plan/flame-chart.ts';
import { planCharts } from '../../../src/core/chart-plan/plan-charts.ts';
import type { Cause } from '../../../src/core/diagnosis/cause.ts';
import type { CollectedEvidence, Table } from '../../../src/core/evidence.ts';

type Row = readonly [depth: number, start: number, width: number, frame: string, place: string];

/** A real CPU profile (scripts/flame-picture.ts). */
const REAL = JSON.parse(readFileSync(new URL('../../fixtures/flame.json', import.meta.url), 'utf8')) as Table;

function table(rows: readonly Row[], omittedRows?: number): Table {
  return {
    name: 'flame',
    title: 'Call tree',
    columns: ['depth', 'start', 'width', 'frame', 'place'].map((name) => ({ name, title: name })),
    rows,
    ...(omittedRows !== undefined && { omittedRows }),
  };
}

function evidence(tree: Table, probe = 'node.cpu_profile'): CollectedEvidence {
  return {
    status: 'collected',
    probe,
    target: 'node:shop',
    targetKind: 'node',
    service: 'shop',
    collectedAt: 0,
    durationMs: 10,
    metrics: [],
    tables: [tree],
  };
}

const draw = (rows: readonly Row[], probe?: string) => flameChart(evidence(table(rows), probe));
const emphasised = (chart: FlameChart | undefined, kind: 'finding' | 'path') =>
  chart?.frames.filter(({ emphasis }) => emphasis === kind).map(({ label }) => label);

const HASHING: readonly Row[] = [
  [0, 0, 0.9, 'onRequest', 'node:_http_server:900'],
  [1, 0, 0.9, 'next', 'node_modules/express/lib/router.js:1'],
  [2, 0, 0.88, 'handle', 'node_modules/express/lib/router.js:2'],
  [3, 0, 0.86, 'layer', '/app/node_modules/express/lib/layer.js:3'],
  [4, 0, 0.85, 'login', 'app.js:20'],
  [5, 0, 0.72, 'hashPassword', 'app.js:6'],
  [6, 0, 0.71, 'pbkdf2Sync', 'node:internal/crypto/pbkdf2:62'],
  [7, 0, 0.7, 'run', ''],
  [5, 0.72, 0.1, 'render', 'app.js:12'],
  [0, 0.9, 0.1, '(garbage collector)', ''],
];

describe('flameChart', () => {
  it('names the function of the application that most is charged to, its caller, and what it calls', () => {
    const chart = draw(HASHING);
    expect(chart).toMatchObject({
      kind: 'flame',
      id: 'flame-node.cpu_profile-shop',
      title: 'shop: 72 % of the CPU time in hashPassword app.js:6',
      measure: 'CPU time',
    });
    expect(chart?.alt).toBe(
      'shop: 72 % of the CPU time in hashPassword app.js:6, called by login app.js:20, most of it in ' +
        'pbkdf2Sync node:internal/crypto/pbkdf2:62. Then 10 % in render app.js:12, 10 % in (garbage collector), ' +
        '5 % in next node_modules/express/lib/router.js:1, 3 % in login app.js:20.',
    );
    expect(emphasised(chart, 'finding')).toEqual(['hashPassword']);
    expect(emphasised(chart, 'path')).toEqual(['onRequest', 'next +2', 'login', 'pbkdf2Sync +1']);
  });

  it('tells whose code a frame is', () => {
    const of = (place: string) => draw([[0, 0, 1, 'f', place]])?.frames[0]?.origin;
    expect(['app.js:1', '/srv/app.js:1', 'C:\\app\\main.js:1'].map(of)).toEqual(['own', 'own', 'own']);
    expect(['node_modules/a/b.js:1', '/app/node_modules/a.js:2', '.yarn/cache/a.zip/a.js:1'].map(of)).toEqual(
      ['package', 'package', 'package'],
    );
    expect(['', 'node:fs:1'].map(of)).toEqual(['runtime', 'runtime']);
    expect(of('my_node_modules/a.js:1')).toBe('own');
  });

  it('tells layers of a framework as one, and keeps every function of the application', () => {
    const chart = draw(HASHING);
    expect(chart?.frames.map(({ depth, label }) => [depth, label])).toEqual([
      [0, 'onRequest'],
      [1, 'next +2'],
      [2, 'login'],
      [3, 'hashPassword'],
      [4, 'pbkdf2Sync +1'],
      [3, 'render'],
      [0, '(garbage collector)'],
    ]);
    expect(chart?.note).toContain('+n');
    const own = draw([0, 1, 2].map((depth): Row => [depth, 0, 1, `f${depth}`, `app.js:${depth}`]));
    expect(own?.frames.map(({ label }) => label)).toEqual(['f0', 'f1', 'f2']);
    expect(own?.note).toBeUndefined();
  });

  it('adds a function up over all its callers', () => {
    const chart = draw([
      [0, 0, 0.3, 'a', 'app.js:1'],
      [1, 0, 0.25, 'parse', 'app.js:9'],
      [0, 0.3, 0.35, 'b', 'app.js:2'],
      [0, 0.65, 0.35, 'c', 'app.js:3'],
      [1, 0.65, 0.3, 'parse', 'app.js:9'],
    ]);
    expect(chart?.title).toBe('shop: 55 % of the CPU time in parse app.js:9');
    expect(chart?.alt).toContain('called by c app.js:3');
    expect(emphasised(chart, 'finding')).toEqual(['parse', 'parse']);
    expect(emphasised(chart, 'path')).toEqual(['c']);
  });

  it('counts a function that calls itself once', () => {
    const chart = draw([
      [0, 0, 1, 'walk', 'app.js:1'],
      [1, 0, 0.8, 'walk', 'app.js:1'],
      [2, 0, 0.5, 'walk', 'app.js:1'],
    ]);
    expect(chart?.title).toBe('shop: 100 % of the CPU time in walk app.js:1');
  });

  it('says what it is a share of, also for a probe that it does not know', () => {
    const rows: readonly Row[] = [[0, 0, 1, 'retain', 'app.js:7']];
    expect(draw(rows, 'node.heap_profile')?.title).toBe(
      'shop: 100 % of the newly kept memory from retain app.js:7',
    );
    expect(draw(rows, 'node.other')?.title).toContain('100 % of the Call tree');
  });

  it('leaves out the root of V8, frames without a caller, and what is no frame', () => {
    const chart = flameChart(
      evidence(
        table(
          [
            [0, 0, 1, '(root)', ''],
            [1, 0, 0.6, 'a', 'app.js:1'],
            [3, 0, 0.6, 'lost', 'app.js:2'],
            [1, 0.6, Number.NaN, 'b', 'app.js:3'],
          ],
          7,
        ),
      ),
    );
    expect(chart?.frames).toMatchObject([{ depth: 0, label: 'a' }]);
    expect(chart?.note).toBe('7 of the narrowest frames not drawn');
  });

  it.each([[[]], [[[0, 0, 0, 'idle', ''] as Row]]])('is no picture when nothing was measured', (rows) => {
    expect(draw(rows)).toBeUndefined();
  });

  it('never takes a name for more than a text', () => {
    const [frame] = draw([[0, 0, 1, 'a\u202e\nb'.repeat(200), 'app.js:1']])?.frames ?? [];
    expect(frame?.label).not.toMatch(/[\u202e\n]/);
    expect(frame?.label.length).toBeLessThanOrEqual(120);
  });

  it('finds the fault in a real profile', () => {
    const chart = flameChart(evidence(REAL));
    expect(chart?.alt).toMatch(
      /^shop: \d+(\.\d+)? % of the CPU time in findRule prices\.mjs:\d+, called by priceItem/,
    );
    for (const { start, width } of chart?.frames ?? []) expect(start + width).toBeLessThan(1.001);
  });
});

describe('planCharts', () => {
  const of = (service: string) => ({ ...evidence(table(HASHING)), service, target: `node:${service}` });
  const plan = (seen: readonly CollectedEvidence[], causes: readonly Cause[] = []) =>
    planCharts({
      overview: false,
      subject: undefined,
      evidence: seen,
      findings: [],
      causes,
      services: [],
      history: [],
      now: 0,
      usual: () => undefined,
    }).map(({ id }) => id);
  const other: CollectedEvidence = { ...of('a'), probe: 'host.load', tables: [] };
  const cause = (probe: string): Cause => ({
    id: 'app.cpu_hot_function',
    title: 'Hot function',
    service: 'b',
    summary: '',
    confidence: 0.9,
    evidence: [{ probe, metric: 'hottest_share', value: 0.72, unit: 'ratio', text: '' }],
    against: [],
    advice: [],
  });

  it('shows a profile that was asked for also when nothing is wrong, of two processes at most', () => {
    const [a, b] = ['flame-node.cpu_profile-a', 'flame-node.cpu_profile-b'];
    expect(plan(['a', 'b', 'c'].map(of))).toEqual([a, b]);
  });

  it('shows a profile among other evidence when something is wrong, first that of the cause', () => {
    expect(plan([of('a'), other])).toEqual([]);
    expect(plan([other])).toEqual([]);
    expect(plan([of('a'), of('b'), other], [cause('node.cpu_profile')])).toEqual([
      'flame-node.cpu_profile-b',
      'flame-node.cpu_profile-a',
    ]);
    expect(plan([of('a'), other], [cause('host.load')])).toEqual(['flame-node.cpu_profile-a']);
  });
});
