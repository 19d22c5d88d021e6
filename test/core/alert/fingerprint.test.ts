import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelFingerprint, stableId } from '../../../src/core/alert/fingerprint.ts';

describe('labelFingerprint', () => {
  it('is the FNV-1a offset basis for no labels', () => {
    expect(labelFingerprint({})).toBe('cbf29ce484222325');
  });

  it('is FNV-1a of 64 bit', () => {
    const reference = (labels: Readonly<Record<string, string>>) => {
      let hash = 0xcbf29ce484222325n;
      const bytes = Object.keys(labels)
        .sort()
        .flatMap((name) => [...Buffer.from(name), 0xff, ...Buffer.from(labels[name] ?? ''), 0xff]);
      for (const byte of bytes) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
      return hash.toString(16).padStart(16, '0');
    };
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string({ unit: 'binary' })), (labels) => {
        expect(labelFingerprint(labels)).toBe(reference(labels));
      }),
      { numRuns: 30 },
    );
  });

  it('does not depend on the order of labels', () => {
    expect(labelFingerprint({ a: '1', b: '2' })).toBe(labelFingerprint({ b: '2', a: '1' }));
  });

  it('tells names from values', () => {
    expect(labelFingerprint({ a: 'bc' })).not.toBe(labelFingerprint({ ab: 'c' }));
  });
});

describe('stableId', () => {
  it('is usable as a job id and tells lists apart', () => {
    expect(stableId('a', 'b')).toMatch(/^h[0-9a-f]{23}$/);
    expect(stableId('a', 'b')).not.toBe(stableId('ab'));
    expect(stableId('a', 'b')).toBe(stableId('a', 'b'));
  });
});
