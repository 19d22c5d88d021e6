import { describe, expect, it } from 'vitest';
import { toHostPort } from '../../../src/probes/inventory/host-port.ts';

describe('toHostPort', () => {
  it.each([
    ['http://127.0.0.1:3001/base', ['127.0.0.1:3001', 'localhost:3001']],
    ['http://localhost:3001', ['127.0.0.1:3001', 'localhost:3001']],
    ['https://shop.example', ['shop.example:443', 'shop.example']],
    ['http://shop.example:80', ['shop.example:80', 'shop.example']],
    ['postgres://u:p@db/x', ['db:5432', 'db']],
    ['not a url', []],
  ])('%s', (url, expected) => {
    expect(toHostPort(url)).toEqual(expected);
  });
});
