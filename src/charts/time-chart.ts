import type { ChartConfiguration, ChartDataset, Plugin } from 'chart.js';
import type { TimeChart } from '../core/chart.ts';
import { annotations } from './annotations.ts';
import type { ChartCanvas, Pixels } from './chart-canvas.ts';
import { chartFont } from './fonts.ts';
import type { Brush, DrawingContext } from './frame.ts';
import { isMissed } from './missed.ts';
import { renderNoValues } from './no-values.ts';
import { withOpacity } from './theme.ts';
import { axisValues, type TimeLayout, timeLayout } from './time-layout.ts';
import type { DrawnLine } from './time-lines.ts';
import { drawTimeWords } from './time-overlay.ts';
import { usualArea } from './usual-area.ts';

/** Draws values over time, or says that there are none. */
export function renderTimeChart(spec: TimeChart, canvas: ChartCanvas, context: DrawingContext): Pixels {
  const layout = timeLayout(spec, context);
  if (layout === undefined) return renderNoValues(spec.title, context);
  return canvas.draw(timeConfiguration(spec, layout, context), context.frame);
}

/** The picture as a configuration of Chart.js; exported so that the benchmark can draw it without encoding. */
function timeConfiguration(
  spec: TimeChart,
  layout: TimeLayout,
  context: DrawingContext,
): ChartConfiguration<'line'> {
  const { frame, theme } = context;
  return {
    type: 'line',
    data: { datasets: layout.lines.map((line) => dataset(line, spec, context)) },
    options: {
      animation: false,
      responsive: false,
      maintainAspectRatio: false,
      parsing: false,
      normalized: true,
      events: [],
      layout: {
        padding: {
          left: frame.margin,
          right: frame.width - layout.plot.right,
          top: layout.plot.top,
          bottom: frame.height - layout.plot.bottom - frame.textSize * 1.2 - 14,
        },
      },
      scales: { x: timeScale(layout, context), y: valueScale(layout, context) },
      plugins: {
        legend: { display: false },
        tooltip: { enabled: false },
        annotation: { annotations: annotations(spec, layout, theme) },
      },
    },
    plugins: [
      groundPlugin(context),
      usualArea(spec, layout, context.theme),
      wordsPlugin(spec, layout, context),
    ],
  };
}

function dataset(line: DrawnLine, spec: TimeChart, { frame, theme }: DrawingContext): ChartDataset<'line'> {
  const { threshold } = spec;
  const tint = withOpacity(theme.breach, 0.45);
  const scale = frame.compact ? 0.75 : 1;
  const dot = (line.emphasis ? 9 : 7) * scale;
  return {
    data: [...line.points],
    borderColor: line.colour,
    backgroundColor: line.single && isMissed(spec, line.last.value) ? theme.breach : line.colour,
    borderWidth: (line.emphasis ? 6 : 3.5) * scale,
    borderJoinStyle: 'round',
    borderCapStyle: 'round',
    pointRadius: loneRadii(line, dot),
    pointBorderWidth: 0,
    spanGaps: false,
    ...(threshold &&
      line.emphasis && {
        fill: {
          target: { value: threshold.value },
          above: threshold.bound === 'min' ? 'transparent' : tint,
          below: threshold.bound === 'min' ? tint : 'transparent',
        },
      }),
  };
}

/** A point between two gaps has no line to lie on, so it is drawn as a dot. */
function loneRadii({ points }: DrawnLine, dot: number): number | number[] {
  const broken = (index: number): boolean => Number.isNaN(points[index]?.y ?? Number.NaN);
  const radii = points.map((_, index) => (broken(index - 1) && broken(index + 1) ? dot : 0));
  return radii.some((radius) => radius > 0) ? radii : 0;
}

function timeScale({ span, times }: TimeLayout, { frame, theme, zone }: DrawingContext) {
  return {
    type: 'time' as const,
    min: span.from,
    max: span.to,
    adapters: { date: { zone } },
    afterBuildTicks: (axis: { ticks: { value: number }[] }) => {
      axis.ticks = times.ticks.map((value) => ({ value }));
    },
    ticks: {
      autoSkip: false,
      maxRotation: 0,
      includeBounds: false,
      padding: 6,
      color: theme.quietText,
      font: chartFont(frame.textSize),
      callback: (value: string | number) => times.label(Number(value)),
    },
    grid: { color: theme.grid, lineWidth: 2, tickLength: 10 },
    border: { color: theme.grid, width: 2 },
  };
}

function valueScale({ values, plot }: TimeLayout, { frame, theme }: DrawingContext) {
  return {
    type: 'linear' as const,
    min: values.min,
    max: values.max,
    afterBuildTicks: (axis: { ticks: { value: number }[] }) => {
      axis.ticks = axisValues(values).map((value) => ({ value }));
    },
    afterFit: (axis: { width: number }) => {
      axis.width = plot.left - frame.margin;
    },
    ticks: {
      autoSkip: false,
      padding: 10,
      color: theme.quietText,
      font: chartFont(frame.textSize),
      callback: (value: string | number) => values.label(Number(value)),
    },
    grid: { color: theme.grid, lineWidth: 2, drawTicks: false },
    border: { display: false },
  };
}

/** The opaque ground under everything. */
export function groundPlugin({ frame, theme }: DrawingContext): Plugin {
  return {
    id: 'ground',
    beforeDraw: ({ ctx, chartArea }) => {
      ctx.fillStyle = theme.ground;
      ctx.fillRect(0, 0, frame.width, frame.height);
      ctx.fillStyle = theme.plot;
      ctx.fillRect(chartArea.left, chartArea.top, chartArea.width, chartArea.height);
    },
  };
}

function wordsPlugin(spec: TimeChart, layout: TimeLayout, context: DrawingContext): Plugin {
  return {
    id: 'words',
    afterDraw: ({ ctx, chartArea, scales }) => {
      const placed = {
        area: chartArea,
        x: (at: number) => scales.x?.getPixelForValue(at) ?? 0,
        y: (value: number) => scales.y?.getPixelForValue(value) ?? 0,
      };
      drawTimeWords(ctx as unknown as Brush, spec, layout, placed, context);
    },
  };
}
