import { describe, expect, it } from 'vitest';
import { toTimestamp } from '../../src/ingress/timestamp.ts';

const AT = Date.UTC(2026, 4, 4, 11, 58, 2);

describe('toTimestamp', () => {
  it.each([
    ['2026-05-04T11:58:02Z', AT],
    ['2026-05-04T11:58:02.123456789Z', AT + 123],
    ['2026-05-04T13:58:02+02:00', AT],
    ['2026-05-04T13:58:02.000+0200', AT],
    ['2026-05-04 11:58:02', AT],
    ['2026-05-04 11:58:02 UTC', AT],
    ['2026-05-04 11:58:02.5 +0000 UTC', AT + 500],
    ['2026-05-04T11:58', AT - 2000],
    [AT / 1000, AT],
    [AT, AT],
    [AT * 1e6, AT],
    [String(AT), AT],
    [`${AT}002246`, AT],
  ])('reads %j', (value, expected) => {
    expect(toTimestamp(value)).toBe(expected);
  });

  it.each([
    '0001-01-01T00:00:00Z',
    '1969-12-31T00:00:00Z',
    '2026-13-45T99:99:99Z',
    'now',
    '',
    0,
    12,
    null,
    true,
    [],
    undefined,
  ])('does not take %j for a time', (value) => {
    expect(toTimestamp(value)).toBeUndefined();
  });
});
