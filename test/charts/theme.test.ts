import { describe, expect, it } from 'vitest';
import { chartTheme, contrastRatio } from '../../src/charts/theme.ts';

describe('contrastRatio', () => {
  it.each([
    ['#000000', '#ffffff', 21],
    ['#ffffff', '#ffffff', 1],
    ['#777777', '#ffffff', 4.48],
  ])('of %s on %s is %s', (one, other, expected) => {
    expect(contrastRatio(one, other)).toBeCloseTo(expected, 1);
  });
});

describe.each(['dark', 'light'] as const)('the %s theme', (name) => {
  const theme = chartTheme(name);
  const words = [
    theme.text,
    theme.quietText,
    theme.emphasis,
    ...theme.others,
    theme.threshold,
    theme.breach,
    ...Object.values(theme.marks),
  ];

  it.each([...new Set(words)])('can be read in %s on ground and plot (WCAG 1.4.3)', (colour) => {
    expect(contrastRatio(colour, theme.ground)).toBeGreaterThanOrEqual(4.5);
    expect(contrastRatio(colour, theme.plot)).toBeGreaterThanOrEqual(4.5);
  });

  it('shows bars against the ground (WCAG 1.4.11)', () => {
    expect(contrastRatio(theme.bar, theme.ground)).toBeGreaterThanOrEqual(3);
  });

  it.each(['hot', 'own', 'package'] as const)(
    'shows %s frames, and words on them (WCAG 1.4.11, 1.4.3)',
    (kind) => {
      expect(contrastRatio(theme.flame[kind], theme.ground)).toBeGreaterThanOrEqual(3);
      expect(contrastRatio(theme.flame.ink, theme.flame[kind])).toBeGreaterThanOrEqual(4.5);
    },
  );

  it('gives every line its own colour', () => {
    const lines = [theme.emphasis, ...theme.others];
    expect(new Set(lines).size).toBe(lines.length);
  });
});
