import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normaliseSql } from '../../../src/core/sql/normalise.ts';

describe('normaliseSql', () => {
  it.each([
    ["SELECT * FROM t WHERE a = 'x' AND b = 12", 'SELECT * FROM t WHERE a = ? AND b = ?'],
    ["SELECT 'it''s', E'a\\'b', B'01', U&'x', $$q'x$$, $tag$ $$ $tag$", 'SELECT ?, …'],
    ['SELECT a1, "b 2", t3.c FROM "T-4"', 'SELECT a1, "b 2", t3.c FROM "T-4"'],
    ['SELECT 1.5e10 + .5 - 0xFF * 1_000', 'SELECT ? + ? - ? * ?'],
    ['SELECT $1, x FROM t WHERE y = $12', 'SELECT $1, x FROM t WHERE y = $12'],
    ['SELECT 1 -- secret 7\nFROM t /* secret /* nested */ 8 */ WHERE a=1', 'SELECT ? FROM t WHERE a=?'],
    ['SELECT * FROM t WHERE id IN (1, 2, 3, 4)', 'SELECT * FROM t WHERE id IN (?, …)'],
    ['SELECT * FROM t WHERE id IN ($1, $2, $3)', 'SELECT * FROM t WHERE id IN ($1, …)'],
    ["INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')", 'INSERT INTO t VALUES (?, ?), …'],
    ["ALTER ROLE x PASSWORD 'hunter2'", 'ALTER ROLE x PASSWORD ?'],
    ['SELECT  a,\n\tb', 'SELECT a, b'],
    ['', ''],
  ])('%s', (sql, expected) => {
    expect(normaliseSql(sql)).toBe(expected);
  });

  it.each([
    ["SELECT * FROM t WHERE a = 'cut sec", 'SELECT * FROM t WHERE a = ?'],
    ["SELECT * FROM t WHERE a = E'cut sec\\", 'SELECT * FROM t WHERE a = ?'],
    ['SELECT $x$cut sec', 'SELECT ?'],
    ['SELECT 1 /* cut sec', 'SELECT ?'],
    ['SELECT "cut ident', 'SELECT "cut ident'],
  ])('hides a value that the server cut off: %s', (sql, expected) => {
    expect(normaliseSql(sql)).toBe(expected);
  });

  it('shortens long texts', () => {
    const text = normaliseSql(
      `SELECT ${Array.from({ length: 500 }, (_, index) => `column_${index}`).join(', ')}`,
      100,
    );
    expect(text).toHaveLength(100);
    expect(text.endsWith('…')).toBe(true);
  });

  it('never lets a value of a string through, wherever the text is cut', () => {
    const quoted = fc.string().map((text) => `'${text.replaceAll("'", "''")}SECRET'`);
    const dollar = fc.string().map((text) => `$a$${text.replaceAll('$', '')}SECRET$a$`);
    const comment = fc.string().map((text) => `/*${text.replaceAll(/[*/]/g, '')}SECRET*/`);
    fc.assert(
      fc.property(fc.array(fc.oneof(quoted, dollar, comment)), fc.nat(), (values, cut) => {
        const sql = `SELECT ${values.join(' , ')}`;
        expect(normaliseSql(sql)).not.toContain('SECRET');
        expect(normaliseSql(sql.slice(0, cut % (sql.length + 1)))).not.toContain('SECRET');
      }),
    );
  });
});
