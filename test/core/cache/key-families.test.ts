import { describe, expect, it } from 'vitest';
import { keyFamilies } from '../../../src/core/cache/key-families.ts';
import { cpuTimeMs } from '../../support/cpu-time.ts';

const many = (make: (index: number) => string, count = 30) =>
  Array.from({ length: count }, (_, index) => make(index));
const family = (key: string) => keyFamilies([key])[0];

describe('keyFamilies', () => {
  it.each([
    ['user:4711', 'user:*'],
    ['user:4711:5', 'user:*'],
    ['session:9f86d081884c7d659a2feaa0c55ad015', 'session:*'],
    ['session:0f8fad5b-d9cb-469f-a165-70867728950e', 'session:*'],
    ['day/2026-01-31/orders', 'day/*'],
    ['alice@example.org', '*'],
    ['mail:alice.smith+x@mail.example.org', 'mail:*'],
    ['token=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.x-y', 'token=*'],
    ['seen:10.1.2.3', 'seen:*'],
    ['4111111111111111', '*'],
    ['feed', 'feed'],
    ['bull:emails:42', 'bull:*'],
    ['shopCart:7', 'shopCart:*'],
    ['user42:cart', 'user*'],
    ['kJx9_aZ:q', '*'],
    ['feed:alice', 'feed:*'],
    ['', '*'],
    ['\u0000\u0001\uFFFD', '*'],
    ["x'; DROP TABLE y", '*'],
    ['<!channel>:1', '*'],
  ])('%j is of the family %s', (key, expected) => {
    expect(family(key)).toBe(expected);
  });

  it('shows a word inside a key when many keys share it', () => {
    const keys = [...many((n) => `cart:${n}:items`), ...many((n) => `cart:${n}:total`)];
    expect(new Set(keyFamilies(keys))).toEqual(new Set(['cart:*:items', 'cart:*:total']));
  });

  it('counts what stands behind names together, and hides the names', () => {
    const names = [
      'alice',
      'bob',
      'carol',
      'dave',
      'erin',
      'frank',
      'grace',
      'heidi',
      'ivan',
      'judy',
      'mallory',
    ];
    expect(new Set(keyFamilies(names.map((name) => `profile:${name}:photo`)))).toEqual(
      new Set(['profile:*:photo']),
    );
  });

  it('takes many different first words for what they are: names', () => {
    const letters = many((n) => String.fromCharCode(97 + Math.floor(n / 26), 97 + (n % 26)), 300);
    expect(new Set(keyFamilies([...letters, ...many((n) => `page:${n}`)]))).toEqual(new Set(['*', 'page:*']));
  });

  it('groups 50,000 keys quickly', () => {
    const keys = many((n) => `search:${n.toString(36)}:${n % 7}:page:${n}`, 50_000);
    const spent = cpuTimeMs(() => {
      expect(new Set(keyFamilies(keys)).size).toBeLessThan(20);
    });
    expect(spent).toBeLessThan(10_000);
  });
});
