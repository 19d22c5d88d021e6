import { describe, expect, it } from 'vitest';
import { fileOf, kindOf, nameOf, placeOf } from '../../../src/probes/node/frame-words.ts';
import { folderOf } from '../../../src/probes/node/program.ts';

const frame = (url: string, name = 'work', line = 7) => ({ url, name, line });

describe('whose code it is, and where it stands', () => {
  it.each([
    ['file:///srv/app/src/orders.js', 'application', 'src/orders.js:7'],
    ['/srv/app/src/orders.cjs', 'application', 'src/orders.cjs:7'],
    ['file:///srv/app/with%20space.js', 'application', 'with space.js:7'],
    ['file:///srv/application/x.js', 'application', '/srv/application/x.js:7'],
    ['/srv/app/node_modules/pg/lib/query.js', 'library', 'node_modules/pg/lib/query.js:7'],
    [
      '/srv/app/node_modules/.pnpm/pg@8/node_modules/pg/x.js',
      'library',
      'node_modules/.pnpm/pg@8/node_modules/pg/x.js:7',
    ],
    ['/srv/app/.yarn/cache/pg.zip/x.js', 'library', '.yarn/cache/pg.zip/x.js:7'],
    ['node:internal/timers', 'node', 'node:internal/timers:7'],
    ['', 'engine', ''],
    ['evalmachine.<anonymous>', 'application', 'evalmachine.<anonymous>:7'],
    ['[eval]', 'application', '[eval]:7'],
    ['webpack-internal:///./lib/orders.js', 'application', 'webpack-internal:///./lib/orders.js:7'],
    ['webpack-internal:///./node_modules/pg/x.js', 'library', 'webpack-internal:///./node_modules/pg/x.js:7'],
    ['wasm://wasm/0a', 'engine', ''],
  ] as const)('%s', (url, kind, place) => {
    expect(kindOf(frame(url))).toBe(kind);
    expect(placeOf(frame(url), '/srv/app')).toBe(place);
  });

  it('keeps the end of a path that is too long, and stays a text of one line', () => {
    const long = placeOf(frame(`/srv/${'deep/'.repeat(100)}orders.js`), '/srv/app');
    expect(long).toMatch(/^….*orders\.js:7$/);
    expect(long.length).toBeLessThan(210);
    expect(placeOf(frame('/srv/app/a\nb\u202Egpj.js'), '/srv/app')).toBe('a b gpj.js:7');
    expect(fileOf(frame('file:///srv/%00%zz'))).toBeUndefined();
  });

  it.each([
    ['', '(anonymous)'],
    ['get orders', 'get orders'],
    ['a\u0000b\u001b[31m', 'a b [31m'],
    ['x'.repeat(500), `${'x'.repeat(119)}…`],
  ])('a function called %j', (name, expected) => {
    expect(nameOf(frame('', name))).toBe(expected);
  });
});

describe('the folder of a program', () => {
  const program = (cwd: string, script: string) => ({
    cwd,
    script,
    node: 'v24.0.0',
    loop: { active: 0, idle: 0 },
    heapUsed: 0,
    heapLimit: 1,
  });
  it.each([
    ['/srv/app', '/srv/app/dist/server.js', '/srv/app'],
    ['/', '/app/server.js', '/app'],
    ['/home/node', '/srv/app/server.js', '/srv/app'],
    ['/srv/app', '', '/srv/app'],
  ])('in %s, %s: %s', (cwd, script, expected) => {
    expect(folderOf(program(cwd, script))).toBe(expected);
  });
});
