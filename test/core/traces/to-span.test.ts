import { describe, expect, it } from 'vitest';
import { toSpan } from '../../../src/core/traces/to-span.ts';

const from = (operation: string, attributes: Readonly<Record<string, string>> = {}) =>
  toSpan({
    traceId: 't',
    spanId: 's',
    service: 'api',
    kind: 'client',
    startMs: 0,
    durationMs: 1,
    operation,
    isError: false,
    attributes,
  });

describe('toSpan', () => {
  it.each([
    [
      'postgresql',
      "SELECT * FROM users WHERE mail = 'eve@shop.test' AND id = 17",
      'SELECT * FROM users WHERE mail = ? AND id = ?',
    ],
    ['mysql', 'SELECT * FROM users WHERE mail = "eve@shop.test"', 'SELECT * FROM users WHERE mail = ?'],
    ['redis', 'SET session:17 hunter22', 'redis SET'],
    ['mongodb', '{"find":"users","filter":{"mail":"eve@shop.test"}}', 'mongodb command'],
  ])('keeps no value of a statement of %s', (system, text, expected) => {
    expect(from('query', { 'db.system': system, 'db.statement': text })).toMatchObject({
      statement: expected,
      isDatabase: true,
    });
    expect(from('query', { 'db.system.name': system, 'db.query.text': text }).statement).toBe(expected);
  });

  it.each([
    ['GET /items/17?token=hunter22', 'GET /items/:id'],
    ['https://shop.test/items/17', '/items/:id'],
    ["SELECT * FROM users WHERE mail = 'eve@shop.test'", 'SELECT * FROM users WHERE mail = ?'],
    ['checkout', 'checkout'],
    ['', '(no name)'],
  ])('names the operation %s', (operation, expected) => {
    expect(from(operation).operation).toBe(expected);
  });

  it.each([
    [{ 'peer.service': 'payments', 'server.address': '10.0.0.9' }, 'payments'],
    [{ 'server.address': 'db.internal' }, 'db.internal'],
    [{ 'http.url': 'http://user:secret@pay.internal:8080/charge?card=1' }, 'pay.internal:8080'],
    [{}, undefined],
  ])('knows the peer of %o', (attributes, expected) => {
    expect(from('call', attributes).peer).toBe(expected);
  });
});
