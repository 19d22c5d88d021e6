import { expect, it } from 'vitest';
import { offsetOf } from '../../../src/core/monitor/offset.ts';

it('gives each target its own constant moment within the spread', () => {
  const offsets = Array.from({ length: 200 }, (_, index) => offsetOf(`container:${index}`, 3000));
  expect(offsets.every((offset) => offset >= 0 && offset < 3000)).toBe(true);
  expect(new Set(offsets.map((offset) => Math.floor(offset / 300))).size).toBe(10);
  expect(offsetOf('container:7', 3000)).toBe(offsets[7]);
});
