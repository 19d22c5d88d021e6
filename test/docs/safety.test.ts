import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './pages.ts';

const PAGE = readFileSync(join(ROOT, 'docs/safety.md'), 'utf8');
const SHOWN = /^- `(test\/[\w./-]+)`: "(.+)"$/gm;
const RULES = PAGE.split(/^## /m).slice(1);

describe('docs/safety.md', () => {
  it('has the fourteen rules in order, each with how it is held', () => {
    const numbers = RULES.map((rule) => Number(/^(\d+)\. /.exec(rule)?.[1])).filter(Number.isFinite);
    expect(numbers).toEqual(Array.from({ length: 14 }, (_, index) => index + 1));
  });

  it.each(RULES.map((rule) => [rule.split('\n', 1)[0] ?? '', rule] as const))(
    'names tests that are there: %s',
    (_title, rule) => {
      const shown = [...rule.matchAll(SHOWN)];
      expect(shown.length).toBeGreaterThan(0);
      for (const [line, file = '', name = ''] of shown) {
        expect(existsSync(join(ROOT, file)), line).toBe(true);
        const text = readFileSync(join(ROOT, file), 'utf8').replaceAll("\\'", "'");
        expect(text.includes(`it('${name}'`) || text.includes(`'${name}',`), line).toBe(true);
      }
      // A list entry that the pattern does not read would not be looked at.
      expect(rule.match(/^- /gm)?.length).toBe(shown.length);
    },
  );
});
