import { describe, expect, it } from 'vitest';
import {
  filteredColumns,
  mentionsTable,
  quoteName,
  tablesOf,
} from '../../../src/core/sql/statement-shape.ts';

describe('filteredColumns', () => {
  it.each([
    ['SELECT id FROM orders WHERE customer_id = $1', 'public.orders', ['customer_id']],
    ['select "id" from "orders" where "customerId" = $1 limit $2', 'orders', ['customerId']],
    [
      'SELECT * FROM orders o JOIN users u ON u.id = o.user_id WHERE o.state = $1 AND u.email = $2',
      'orders',
      ['state'],
    ],
    [
      'SELECT * FROM orders o JOIN users u ON u.id = o.user_id WHERE o.state = $1 AND u.email = $2',
      'users',
      ['email'],
    ],
    ['SELECT * FROM orders WHERE created_at > $1 AND shop_id IN ($2, …)', 'orders', ['shop_id']],
    ['SELECT * FROM orders WHERE created_at > $1 ORDER BY total', 'orders', ['created_at']],
    ['SELECT * FROM orders WHERE note <> $1', 'orders', []],
    ['UPDATE orders SET state = $1 WHERE customer_id = $2', 'orders', ['customer_id']],
    ['DELETE FROM orders WHERE public.orders.id = $1', 'orders', ['id']],
    ['SELECT count(*) FROM orders', 'orders', []],
    ['SELECT * FROM users WHERE id = $1', 'orders', []],
    ['SELECT * FROM "Shop Orders" WHERE name LIKE $1', 'public."Shop Orders"', ['name']],
  ])('%s', (sql, table, columns) => {
    expect(filteredColumns(sql, table)).toEqual(columns);
  });
});

describe('tables of a statement', () => {
  it('knows aliases, and does not take a keyword for one', () => {
    expect(tablesOf('SELECT 1 FROM a AS x JOIN "B" ON true LEFT JOIN s.c WHERE 1')).toEqual([
      { table: 'a', alias: 'x' },
      { table: 'B', alias: 'B' },
      { table: 'c', alias: 'c' },
    ]);
  });

  it('compares names without schema', () => {
    expect(mentionsTable('SELECT 1 FROM sales.orders', 'public.orders')).toBe(true);
    expect(mentionsTable('SELECT 1 FROM orders_old', 'public.orders')).toBe(false);
  });

  it('quotes what needs it', () => {
    expect([quoteName('plain_1'), quoteName('Mixed'), quoteName('a"b')]).toEqual([
      'plain_1',
      '"Mixed"',
      '"a""b"',
    ]);
  });
});
