import { describe, expect, it } from 'vitest';
import { attribute } from '../../../src/probes/node/attribute.ts';
import { type CallNode, weigh } from '../../../src/probes/node/call-tree.ts';
import { toCpuSamples } from '../../../src/probes/node/cpu-samples.ts';
import { flameTable } from '../../../src/probes/node/flame-table.ts';
import { graft } from '../../../src/probes/node/graft.ts';
import { hotLines } from '../../../src/probes/node/hot-lines.ts';
import { disclose } from '../../../src/probes/node/inlined.ts';
import { hasOnlyBegun } from '../../../src/probes/node/only-begun.ts';

const URLS = {
  app: 'file:///srv/app/src/orders.js',
  package: 'file:///srv/app/node_modules/express/lib/router.js',
  node: 'node:internal/timers',
  native: '',
} as const;

/** A function `name` of `where`, with its own weight. */
function call(
  where: keyof typeof URLS,
  name: string,
  self: number,
  children: readonly CallNode[] = [],
  lines: readonly (readonly [number, number])[] = [],
): CallNode {
  const frame = { name, url: URLS[where], line: where === 'native' ? 0 : 7 };
  return { frame, self, lines: new Map(lines), children };
}

const shares = (roots: readonly CallNode[]) =>
  attribute(roots).map(({ frame, own, total, mostlyIn }) => [frame.name, own, total, mostlyIn?.name]);

describe('what is charged to whom', () => {
  it.each<[string, CallNode, unknown]>([
    ['its own code', call('app', 'load', 10), [['load', 10, 10, 'load']]],
    [
      'native code and packages count for the function of the application that calls them',
      call('node', 'run', 0, [
        call('app', 'load', 1, [call('package', 'next', 2, [call('native', 'writev', 7)])]),
      ]),
      [['load', 10, 10, 'next']],
    ],
    [
      'the innermost function of the application',
      call('app', 'handle', 1, [call('app', 'load', 9)]),
      [
        ['load', 9, 9, 'load'],
        ['handle', 1, 10, 'handle'],
      ],
    ],
    [
      'a package where none of the application calls it',
      call('node', 'run', 0, [call('package', 'parse', 3, [call('native', 'now', 2)])]),
      [['parse', 5, 5, 'parse']],
    ],
    ['Node itself where nobody else calls', call('node', 'run', 4), [['run', 4, 4, 'run']]],
    [
      'recursion counts once',
      call('app', 'walk', 1, [call('app', 'walk', 1, [call('app', 'walk', 1)])]),
      [['walk', 3, 3, 'walk']],
    ],
    [
      'a regular expression by its text',
      call('app', 'check', 1, [call('native', 'RegExp: (a+)+$', 9)]),
      [['check', 10, 10, 'RegExp: (a+)+$']],
    ],
    [
      'spread work is mostly nowhere',
      call(
        'app',
        'handle',
        1,
        ['a', 'b', 'c'].map((name) => call('package', name, 3)),
      ),
      [['handle', 10, 10, undefined]],
    ],
  ])('%s', (_, root, expected) => {
    expect(shares([root])).toEqual(expected);
  });

  it.each([
    [
      'the busiest line',
      [
        [3, 10],
        [4, 90],
      ],
      4,
    ],
    [
      'none, when no line has a third',
      [
        [3, 25],
        [4, 25],
        [5, 25],
        [6, 25],
      ],
      undefined,
    ],
  ] as const)('%s', (_, lines, expected) => {
    expect(attribute([call('app', 'load', 1, [], lines)])[0]?.line).toBe(expected);
  });
});

