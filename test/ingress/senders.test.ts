import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { SENDERS } from '../../src/ingress/senders.ts';

const NOW = Date.UTC(2026, 4, 4);
const NAMES =
  'title alerts labels annotations status state startsAt endsAt commonLabels groupKey evalMatches tags heartbeat';
const MORE_NAMES =
  'specversion TopicArn Message events incident id severity valueString __proto__ constructor';

/** Any JSON, with many of the names that parsers look for. */
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.string(),
    fc.double(),
    fc.boolean(),
    fc.constantFrom(null, 'ok', 'firing', '2026-01-01T00:00:00Z', '$HOST'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...`${NAMES} ${MORE_NAMES}`.split(' ')), tie('value'), { maxKeys: 6 }),
  ),
})).value;

describe.each(Object.entries(SENDERS))('%s', (sender, parse) => {
  it('makes alerts of any JSON, or refuses it with the reasons', () => {
    fc.assert(
      fc.property(json, (value) => {
        const problems: unknown[] = [];
        try {
          const batch = parse(JSON.stringify(value), NOW);
          expect(batch.sender).toBe(sender);
          for (const alert of batch.alerts) {
            expect(alert.fingerprint).not.toBe('');
            expect(Number.isFinite(alert.startsAt)).toBe(true);
            expect(Object.keys(alert.labels)).not.toEqual([]);
            const texts = [...Object.values(alert.labels), ...Object.values(alert.annotations)];
            expect(texts.every((text) => typeof text === 'string' && text !== '')).toBe(true);
          }
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          problems.push(...error.problems);
          expect(problems).not.toEqual([]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('refuses any other text', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !/^[\s\uFEFF]*[[{]/.test(text)),
        (text) => {
          expect(() => parse(text, NOW)).toThrow(InputError);
        },
      ),
    );
  });
});
