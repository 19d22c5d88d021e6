import { expect, it } from 'vitest';
import { maskPath } from '../../../src/core/logs/mask-path.ts';

it.each([
  ['/', '/'],
  ['/items/17/parts?page=2#top', '/items/:id/parts'],
  ['/v1/users/0b2f1c9e-58d1-4b6e-9f10-2c8d4f0a1b22', '/v1/users/:id'],
  ['/orders/order-12345', '/orders/order-:id'],
  ['/static/main.4f3a2b1c.js', '/static/main.:id.js'],
  ['/reset/eyJhbGciOiJIUzI1NiJ9abc1', '/reset/:id'],
  ['/people/eve@shop.test', '/people/:id'],
  ['http://shop.test/items/17', '/items/:id'],
  ['/a/b/c/d/e/f/g/h/i', '/a/b/c/d/e/f/g/h/…'],
])('%s', (path, expected) => {
  expect(maskPath(path)).toBe(expected);
});
