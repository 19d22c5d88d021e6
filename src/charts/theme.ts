import type { ChartMark } from '../core/chart.ts';

export type ThemeName = 'dark' | 'light';

/** Colours of a picture as `#rrggbb`. Each picture brings its own opaque ground, so Slack's theme does not matter. */
export interface ChartTheme {
  readonly ground: string;
  readonly plot: string;
  readonly text: string;
  readonly quietText: string;
  readonly grid: string;
  /** The line a finding is about. */
  readonly emphasis: string;
  /** The other lines, in the order they are given; told apart by colour-blind people too. */
  readonly others: readonly string[];
  readonly threshold: string;
  readonly breach: string;
  readonly band: string;
  readonly bar: string;
  readonly marks: Readonly<Record<ChartMark['kind'], string>>;
  /** Frames of a call tree; words on `hot`, `own` and `package` are in `ink`. */
  readonly flame: {
    readonly hot: string;
    readonly own: string;
    readonly package: string;
    readonly ink: string;
  };
}

/**
 * Hues of Okabe and Ito ("Color Universal Design", 2008), lightened or darkened until text in them has a contrast of
 * at least 4.5 : 1 (WCAG 2.2, 1.4.3) on the ground and on the plot.
 */
const THEMES: Readonly<Record<ThemeName, ChartTheme>> = {
  dark: {
    ground: '#181c24',
    plot: '#1f2530',
    text: '#f2f4f8',
    quietText: '#b4bdcb',
    grid: '#343c4a',
    emphasis: '#56b4e9',
    others: ['#c4a3e0', '#4fc9a4', '#f0e442', '#e59ac2', '#aab4c3', '#8fa8ff', '#d6b88a'],
    threshold: '#ffb347',
    breach: '#ff7f5c',
    band: '#8a97ab',
    bar: '#5d7896',
    marks: { onset: '#ff7f5c', change: '#d3b3f0', breach: '#ff7f5c', resolved: '#4fd6a8' },
    flame: { hot: '#ffb347', own: '#a9bdd6', package: '#74859c', ink: '#14171e' },
  },
  light: {
    ground: '#f6f7f9',
    plot: '#ffffff',
    text: '#1a1f29',
    quietText: '#4d5768',
    grid: '#dfe3ea',
    emphasis: '#0060a0',
    others: ['#7a4fa3', '#00725a', '#7a6a00', '#a63e7c', '#5c6675', '#3c53b8', '#7d5a24'],
    threshold: '#8f5a00',
    breach: '#b83800',
    band: '#6b7890',
    bar: '#6f8db0',
    marks: { onset: '#b83800', change: '#6b3fa0', breach: '#b83800', resolved: '#00725a' },
    flame: { hot: '#cf7300', own: '#7491b4', package: '#838fa0', ink: '#101319' },
  },
};

/** The colours of a theme. */
export function chartTheme(name: ThemeName): ChartTheme {
  return THEMES[name];
}

/** `#rrggbb` with an opacity of 0..1, as `#rrggbbaa`. */
export function withOpacity(colour: string, opacity: number): string {
  return `${colour}${Math.round(opacity * 255)
    .toString(16)
    .padStart(2, '0')}`;
}

/** Contrast of two `#rrggbb` colours, 1..21, as WCAG 2.2 defines it. */
export function contrastRatio(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const share = Number.parseInt(colour.slice(start, start + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
