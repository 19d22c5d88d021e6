import type { FlameChart, FlameFrame } from '../core/chart.ts';
import { formatValue } from '../core/unit.ts';
import { font } from './fonts.ts';
import { type DrawingContext, lineHeight } from './frame.ts';
import { type Measure, shortenEnd, toDrawable, wrapText } from './text.ts';
import { titleLines } from './time-layout.ts';

/** Height of a row with the gap beneath it, pixels. */
export const ROW = 62;
/** Rows that fit into a picture which a phone shows whole. */
const MOST_ROWS = 20;
/** A narrower frame cannot be seen; a row in which all are narrower than the second has no words. */
const LEAST_PIXELS = 2;
const LEAST_IN_ROW = 60;
/** Between the edge of a frame and its words. */
export const PADDING = 12;
/** Less of a name than this is no name. */
const LEAST_LETTERS = 4;

export interface PlacedFrame {
  readonly frame: FlameFrame;
  readonly words: string;
  readonly bold: boolean;
}

export interface FlameLayout {
  readonly title: readonly string[];
  readonly placed: readonly PlacedFrame[];
  readonly rows: number;
  /** Where the frames begin, pixels from the top. */
  readonly head: number;
  /** Beneath the legend. */
  readonly notes: readonly string[];
  readonly height: number;
}

/** Which frames are drawn and what is written on them. Pure. */
export function flameLayout(spec: FlameChart, context: DrawingContext): FlameLayout {
  const { frame, measure } = context;
  const plot = frame.width - 2 * frame.margin;
  const telling = spec.frames.filter(({ width }) => width * plot >= LEAST_IN_ROW);
  const deepest = Math.max(1, ...telling.map(({ depth }) => depth + 1));
  const rows = Math.min(MOST_ROWS, deepest);
  const drawn = spec.frames.filter(({ depth, width }) => depth < rows && width * plot >= LEAST_PIXELS);
  const title = titleLines(spec.title, context);
  const head = frame.margin + title.length * lineHeight(frame.titleSize) + 20;
  const notes = notesOf(spec, deepest > rows, context);
  return {
    title,
    placed: drawn.map((one) => {
      const bold = one.emphasis !== undefined;
      return { frame: one, bold, words: wordsOf(one, { most: one.width * plot, bold, context, measure }) };
    }),
    rows,
    head,
    notes,
    height: head + rows * ROW + (notes.length + 1) * lineHeight(frame.textSize) + frame.margin + 12,
  };
}

function notesOf(spec: FlameChart, deeper: boolean, { frame, measure }: DrawingContext): readonly string[] {
  const text = [
    `Width: share of the ${toDrawable(spec.measure)}; each function stands beneath its caller`,
    ...(spec.note === undefined ? [] : [toDrawable(spec.note)]),
    ...(deeper ? [`deeper than ${MOST_ROWS} calls not drawn`] : []),
  ].join(' · ');
  const box = { width: frame.width - 2 * frame.margin, maxLines: 3 };
  return wrapText(text, box, font(frame.textSize - 4), measure);
}

/** The most telling words that fit: name, place and share, name and share, the name, its beginning, or none. */
function wordsOf(
  { label, place, width }: FlameFrame,
  {
    most,
    bold,
    context,
    measure,
  }: {
    readonly most: number;
    readonly bold: boolean;
    readonly context: DrawingContext;
    readonly measure: Measure;
  },
): string {
  const css = font(context.frame.textSize - 4, bold ? 'bold' : 'normal');
  const room = most - 2 * PADDING;
  const name = toDrawable(label);
  const share = width < 0.01 ? '< 1 %' : formatValue(Math.round(width * 100) / 100, 'ratio');
  const where = toDrawable(place);
  const forms = [...(where === '' ? [] : [`${name}  ${where}  ${share}`]), `${name}  ${share}`, name];
  const whole = forms.find((form) => measure(form, css) <= room);
  if (whole !== undefined) return whole;
  if (room < measure('n'.repeat(LEAST_LETTERS), css)) return '';
  const short = shortenEnd(name, room, css, measure);
  return [...short].length >= LEAST_LETTERS ? short : '';
}
