import type { ChartConfiguration, Plugin } from 'chart.js';
import type { BarChart } from '../core/chart.ts';
import { formatValue } from '../core/unit.ts';
import type { ChartCanvas, Pixels } from './chart-canvas.ts';
import { font } from './fonts.ts';
import { type Brush, type DrawingContext, drawWords, lineHeight } from './frame.ts';
import { isMissed } from './missed.ts';
import { renderNoValues } from './no-values.ts';
import { shortenMiddle, toDrawable } from './text.ts';
import { groundPlugin } from './time-chart.ts';
import { titleLines } from './time-layout.ts';
import { drawTitle } from './time-overlay.ts';

/** Bars that can be read in one picture. */
const MOST_BARS = 10;

/** Height of a bar with its label above it, pixels. */
const ROW = 102;
const BAR = 38;

interface Bar {
  readonly label: string;
  readonly words: string;
  readonly value: number;
  readonly colour: string;
}

interface BarLayout {
  readonly title: readonly string[];
  readonly bars: readonly Bar[];
  readonly note: string;
  readonly head: number;
  readonly valueWidth: number;
  /** The value at the right edge. */
  readonly highest: number;
}

/** Draws one bar for each thing, its name above the bar (names are often long) and its value behind it. */
export function renderBarChart(spec: BarChart, canvas: ChartCanvas, context: DrawingContext): Pixels {
  const bars = spec.bars.filter(({ value }) => Number.isFinite(value));
  if (bars.length === 0) return renderNoValues(spec.title, context);
  const layout = barLayout({ ...spec, bars }, context);
  const height = layout.head + layout.bars.length * ROW + (layout.note === '' ? 24 : 74);
  const tall = { ...context, frame: { ...context.frame, height } };
  return canvas.draw(configuration(spec, layout, tall), tall.frame);
}

function barLayout(spec: BarChart, context: DrawingContext): BarLayout {
  const { frame, theme, measure } = context;
  const css = font(frame.textSize, 'bold');
  const someLoud = spec.bars.some(({ emphasis }) => emphasis);
  const shown = spec.bars.slice(0, MOST_BARS).map(({ label, value, emphasis }): Bar => {
    const calm = emphasis || !someLoud ? theme.emphasis : theme.bar;
    return {
      label: shortenMiddle(toDrawable(label), frame.width - 2 * frame.margin, font(frame.textSize), measure),
      words: formatValue(value, spec.unit),
      value,
      colour: isMissed(spec, value) ? theme.breach : calm,
    };
  });
  const title = titleLines(spec.title, context);
  const rest = spec.bars.length - shown.length;
  const highest = Math.max(...shown.map(({ value }) => value), 0);
  const threshold = spec.threshold?.value ?? 0;
  return {
    title,
    bars: shown,
    note: rest > 0 ? `${rest} more not shown` : '',
    head: frame.margin + title.length * lineHeight(frame.titleSize) + (spec.threshold ? 64 : 16),
    valueWidth: Math.max(...shown.map(({ words }) => measure(words, css))) + 22,
    highest: (threshold <= highest * 8 ? Math.max(highest, threshold) : highest) || 1,
  };
}

function configuration(
  spec: BarChart,
  layout: BarLayout,
  context: DrawingContext,
): ChartConfiguration<'bar'> {
  const { frame } = context;
  return {
    type: 'bar',
    data: {
      labels: layout.bars.map((_, index) => index),
      datasets: [
        {
          data: layout.bars.map(({ value }) => value),
          backgroundColor: layout.bars.map(({ colour }) => colour),
          barThickness: BAR,
          borderRadius: 4,
          minBarLength: 4,
        },
      ],
    },
    options: {
      animation: false,
      responsive: false,
      maintainAspectRatio: false,
      indexAxis: 'y',
      events: [],
      layout: {
        padding: {
          left: frame.margin,
          right: frame.margin + layout.valueWidth,
          top: layout.head + (ROW - BAR) / 2 - 4,
          bottom: frame.height - layout.head - layout.bars.length * ROW - (ROW - BAR) / 2 + 4,
        },
      },
      scales: {
        x: { display: false, min: 0, max: layout.highest },
        y: { display: false },
      },
      plugins: { legend: { display: false }, tooltip: { enabled: false }, annotation: { annotations: [] } },
    },
    plugins: [
      groundPlugin({ ...context, theme: { ...context.theme, plot: context.theme.ground } }),
      wordsPlugin(spec, layout, context),
    ],
  };
}

function wordsPlugin(spec: BarChart, layout: BarLayout, context: DrawingContext): Plugin<'bar'> {
  const { frame, theme } = context;
  return {
    id: 'words',
    afterDraw: ({ ctx, chartArea, scales: { x, y } }) => {
      if (x === undefined || y === undefined) return;
      const brush = ctx as unknown as Brush;
      drawTitle(brush, layout.title, context);
      layout.bars.forEach(({ label, words, value }, index) => {
        const middle = y.getPixelForValue(index);
        const above = middle - BAR / 2 - lineHeight(frame.textSize) / 2 - 1;
        drawWords(brush, {
          text: label,
          x: frame.margin,
          y: above,
          colour: theme.text,
          size: frame.textSize,
        });
        const end = Math.max(x.getPixelForValue(value), chartArea.left + 4) + 14;
        drawWords(brush, {
          text: words,
          x: end,
          y: middle + 1,
          colour: theme.text,
          size: frame.textSize,
          bold: true,
        });
      });
      if (layout.note !== '') {
        const at = { x: frame.margin, y: frame.height - frame.margin - 8 };
        drawWords(brush, { text: layout.note, ...at, colour: theme.quietText, size: frame.textSize - 4 });
      }
      if (spec.threshold)
        drawLimit(brush, spec.threshold, { layout, context, x: (value) => x.getPixelForValue(value) });
    },
  };
}

function drawLimit(
  brush: Brush,
  { value, label }: NonNullable<BarChart['threshold']>,
  { layout, context, x }: { layout: BarLayout; context: DrawingContext; x(value: number): number },
): void {
  const { frame, theme, measure } = context;
  const size = frame.textSize;
  const far = value > layout.highest;
  const at = x(Math.min(value, layout.highest));
  const text = shortenMiddle(
    `${toDrawable(label)}${far ? ' →' : ''}`,
    frame.width / 2,
    font(size, 'bold'),
    measure,
  );
  const left = Math.max(
    frame.margin,
    Math.min(
      at - measure(text, font(size, 'bold')) / 2,
      frame.width - frame.margin - measure(text, font(size, 'bold')),
    ),
  );
  drawWords(brush, { text, x: left, y: layout.head - 30, colour: theme.threshold, size, bold: true });
  if (far) return;
  brush.strokeStyle = theme.threshold;
  brush.lineWidth = 4;
  brush.setLineDash([18, 12]);
  brush.beginPath();
  brush.moveTo(at, layout.head - 8);
  brush.lineTo(at, layout.head + layout.bars.length * ROW);
  brush.stroke();
}
