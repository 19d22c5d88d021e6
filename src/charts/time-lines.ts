import type { ChartLine, TimeChart } from '../core/chart.ts';
import type { Point } from '../core/evidence.ts';
import { toDrawable } from './text.ts';
import type { ChartTheme } from './theme.ts';

/** More lines than this cannot be told apart. */
const MOST_LINES = 8;

/** A pause this many times longer than usual between two points is a gap: nothing was measured. */
const GAP_FACTOR = 3.5;

/** A line as it is drawn. `y` NaN breaks it. */
export interface DrawnLine {
  readonly label: string;
  readonly colour: string;
  readonly emphasis: boolean;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** The newest measured point. */
  readonly last: Point;
  readonly single: boolean;
}

/** The lines with anything to show, the emphasised ones last so that they lie on top. */
export function drawnLines(spec: TimeChart, theme: ChartTheme): readonly DrawnLine[] {
  const filled = spec.lines
    .map((line) => ({ line, points: measured(line.points) }))
    .filter(({ points }) => points.length > 0);
  const alone = filled.length === 1;
  const loud = filled.filter(({ line }) => alone || line.emphasis === true);
  const quiet = filled.filter((candidate) => !loud.includes(candidate));
  const kept = [...loud, ...quiet].slice(0, MOST_LINES);
  return kept
    .map(({ line, points }, index) => ({
      ...drawn(line, points),
      emphasis: index < loud.length,
      colour: colourOf(index, loud.length, theme),
    }))
    .toReversed();
}

/** How many lines with points a chart leaves out. */
export function omittedLines(spec: TimeChart): number {
  return Math.max(0, spec.lines.filter(({ points }) => measured(points).length > 0).length - MOST_LINES);
}

function colourOf(index: number, loud: number, theme: ChartTheme): string {
  if (index === 0 && loud > 0) return theme.emphasis;
  return theme.others[(index - Math.min(loud, 1)) % theme.others.length] ?? theme.emphasis;
}

function drawn(line: ChartLine, points: readonly Point[]): Omit<DrawnLine, 'emphasis' | 'colour'> {
  const last = points[points.length - 1] as Point;
  return { label: toDrawable(line.label), points: withGaps(points), last, single: points.length === 1 };
}

function measured(points: readonly Point[]): readonly Point[] {
  const finite = points.filter(({ value }) => Number.isFinite(value));
  const ordered = finite.every((point, index) => index === 0 || point.at >= (finite[index - 1] as Point).at);
  return ordered ? finite : finite.toSorted((a, b) => a.at - b.at);
}

function withGaps(points: readonly Point[]): readonly { readonly x: number; readonly y: number }[] {
  const pauses = points.slice(1).map((point, index) => point.at - (points[index] as Point).at);
  const usual = pauses.toSorted((a, b) => a - b)[Math.floor(pauses.length / 2)] ?? 0;
  return points.flatMap(({ at, value }, index) => {
    const pause = pauses[index - 1];
    const gap = pause !== undefined && usual > 0 && pause > usual * GAP_FACTOR;
    return gap
      ? [
          { x: at - pause / 2, y: Number.NaN },
          { x: at, y: value },
        ]
      : [{ x: at, y: value }];
  });
}
