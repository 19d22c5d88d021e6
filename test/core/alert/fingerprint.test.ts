import { describe, expect, it } from 'vitest';
import { labelFingerprint, stableId } from '../../../src/core/alert/fingerprint.ts';

describe('labelFingerprint', () => {
  it('is the FNV-1a offset basis for no labels', () => {
    expect(labelFingerprint({})).toBe('cbf29ce484222325');
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
