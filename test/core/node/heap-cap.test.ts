import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { heapCapIn, heapCapInOptions } from '../../../src/core/node/heap-cap.ts';

describe('heapCapIn', () => {
  it.each([
    ['node server.js', undefined],
    ['node --max-old-space-size=300 server.js', 300],
    ['node --max_old_space_size=300 server.js', 300],
    ['node --max-old-space-size=300 --max-old-space-size=200 server.js', 200],
    ['node --max-old-space-size=0 server.js', undefined],
    ['node --max-old-space-size-percentage=60 --max-old-space-size=200 server.js', 'share'],
    ['sh -c exec node --max-old-space-size=300', 300],
  ])('%s', (command, expected) => {
    expect(heapCapIn(command.split(' '))).toBe(expected);
  });
});

describe('heapCapInOptions', () => {
  it.each([
    '',
    '--max-old-space-size=300',
    '  --max_old_space_size=300   --no-warnings',
    '"--max-old-space-size=300"',
    '--max-old-space-size="300"',
    '--title="a --max-old-space-size=7" --max-old-space-size=300',
    '--title="--max-old-space-size=7"',
    '--title="a \\" --max-old-space-size=7"',
    '--max-old-space-size=300 --max-old-space-size=200',
  ])('reads what Node itself reads: %s', (options) => {
    const limit = (env: NodeJS.ProcessEnv) =>
      Number(
        execFileSync(process.execPath, ['-p', 'v8.getHeapStatistics().heap_size_limit / 1048576'], {
          env,
          encoding: 'utf8',
        }),
      );
    const seen = heapCapInOptions(options);
    const same = typeof seen === 'number' ? { NODE_OPTIONS: `--max-old-space-size=${seen}` } : {};
    expect(limit({ NODE_OPTIONS: options })).toBe(limit(same));
  });
});
