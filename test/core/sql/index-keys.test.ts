import { describe, expect, it } from 'vitest';
import { indexKeys, sortKeys } from '../../../src/core/sql/index-keys.ts';
import { cpuTimeMs } from '../../support/cpu-time.ts';

describe('indexKeys', () => {
  it.each<[string, string, readonly string[]]>([
    ['one column', '(orders.customer_id = $1)', ['customer_id']],
    ['a cast that changes nothing', '((orders.status)::text = $1)', ['status']],
    ['a cast that does', '((orders.at)::date = $1)', []],
    ['several, those with = first', '((orders.at >= $2) AND (orders.shop = $1))', ['shop', 'at']],
    ['a range alone', '((orders.at >= $2) AND (orders.at < $1))', ['at']],
    ['only one range', '((orders.at >= $2) AND (orders.total > $1))', ['at']],
    ['what it does not help', '((orders.note ~~ $2) AND (orders.note <> $1))', []],
    ['a list', '(orders.status = ANY (ARRAY[$1, $2]))', ['status']],
    ['a list as a value', '(orders.status = ANY (?::text[]))', ['status']],
    ['either this or that', '((orders.a = $1) OR (orders.b = $2))', []],
    ['a function that never changes', '(lower((orders.mail)::text) = $1)', ['lower(mail)']],
    ['a function that nobody knows', '(shop.total(orders.id) = $1)', []],
    ['the other way round', '($1 = orders.customer_id)', ['customer_id']],
    ['nothing there', '(orders.deleted_at IS NULL)', ['deleted_at']],
    ['names that need quotes', '(orders."Customer Id" = $1)', ['"Customer Id"']],
    ['a quote in a name', '(orders."a""b" = $1)', ['"a""b"']],
    ['two columns of one table', '(orders.a = orders.b)', []],
    ['another table', '(customers.id = $1)', []],
    ['a column of another table', '(orders.customer_id = customers.id)', ['customer_id']],
    ['arithmetic', '((orders.a + 1) = $1)', []],
    [
      'more than three',
      '((orders.a = $1) AND (orders.b = $2) AND (orders.c = $3) AND (orders.d = $4))',
      ['a', 'b', 'c'],
    ],
    ['nested', '((orders.a = $1) AND ((orders.b = $2) AND (orders.c > $3)))', ['a', 'b', 'c']],
    ['cut off', '((orders.a = $1) AND (orders.b = $', []],
    ['empty', '', []],
    ['a subplan', '(orders.a = (InitPlan 1).col1)', ['a']],
  ])('%s', (_name, filter, keys) => {
    expect(indexKeys(filter, 'orders').keys).toEqual(keys);
  });

  it('knows the table by its alias, also in quotes', () => {
    expect(indexKeys('("O".a = $1)', 'O').keys).toEqual(['a']);
    expect(indexKeys('(o.a = $1)', 'orders').keys).toEqual([]);
  });

  it('reads long nonsense quickly', () => {
    const spent = cpuTimeMs(() => {
      indexKeys(`${'('.repeat(300)}orders.a = $1${')'.repeat(299)}`, 'orders');
      indexKeys('a.'.repeat(400), 'orders');
    });
    expect(spent).toBeLessThan(5000);
  });
});

describe('sortKeys', () => {
  it.each<[string, readonly string[]]>([
    ['events.hash', ['hash']],
    ['e.created_at DESC, e.id', ['created_at DESC', 'id']],
    ['e."At" DESC NULLS LAST', ['"At" DESC NULLS LAST']],
    ['(lower(e.name))', []],
    ['e.a, (count(*))', []],
  ])('%s', (keys, expected) => {
    expect(sortKeys(keys)).toEqual(expected);
  });
});
