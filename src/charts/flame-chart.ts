import type { ChartConfiguration, Plugin } from 'chart.js';
import type { FlameChart, FlameFrame, FrameOrigin } from '../core/chart.ts';
import type { ChartCanvas, Pixels } from './chart-canvas.ts';
import { type Box, drawFrame, drawLegend, type FrameStyle } from './flame-frame.ts';
import { type FlameLayout, flameLayout, ROW } from './flame-layout.ts';
import { type Brush, type DrawingContext, drawWords, lineHeight } from './frame.ts';
import { renderNoValues } from './no-values.ts';
import type { ChartTheme } from './theme.ts';
import { groundPlugin } from './time-chart.ts';
import { drawTitle } from './time-overlay.ts';

const GAP = 4;

/** Draws a call tree from the top down: names under a thumb read like a stack trace. */
export function renderFlameChart(spec: FlameChart, canvas: ChartCanvas, context: DrawingContext): Pixels {
  const layout = flameLayout(spec, context);
  if (layout.placed.length === 0) return renderNoValues(spec.title, context);
  const tall = { ...context, frame: { ...context.frame, height: layout.height } };
  return canvas.draw(configuration(layout, tall), tall.frame);
}

function configuration(layout: FlameLayout, context: DrawingContext): ChartConfiguration<'bar'> {
  const { frame, theme } = context;
  const { placed, head, rows } = layout;
  return {
    type: 'bar',
    data: {
      labels: Array.from({ length: rows }, (_, row) => row),
      datasets: [
        {
          data: placed.map(({ frame: { start, width, depth } }) => ({ x: [start, start + width], y: depth })),
          backgroundColor: placed.map(({ frame: one }) => styleOf(one, theme).fill),
          barThickness: ROW - GAP,
          grouped: false,
        } as unknown as ChartConfiguration<'bar'>['data']['datasets'][number],
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
          right: frame.margin,
          top: head,
          bottom: frame.height - head - rows * ROW,
        },
      },
      scales: { x: { display: false, min: 0, max: 1 }, y: { display: false } },
      plugins: { legend: { display: false }, tooltip: { enabled: false }, annotation: { annotations: [] } },
    },
    plugins: [
      groundPlugin({ ...context, theme: { ...theme, plot: theme.ground } }),
      wordsPlugin(layout, context),
    ],
  };
}

function wordsPlugin(layout: FlameLayout, context: DrawingContext): Plugin<'bar'> {
  const { frame, theme } = context;
  return {
    id: 'words',
    afterDraw: ({ ctx, scales: { x, y } }) => {
      if (x === undefined || y === undefined) return;
      const brush = ctx as unknown as Brush;
      drawTitle(brush, layout.title, context);
      const boxOf = ({ start, width, depth }: FlameFrame): Box => ({
        left: x.getPixelForValue(start),
        right: x.getPixelForValue(start + width),
        top: y.getPixelForValue(depth) - (ROW - GAP) / 2,
        height: ROW - GAP,
      });
      // What is emphasised has an outline, which its neighbours must not cover.
      for (const loud of [false, true]) {
        for (const { frame: one, words, bold } of layout.placed) {
          if ((one.emphasis === 'finding') !== loud) continue;
          drawFrame(brush, { box: boxOf(one), words, bold, style: styleOf(one, theme) }, context);
        }
      }
      const top = layout.head + layout.rows * ROW + 12;
      const styles = (['own', 'package', 'runtime'] as const).map((origin) => calm(origin, theme));
      drawLegend(brush, { top, styles: [hot('own', theme), ...styles] }, context);
      layout.notes.forEach((text, index) => {
        const at = { x: frame.margin, y: top + (index + 1.5) * lineHeight(frame.textSize) };
        drawWords(brush, { text, ...at, colour: theme.quietText, size: frame.textSize - 4 });
      });
    },
  };
}

function styleOf({ origin, emphasis }: FlameFrame, theme: ChartTheme): FrameStyle {
  const style = emphasis === undefined ? calm(origin, theme) : hot(origin, theme);
  return emphasis === 'finding' ? { ...style, outline: theme.text } : style;
}

function calm(origin: FrameOrigin, { flame, text, quietText, plot, ground }: ChartTheme): FrameStyle {
  switch (origin) {
    case 'own':
      return { name: 'own code', fill: flame.own, ink: flame.ink, edge: ground };
    case 'package':
      return { name: 'packages', fill: flame.package, ink: flame.ink, edge: ground, hatch: ground };
    case 'runtime':
      return { name: 'Node and V8', fill: plot, ink: text, edge: quietText, narrow: quietText };
  }
}

/** The same forms in the colour of what matters. */
function hot(origin: FrameOrigin, theme: ChartTheme): FrameStyle {
  const { flame } = theme;
  const style = { ...calm(origin, theme), name: 'where most of it goes' };
  return origin === 'runtime' ? { ...style, edge: flame.hot } : { ...style, fill: flame.hot };
}
