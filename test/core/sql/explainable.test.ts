import { describe, expect, it } from 'vitest';
import { explainable } from '../../../src/core/sql/explainable.ts';

describe('explainable', () => {
  it.each([
    'SELECT id FROM orders WHERE customer_id = $1',
    '/* a comment */ select 1',
    '-- a comment\nSELECT 1;',
    'WITH a AS (SELECT 1) SELECT * FROM a',
    'SELECT "update" FROM t',
    'SELECT id FROM t WHERE id = $1 FOR UPDATE',
    "SELECT 'DROP TABLE x; --'",
    'SELECT $$ delete from x; $$',
  ])('%s may be planned', (sql) => {
    expect(explainable(sql)).toBeDefined();
  });

  it.each([
    'UPDATE orders SET n = $1',
    'SELECT 1; DROP TABLE orders',
    "SELECT 'a'; DELETE FROM x",
    'WITH gone AS (DELETE FROM orders RETURNING id) SELECT * FROM gone',
    'SELECT * INTO copy FROM orders',
    'EXPLAIN ANALYZE SELECT 1',
    'ANALYZE orders',
    'EXECUTE p(1)',
    'SET search_path = x',
    'COPY orders TO PROGRAM $1',
    '<insufficient privilege>',
    '/* SELECT */ DROP TABLE x',
    '/* /* */ SELECT 1 */ DROP TABLE x',
    '(SELECT 1)',
    '',
    `SELECT ${'x'.repeat(30_000)}`,
  ])('%s may not', (sql) => {
    expect(explainable(sql)).toBeUndefined();
  });

  it('names all that stands in it as the catalogue spells it', () => {
    expect(explainable('SELECT Shop.Total(o."Id") FROM Orders o')?.names).toEqual([
      'select',
      'shop',
      'total',
      'o',
      'Id',
      'from',
      'orders',
    ]);
  });
});
