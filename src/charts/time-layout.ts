import type { ChartMark, TimeChart } from '../core/chart.ts';
import { formatValue } from '../core/unit.ts';
import { font } from './fonts.ts';
import { type DrawingContext, lineHeight } from './frame.ts';
import { isMissed } from './missed.ts';
import { labelRows } from './spread-labels.ts';
import { shortenMiddle, toDrawable, wrapText } from './text.ts';
import { type TimeAxis, timeAxis } from './time-axis.ts';
import { type DrawnLine, drawnLines, omittedLines } from './time-lines.ts';
import { type Span, timeSpan, valueRange, visibleMarks } from './time-ranges.ts';
import type { ValueAxis } from './value-axis.ts';

/** A label above the plot; `row` 0 is the one nearest to it. */
export interface MarkLabel {
  readonly mark: ChartMark;
  readonly text: string;
  readonly width: number;
  readonly row: number;
}

/** A label at the right of the plot, for a value on the axis. */
export interface EdgeLabel {
  readonly value: number;
  readonly rows: readonly string[];
  readonly colour: string;
  readonly bold: boolean;
}

/** Everything that is known before Chart.js draws. Pixels. */
export interface TimeLayout {
  readonly title: readonly string[];
  readonly lines: readonly DrawnLine[];
  readonly values: ValueAxis;
  readonly span: Span;
  readonly times: TimeAxis;
  readonly caption: string;
  readonly marks: readonly MarkLabel[];
  readonly edge: readonly EdgeLabel[];
  readonly plot: {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  };
}

/** Works out what is shown where; undefined when there is no point to draw. */
export function timeLayout(spec: TimeChart, context: DrawingContext): TimeLayout | undefined {
  const { frame, measure, zone } = context;
  const lines = drawnLines(spec, context.theme);
  if (lines.length === 0) return undefined;
  const css = font(frame.textSize);
  const line = lineHeight(frame.textSize);
  const values = valueRange(spec, lines, frame.compact ? 3 : 5);
  const span = timeSpan(lines, spec.marks);
  const times = timeAxis({ ...span, zone, most: frame.compact ? 4 : 7 });
  const title = titleLines(spec.title, context);
  const edge = frame.compact ? [] : edgeLabels(spec, lines, context);
  const ticks = Math.max(...axisValues(values).map((value) => measure(values.label(value), css)));
  const edgeWidth = Math.max(
    0,
    ...edge.flatMap(({ rows }) => rows.map((row) => measure(row, font(frame.textSize, 'bold')))),
  );
  const plot = {
    left: frame.margin + ticks + 18,
    right: frame.width - frame.margin - (edgeWidth === 0 ? 8 : edgeWidth + 26),
  };
  const marks = markLabels(visibleMarks(spec, span), { span, times, plot, context });
  const head = frame.margin + title.length * lineHeight(frame.titleSize) + (frame.compact ? line + 8 : 14);
  const rows = Math.max(0, ...marks.map(({ row }) => row + 1));
  return {
    title,
    lines,
    values,
    span,
    times,
    caption: captionOf(spec, times, lines),
    marks,
    edge,
    plot: {
      ...plot,
      top: head + rows * (line + 4) + 10,
      bottom: frame.height - frame.margin - line * (frame.compact ? 1 : 2) - 14,
    },
  };
}

/** The values at which the axis has ticks. */
export function axisValues({ min, max, step }: ValueAxis): readonly number[] {
  const count = Math.round((max - min) / step);
  return Array.from({ length: count + 1 }, (_, index) => min + index * step).filter(
    (value) => value <= max * (1 + 1e-9),
  );
}

/** The title as it fits over the whole width of the picture. */
export function titleLines(title: string, { frame, measure }: DrawingContext): readonly string[] {
  const box = { width: frame.width - 2 * frame.margin, maxLines: frame.titleLines };
  return wrapText(toDrawable(title), box, font(frame.titleSize, 'bold'), measure);
}

function captionOf(spec: TimeChart, times: TimeAxis, lines: readonly DrawnLine[]): string {
  const omitted = omittedLines(spec);
  const notes = [times.title];
  if (lines.every(({ single }) => single)) notes.push('a single measurement');
  if (omitted > 0) notes.push(`${omitted} more lines not drawn`);
  return notes.join(' · ');
}

function edgeLabels(
  spec: TimeChart,
  lines: readonly DrawnLine[],
  { frame, theme, measure }: DrawingContext,
): readonly EdgeLabel[] {
  const room = frame.width * 0.2;
  const css = font(frame.textSize, 'bold');
  const wrap = (text: string) => wrapText(toDrawable(text), { width: room, maxLines: 2 }, css, measure);
  const labels: EdgeLabel[] = lines.map(({ label, colour, emphasis, last }) => ({
    value: last.value,
    rows: [
      ...(lines.length > 1 ? [shortenMiddle(label, room, css, measure)] : []),
      formatValue(last.value, spec.unit),
    ],
    colour: lines.length === 1 && isMissed(spec, last.value) ? theme.breach : colour,
    bold: emphasis,
  }));
  if (spec.threshold) {
    labels.push({
      value: spec.threshold.value,
      rows: wrap(spec.threshold.label),
      colour: theme.threshold,
      bold: true,
    });
  }
  if (spec.band) {
    const middle = (spec.band.lower + spec.band.upper) / 2;
    labels.push({ value: middle, rows: wrap(spec.band.label), colour: theme.quietText, bold: false });
  }
  return labels;
}

interface MarkRoom {
  readonly span: Span;
  readonly times: TimeAxis;
  readonly plot: { readonly left: number; readonly right: number };
  readonly context: DrawingContext;
}

function markLabels(
  marks: readonly ChartMark[],
  { span, plot, context, times }: MarkRoom,
): readonly MarkLabel[] {
  const { frame, measure } = context;
  if (frame.compact) return marks.map((mark) => ({ mark, text: '', width: 0, row: -1 }));
  const css = font(frame.textSize);
  const texts = marks.map((mark) =>
    shortenMiddle(`${times.clock(mark.at)} ${toDrawable(mark.label)}`, frame.width * 0.42, css, measure),
  );
  const boxes = marks.map((mark, index) => {
    const width = measure(texts[index] ?? '', css);
    const x = plot.left + ((mark.at - span.from) / (span.to - span.from)) * (plot.right - plot.left);
    return { ...markBox(x, width, frame.width - frame.margin, plot.left), width };
  });
  const rows = labelRows(boxes, 28);
  return marks.map((mark, index) => ({
    mark,
    text: texts[index] ?? '',
    width: boxes[index]?.width ?? 0,
    row: rows[index] ?? 0,
  }));
}

/** Where a mark's label stands: it begins at its line, and moves left as far as the edge of the picture asks. */
export function markBox(
  x: number,
  width: number,
  edge: number,
  start: number,
): { left: number; right: number } {
  const left = Math.max(start, Math.min(x, edge - width));
  return { left, right: left + width };
}
