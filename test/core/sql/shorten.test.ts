import { describe, expect, it } from 'vitest';
import { layOutSql, shortenSql } from '../../../src/core/sql/shorten.ts';
import { cpuTimeMs } from '../../support/cpu-time.ts';

const columns = Array.from({ length: 40 }, (_, index) => `orders.column_${index}`).join(', ');

describe('shortenSql', () => {
  it.each([
    ['what fits stays', 'SELECT id FROM t', 40, 'SELECT id FROM t'],
    [
      'lists of columns go first',
      `SELECT ${columns} FROM orders JOIN customers c ON c.id = orders.customer_id WHERE c.mail = $1`,
      120,
      'SELECT … FROM orders JOIN customers c ON c.id = orders.customer_id WHERE c.mail = $1',
    ],
    [
      'at every depth',
      `SELECT id, (SELECT ${columns} FROM items WHERE items.id = o.id) FROM orders o WHERE EXISTS (SELECT ${columns} FROM lines WHERE a = $1)`,
      90,
      'SELECT … FROM orders o WHERE EXISTS (SELECT … FROM lines WHERE a = $1)',
    ],
    [
      'then what stands in brackets',
      'SELECT a FROM t WHERE id IN (SELECT x FROM y WHERE z = $1 AND w = $2) AND b = $3',
      50,
      'SELECT a FROM t WHERE id IN (…) AND b = $3',
    ],
    [
      'FROM in a function is none',
      'SELECT extract(year FROM at), some_other_column FROM t WHERE a = $1',
      40,
      'SELECT … FROM t WHERE a = $1',
    ],
    ['then the end', `UPDATE t SET ${columns}`, 20, 'UPDATE t SET orders…'],
    ['a name with a keyword in it', `SELECT "from", ${columns} FROM t`, 30, 'SELECT … FROM t'],
    ['an open quote', `SELECT "abc ${'x'.repeat(60)}`, 20, 'SELECT "abc xxxxxxx…'],
  ])('%s', (_name, sql, max, expected) => {
    expect(shortenSql(sql, max)).toBe(expected);
    expect(shortenSql(sql, max).length).toBeLessThanOrEqual(max);
  });

  it('never takes long', () => {
    const spent = cpuTimeMs(() => {
      shortenSql('('.repeat(10_000), 100);
      shortenSql('SELECT '.repeat(3000), 100);
      shortenSql(`${'(abcdefghijk '.repeat(2000)}${')'.repeat(2000)}`, 100);
    });
    expect(spent).toBeLessThan(10_000);
  });
});

describe('layOutSql', () => {
  it('puts each outer clause on a line and loses nothing', () => {
    const sql =
      'SELECT a, (SELECT b FROM c) FROM t LEFT JOIN u ON u.id = t.id WHERE x = $1 GROUP BY a ORDER BY a LIMIT $2';
    expect(layOutSql(sql)).toBe(
      'SELECT a, (SELECT b FROM c)\nFROM t\nLEFT JOIN u\nON u.id = t.id\nWHERE x = $1\nGROUP BY a\nORDER BY a\nLIMIT $2',
    );
    expect(layOutSql(sql).replaceAll('\n', ' ')).toBe(sql);
  });
});
