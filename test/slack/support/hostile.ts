import fc from 'fast-check';
import { SIGNS } from './only-own-markup.ts';

const NASTY = [
  '<!channel> <!here> <@U012AB3CD> <#C1|x> <https://evil.example|ok>',
  '``` fence ```',
  SIGNS,
  `> ${SIGNS}`,
  '\u0000\u0007\u001b[31m\u202eevil\u2066\u2069\ufeff',
  '\ud800 lone \udfff',
  '👩‍👩‍👧‍👦'.repeat(400),
  'שלום مرحبا '.repeat(200),
  '&'.repeat(3_000),
  '<'.repeat(3_000),
  `SELECT ${'a_very_long_column, '.repeat(600)} 1`,
  '',
  ' \n\t ',
  '…',
  `z${'\u0335'.repeat(500)}`,
  '\n'.repeat(500),
];

/** Text that wants to break a message. */
export const hostileText = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...NASTY) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 60 }) },
);

export const hostileNumber = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e300, 8.64e15 + 1),
);
