import { describe, expect, it } from 'vitest';
import { formatValue, type Unit } from '../../src/core/unit.ts';

describe('formatValue', () => {
  it.each<[number, Unit, string]>([
    [0.4, 'ms', '0.4 ms'],
    [412, 'ms', '412 ms'],
    [3400, 'ms', '3.4 s'],
    [840_000, 'ms', '14 min'],
    [12_000_000, 'ms', '3 h 20 min'],
    [187_200_000, 'ms', '2 d 4 h'],
    [0, 'bytes', '0 B'],
    [1_234_567, 'bytes', '1.23 MB'],
    [2_000, 'bytes_per_second', '2 kB/s'],
    [0.968, 'ratio', '96.8 %'],
    [0.002, 'ratio', '0.2 %'],
    [2280, 'per_minute', '2,280/min'],
    [999_400, 'count', '999,400'],
    [10_523_752, 'per_second', '10.5 million/s'],
    [1_234_000_000, 'count', '1,230 million'],
    [1, 'cores', '1 core'],
    [1.5, 'cores', '1.5 cores'],
    [0.000_01, 'count', '< 0.01'],
    [Number.NaN, 'ms', 'not measured'],
  ])('%d %s is %s', (value, unit, expected) => {
    expect(formatValue(value, unit)).toBe(expected);
  });
});