describe('the table of the call tree', () => {
  const columns = ['depth', 'start', 'width', 'frame', 'place'];

  it('has a bar for each function in its callers, within their width, the widest first', () => {
    const roots = [
      call('node', 'run', 0, [
        call('app', 'small', 20),
        call('app', 'large', 40, [call('native', 'parse', 20)]),
      ]),
      call('native', '(program)', 20),
    ];
    const table = flameTable(weigh(roots), '/srv/app');
    expect(table.name).toBe('flame');
    expect(table.columns.map(({ name }) => name)).toEqual(columns);
    expect(table.rows).toEqual([
      [0, 0, 0.8, 'run', 'node:internal/timers:7'],
      [1, 0, 0.6, 'large', 'src/orders.js:7'],
      [2, 0, 0.2, 'parse', ''],
      [1, 0.6, 0.2, 'small', 'src/orders.js:7'],
      [0, 0.8, 0.2, '(program)', ''],
    ]);
    expect(table.omittedRows).toBeUndefined();
  });

  it('joins the same function in the same callers', () => {
    const twice = [
      call('app', 'load', 1, [call('native', 'now', 1)]),
      call('app', 'load', 1, [call('native', 'now', 1)]),
    ];
    expect(flameTable(weigh(twice), '').rows.map(([, , width, frame]) => [frame, width])).toEqual([
      ['load', 1],
      ['now', 0.5],
    ]);
  });

  it('leaves out the narrowest and says how many, never one that carries another', () => {
    const deep = (levels: number): readonly CallNode[] =>
      levels === 0 ? [] : [call('app', `deep${levels}`, 0.5, deep(levels - 1))];
    const wide = Array.from({ length: 300 }, (_, index) => call('app', `wide${index}`, 2));
    const { rows, omittedRows } = flameTable(weigh([...deep(250), ...wide]), '');
    expect(rows).toHaveLength(400);
    expect(omittedRows).toBe(150);
    const depths = rows.filter(([, , , frame]) => String(frame).startsWith('deep')).map(([depth]) => depth);
    expect(depths).toEqual(depths.map((_, index) => index));
    // 246 of the deep ones carry more than a wide one has.
    expect(depths).toHaveLength(246);
  });

  it('is empty when nothing was measured', () => {
    expect(flameTable(weigh([call('app', 'load', 0)]), '').rows).toEqual([]);
  });
});

describe('a function that V8 does not tell, because it runs since before the profile', () => {
  const timers = (self: number, ...children: readonly CallNode[]) =>
    call('node', 'listOnTimeout', self, children);
  const stack = (...names: readonly string[]) => [
    { name: 'listOnTimeout', url: URLS.node, line: 581, at: 590 },
    ...names.map((name) => ({ name, url: URLS.app, line: 3, at: 9 })),
  ];
  const grafted = (node: CallNode, ...stacks: readonly ReturnType<typeof stack>[]) =>
    attribute(graft([node], stacks)).map(({ frame: { name }, own, line }) => [name, own, line]);

  it.each<[string, CallNode, readonly ReturnType<typeof stack>[], unknown]>([
    ['it is on the stack each time', timers(9), [stack('spin'), stack('spin')], [['spin', 9, 9]]],
    ['what it calls', timers(9), [stack('spin', 'step'), stack('spin', 'step')], [['step', 9, 9]]],
    [
      'some looks found its caller itself at work',
      timers(9),
      [stack('spin'), stack('spin'), stack()],
      [
        ['spin', 6, 9],
        ['listOnTimeout', 3, undefined],
      ],
    ],
    ['one look is chance', timers(9), [stack('a'), stack('b')], [['listOnTimeout', 9, undefined]]],
    ['nobody looked', timers(9), [], [['listOnTimeout', 9, undefined]]],
    [
      'the profile knows a part of it',
      timers(6, call('app', 'spin', 3)),
      [stack('spin'), stack('spin'), stack('spin')],
      [['spin', 9, 9]],
    ],
    [
      'the profile knows all of it',
      timers(3, call('app', 'work', 6)),
      [stack('work'), stack('work'), stack()],
      [
        ['work', 6, undefined],
        ['listOnTimeout', 3, undefined],
      ],
    ],
    [
      'a small part is that of the caller itself',
      timers(1, call('app', 'work', 9)),
      [stack('spin'), stack('spin')],
      [
        ['work', 9, undefined],
        ['listOnTimeout', 1, undefined],
      ],
    ],
  ])('%s', (_, node, stacks, expected) => {
    const told = grafted(node, ...stacks).map(([name, own, line]) => [
      name,
      Math.round(Number(own) * 1e6) / 1e6,
      line,
    ]);
    expect(told).toEqual(expected);
  });
});

