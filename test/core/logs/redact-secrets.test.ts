import { describe, expect, it } from 'vitest';
import { redactSecrets } from '../../../src/core/logs/redact-secrets.ts';

const hidden: readonly string[] = [
  'node app.js --password=hunter22',
  'node app.js --db-password hunter22',
  'connecting to postgres://shop:hunter22@db:5432/shop',
  'authorization: Bearer hunter22hunter22',
  '{"password":"hunter22"}',
  "{ password: 'hunter22' }",
  'GET /login?token=hunter22&x=1 200',
  'API_KEY=hunter22 node x.js',
  'using ghp_hunter22hunter22hunter22',
  'mail sent to hunter22@example.com',
];

describe('redactSecrets', () => {
  it.each(hidden)('hides the secret in: %s', (line) => {
    const redacted = redactSecrets(line);
    expect(redacted).not.toContain('hunter22');
    expect(redacted).toMatch(/\[redacted\]|\[email\]/);
  });

  it.each(['12 tokens were counted', 'key not found', 'GET /passwords 200', 'user@host: connected'])(
    'leaves alone: %s',
    (line) => {
      expect(redactSecrets(line)).toBe(line);
    },
  );
});
