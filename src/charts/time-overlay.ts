import type { TimeChart } from '../core/chart.ts';
import { formatValue } from '../core/unit.ts';
import { font } from './fonts.ts';
import { type Brush, type DrawingContext, drawWords, lineHeight } from './frame.ts';
import { isMissed } from './missed.ts';
import { spreadLabels } from './spread-labels.ts';
import { shortenMiddle, toDrawable } from './text.ts';
import { type EdgeLabel, markBox, type TimeLayout } from './time-layout.ts';

/** Where Chart.js put things. */
export interface Placed {
  readonly area: {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  };
  x(at: number): number;
  y(value: number): number;
}

/** Draws all words of a time chart: title, labels of lines, target and marks, and the caption with the time zone. */
export function drawTimeWords(
  brush: Brush,
  spec: TimeChart,
  layout: TimeLayout,
  placed: Placed,
  context: DrawingContext,
): void {
  drawTitle(brush, layout.title, context);
  drawMarkLabels(brush, layout, placed, context);
  drawEdgeLabels(brush, layout.edge, layout, placed, context);
  const { frame, theme } = context;
  if (frame.compact) drawNumbers(brush, spec, layout, context);
  else {
    const y = frame.height - frame.margin - lineHeight(frame.textSize) / 2 + 6;
    drawWords(brush, {
      text: layout.caption,
      x: placed.area.left,
      y,
      colour: theme.quietText,
      size: frame.textSize - 4,
    });
  }
}

/** Draws the title at the top left. */
export function drawTitle(brush: Brush, lines: readonly string[], { frame, theme }: DrawingContext): void {
  const step = lineHeight(frame.titleSize);
  lines.forEach((text, index) => {
    const y = frame.margin + index * step + step / 2;
    drawWords(brush, { text, x: frame.margin, y, colour: theme.text, size: frame.titleSize, bold: true });
  });
}

function drawMarkLabels(
  brush: Brush,
  layout: TimeLayout,
  { area, x }: Placed,
  { frame, theme }: DrawingContext,
): void {
  const step = lineHeight(frame.textSize) + 4;
  const labels = layout.marks
    .filter(({ text }) => text !== '')
    .map((label) => ({
      ...label,
      at: x(label.mark.at),
      y: area.top - 10 - label.row * step - step / 2,
      colour: theme.marks[label.mark.kind],
    }));
  for (const { at, y, colour } of labels) {
    stroke(brush, { from: [at, area.top], to: [at, y + step / 2 - 4], colour, width: 3 });
  }
  for (const { text, width, at, y, colour } of labels) {
    const { left } = markBox(at, width, frame.width - frame.margin, area.left);
    brush.fillStyle = theme.ground;
    brush.fillRect(left - 4, y - step / 2 + 4, width + 8, step - 6);
    drawWords(brush, { text, x: left, y, colour, size: frame.textSize });
  }
}

function drawEdgeLabels(
  brush: Brush,
  labels: readonly EdgeLabel[],
  layout: TimeLayout,
  { area, y }: Placed,
  { frame }: DrawingContext,
): void {
  const step = lineHeight(frame.textSize) - 2;
  const clamp = (value: number): number => Math.max(layout.values.min, Math.min(layout.values.max, value));
  const anchors = labels.map(({ value }) => y(clamp(value)));
  const room = { top: area.top - step / 2, bottom: area.bottom + step / 2 };
  const centres = spreadLabels(
    labels.map(({ rows }, index) => ({ y: anchors[index] ?? 0, height: rows.length * step + 6 })),
    room,
  );
  labels.forEach(({ rows, colour, bold, value }, index) => {
    const centre = centres[index] ?? 0;
    stroke(brush, {
      from: [area.right, anchors[index] ?? 0],
      to: [area.right + 18, centre],
      colour,
      width: 2,
    });
    rows.forEach((row, line) => {
      const text = line === 0 && value > layout.values.max ? `↑ ${row}` : row;
      const at = centre + (line - (rows.length - 1) / 2) * step;
      drawWords(brush, { text, x: area.right + 24, y: at, colour, size: frame.textSize, bold });
    });
  });
}

function stroke(
  brush: Brush,
  line: {
    readonly from: readonly [number, number];
    readonly to: readonly [number, number];
    readonly colour: string;
    readonly width: number;
  },
): void {
  brush.strokeStyle = line.colour;
  brush.lineWidth = line.width;
  brush.setLineDash([]);
  brush.beginPath();
  brush.moveTo(...line.from);
  brush.lineTo(...line.to);
  brush.stroke();
}

/** The line under the title of a small picture: the last value, and the target it keeps or misses. */
function drawNumbers(
  brush: Brush,
  spec: TimeChart,
  { lines, title }: TimeLayout,
  context: DrawingContext,
): void {
  const { frame, theme, measure } = context;
  const loudest = lines[lines.length - 1];
  if (loudest === undefined) return;
  const y = frame.margin + title.length * lineHeight(frame.titleSize) + lineHeight(frame.textSize) / 2;
  const missed = isMissed(spec, loudest.last.value);
  const value = formatValue(loudest.last.value, spec.unit);
  const colour = missed ? theme.breach : theme.text;
  drawWords(brush, { text: value, x: frame.margin, y, colour, size: frame.textSize, bold: true });
  if (!spec.threshold) return;
  const side = spec.threshold.bound === 'min' ? 'below' : 'above';
  const words = `${missed ? `${side} ` : '· '}${toDrawable(spec.threshold.label)}`;
  const x =
    frame.margin + measure(value, font(frame.textSize, 'bold')) + measure(' ', font(frame.textSize)) * 1.5;
  const text = shortenMiddle(words, frame.width - frame.margin - x, font(frame.textSize), measure);
  drawWords(brush, { text, x, y, colour: missed ? theme.breach : theme.threshold, size: frame.textSize });
}
