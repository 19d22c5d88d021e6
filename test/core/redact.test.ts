import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../src/core/redact.ts';
import { cpuTimeMs } from '../support/cpu-time.ts';

describe('createRedactor', () => {
  const redact = createRedactor(['s3cret-value!', 'p$1&a(b)c', 'dev']);

  it.each([
    ['a known value', 'got s3cret-value! here', 'got [redacted] here'],
    ['a known value with special characters', 'x p$1&a(b)c y', 'x [redacted] y'],
    ['a known value, percent-encoded', '/a?x=p%241%26a(b)c', '/a?x=[redacted]'],
    [
      'a known value in base64',
      Buffer.from('s3cret-value!').toString('base64').replace(/=+$/, ''),
      '[redacted]',
    ],
    ['credentials in a URL', 'postgres://app:hunter2@db:5432/x', 'postgres://app:[redacted]@db:5432/x'],
    ['a password with an at sign', 'redis://:a@b@cache:6379', 'redis://:[redacted]@cache:6379'],
    ['a bot token', 'token xoxb-123-456-abcDEF', 'token [redacted]'],
    ['an app token', 'xapp-1-A02-99-abcdef', '[redacted]'],
    ['a bearer token', 'Authorization: Bearer abc.def-123', 'Authorization: Bearer [redacted]'],
    ['basic credentials', 'authorization: Basic dXNlcjpwYXNz', 'authorization: Basic [redacted]'],
    ['a query parameter', '/alerts/generic?token=abc123&x=1', '/alerts/generic?token=[redacted]&x=1'],
    ['a key of JSON', '{"slack_token":"abc\\"def","n":1}', '{"slack_token":"[redacted]","n":1}'],
    [
      'an incoming webhook',
      'https://hooks.slack.com/services/T0/B0/abc',
      'https://hooks.slack.com/services/[redacted]',
    ],
    ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----', '[redacted]'],
  ])('hides %s', (_, text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it.each([
    'p95 3.4 s, usually 0.4 s',
    'http://127.0.0.1:3001/api/health and someone@example.com',
    'a short known value such as dev stays',
    'send the bearer header or a bearer credential',
    'connect ECONNREFUSED 10.0.0.1:5432',
  ])('leaves "%s" alone', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('does nothing odd without secrets', () => {
    expect(createRedactor([])('plain')).toBe('plain');
  });

  it('keeps any JSON line valid JSON', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), fc.string(), fc.string(), (json, url, password) => {
        const line = JSON.stringify({ json, url: `http://a:80${url}`, password, to: 'x@y', token: json });
        expect(() => JSON.parse(redact(line))).not.toThrow();
      }),
    );
  });

  it('is fast on long hostile text', () => {
    const text = `${'a:'.repeat(50_000)}${'"token'.repeat(10_000)}${'://x:'.repeat(20_000)}`;
    const spent = cpuTimeMs(() => {
      redact(text);
    });
    expect(spent).toBeLessThan(2_000);
  });
});
