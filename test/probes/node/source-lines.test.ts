import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CdpSession } from '../../../src/probes/node/cdp-session.ts';
import { assertSmallEnough } from '../../../src/probes/node/program.ts';
import { readSourceLines } from '../../../src/probes/node/source-lines.ts';

/** Runs expressions here, with the `require` that an inspector gives them. */
const session: Pick<CdpSession, 'evaluate'> = {
  async evaluate(expression, answer) {
    const run: (require: NodeJS.Require) => unknown = runInThisContext(`(require) => ${expression}`);
    return answer.parse(JSON.parse(String(run(createRequire(import.meta.url)))));
  },
};

describe('lines of the source', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'perfbot-source-'));
    const source = ['first', '  const x = JSON.parse(text); // "quoted" ${y}', 'y'.repeat(5000)].join('\n');
    writeFileSync(join(folder, "it's.js"), source);
    writeFileSync(join(folder, 'secret.txt'), 'hunter22');
    writeFileSync(join(folder, 'huge.js'), 'x\n'.repeat(1_500_000));
    mkdirSync(join(folder, 'folder.js'));
    writeFileSync(join(folder, 'functions.js'), FUNCTIONS);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ['as it is written', "it's.js", 2, 'const x = JSON.parse(text); // "quoted" ${y}'],
    ['not one that a bundler made', "it's.js", 3, undefined],
    ['not one that is not there', "it's.js", 9, undefined],
    ['not line 0', "it's.js", 0, undefined],
    ['not of a file that is not there', 'gone.js', 1, undefined],
    ['not of what is no script by its name', 'secret.txt', 1, undefined],
    ['not of what is no file', 'folder.js', 1, undefined],
    ['not of a huge file', 'huge.js', 1, undefined],
  ])('%s', async (_, file, line, expected) => {
    expect(await readSourceLines(session, [{ file: join(folder, file), line }])).toEqual([
      { code: expected, isElsewhere: false },
    ]);
  });

  it('keeps the order of what was asked for', async () => {
    const file = join(folder, "it's.js");
    const lines = [2, 99, 1].map((line) => ({ file, line }));
    const read = await readSourceLines(session, lines);
    expect(read.map(({ code }) => code)).toEqual([expect.stringContaining('JSON.parse'), undefined, 'first']);
  });

  it.each([
    ['below the function', 2, 6, true],
    ['of a function that ends where it begins', 7, 9, true],
    ['above the function', 9, 4, true],
    ['in the function', 2, 4, false],
    ['the end of the function', 2, 5, false],
    ['behind parameters on lines of their own', 9, 14, false],
    ['in a function whose brace is on the next line', 16, 18, false],
  ])('tells a line that is not in the function: %s', async (_, start, line, isElsewhere) => {
    const [read] = await readSourceLines(session, [{ file: join(folder, 'functions.js'), line, start }]);
    expect(read?.isElsewhere).toBe(isElsewhere);
    expect(read?.code === undefined).toBe(isElsewhere);
  });
});

/** The lines count from 1, so that the first is empty. */
const FUNCTIONS = `
function first(n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += square(i);
}
const square = (x) => x * x; // not in the first
const twice = (x) => 2 * x;

function third(
  a,
  b,
) {
  if (a) {
    return b;
  }
function braced(a, b)
{
  return 1;
}
`;

describe('a heap that is too large for a profile', () => {
  const program = (heapUsed: number) => ({
    node: 'v24.0.0',
    script: '/app/app.js',
    cwd: '/app',
    loop: { active: 0, idle: 0 },
    heapUsed,
    heapLimit: 4e9,
  });

  it('is refused with the time for which the program would stop', () => {
    expect(() => assertSmallEnough(program(900e6), 'shop-api-1')).not.toThrow();
    expect(() => assertSmallEnough(program(2e9), 'shop-api-1')).toThrow(
      expect.objectContaining({
        reason: 'overloaded',
        userMessage: expect.stringMatching(/2 GB.*about 1\.6 s/),
      }),
    );
  });
});