describe('a function that V8 built into its caller', () => {
  const at = (name: string, line: number, where: 'app' | 'package' | 'native' = 'app') => ({
    name,
    url: URLS[where],
    line: where === 'native' ? 0 : 7,
    at: line,
  });
  const turn = (lines: readonly (readonly [number, number])[], children: readonly CallNode[] = []) =>
    call('app', 'turn', 100, children, lines);
  const loop = [at('turn', 9), at('hotLoop', 30)];
  const elsewhere = [at('turn', 9), at('parse', 40, 'package')];

  it.each<[string, CallNode, readonly (typeof loop)[], readonly (readonly [string, number, number])[]]>([
    ['the line of the call (Node 22, 24)', turn([[9, 50]]), [loop, loop], [['hotLoop', 30, 100]]],
    [
      'the line inside (Node 20), also of another file',
      turn([[40, 5]]),
      [elsewhere, elsewhere],
      [['parse', 40, 100]],
    ],
    [
      'as often as it was seen',
      turn([[9, 50]]),
      [loop, loop, loop, [at('turn', 9)]],
      [
        ['hotLoop', 30, 75],
        ['turn', 9, 25],
      ],
    ],
    [
      'other lines stay',
      turn([
        [9, 30],
        [12, 70],
      ]),
      [loop, loop],
      [
        ['turn', 12, 70],
        ['hotLoop', 30, 30],
      ],
    ],
    ['one look is chance', turn([[9, 50]]), [loop], [['turn', 9, 100]]],
    [
      'a small part is left',
      turn([
        [9, 9],
        [12, 91],
      ]),
      [loop, loop],
      [
        ['turn', 12, 91],
        ['turn', 9, 9],
      ],
    ],
    [
      'native code is none',
      turn([[9, 50]]),
      [0, 1].map(() => [at('turn', 9), at('stringify', 0, 'native')]),
      [['turn', 9, 100]],
    ],
    [
      'what the profile knows is not counted again',
      turn([[9, 50]], [call('app', 'hotLoop', 100, [], [[30, 50]])]),
      [loop, loop, [at('turn', 9)], [at('turn', 9)]],
      [
        ['turn', 9, 100],
        ['hotLoop', 30, 100],
      ],
    ],
    [
      'a line above the caller, where the profile knows whose it is',
      turn([[3, 50]], [call('app', 'priceOf', 10, [], [[3, 5]])]),
      [],
      [['priceOf', 3, 110]],
    ],
  ])('%s', (_, root, stacks, expected) => {
    const lines = hotLines(disclose([root], stacks)).map(({ frame: { name }, line, weight }) => [
      name,
      line,
      Math.round(weight),
    ]);
    expect(lines).toEqual(expected);
  });

  /** As Node 20, 22 and 24 tell them alike. */
  it.each([
    ['function decl(x)', 'decl', 14, 1, true],
    ['async function asyncDecl(x)', 'asyncDecl', 25, 1, true],
    ['(x) => {', 'arrow', 15, 15, true],
    ['const anon = function (x)', 'anon', 23, 14, true],
    ['static make(x)', 'make', 14, 10, true],
    ['const oneLine = (n) => { let s = 0; for (', 'oneLine', 37, 17, false],
    ['function sum(list) { for (', 'sum', 22, 1, false],
  ])('is told from one that has only begun: %s', (_, name, column, startColumn, expected) => {
    expect(hasOnlyBegun({ name, line: 3, start: 3, column, startColumn })).toBe(expected);
    expect(hasOnlyBegun({ name, line: 4, start: 3, column, startColumn })).toBe(false);
    expect(hasOnlyBegun({ name, line: 3, start: 0, column, startColumn })).toBe(false);
  });
});

describe('samples of a CPU profile', () => {
  const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: url === '' ? -1 : 6 });
  const node = (id: number, callFrame: ReturnType<typeof frame>, children: readonly number[] = []) => ({
    id,
    callFrame,
    children: [...children],
    positionTicks: [],
  });

  it('give each function the time until the next sample, and leave waiting out', () => {
    const samples = toCpuSamples({
      profile: {
        nodes: [
          node(1, frame('(root)'), [2, 3, 4]),
          node(2, frame('(idle)')),
          node(3, frame('work', URLS.app)),
          node(4, frame('(garbage collector)')),
        ],
        startTime: 0,
        endTime: 10_000,
        samples: [3, 2, 4, 3],
        timeDeltas: [1000, 1000, 4000, -500],
      },
    });
    expect(samples).toMatchObject({ count: 4, idleMs: 4, collectorMs: 0, windowMs: 10 });
    expect(samples.roots.map(({ frame: { name, line }, self }) => [name, line, self])).toEqual([
      ['work', 7, 5.5],
      ['(garbage collector)', 0, 0],
    ]);
  });
});
