import { createCanvas, ImageData } from 'canvas';
import type { PanelChart } from '../core/chart.ts';
import type { ChartCanvas, Pixels } from './chart-canvas.ts';
import { type DrawingContext, drawWords, lineHeight, TILE_FRAME } from './frame.ts';
import { renderNoValues } from './no-values.ts';
import { timeAxis } from './time-axis.ts';
import { renderTimeChart } from './time-chart.ts';
import { titleLines } from './time-layout.ts';
import { drawnLines } from './time-lines.ts';
import { drawTitle } from './time-overlay.ts';

/** Panels that can be read in one picture. */
const MOST_PANELS = 12;

/** Pixels between two rows of panels. */
const GAP = 8;

/** Draws several small time charts in two columns under one title. */
export function renderPanelChart(spec: PanelChart, canvas: ChartCanvas, context: DrawingContext): Pixels {
  if (spec.panels.length === 0) return renderNoValues(spec.title, context);
  const { frame, theme } = context;
  const panels = spec.panels.slice(0, MOST_PANELS);
  const title = titleLines(spec.title, context);
  const head = frame.margin + title.length * lineHeight(frame.titleSize) + lineHeight(frame.textSize) + 16;
  const height = head + Math.ceil(panels.length / 2) * (TILE_FRAME.height + GAP);
  const target = createCanvas(frame.width, height);
  const brush = target.getContext('2d');
  brush.fillStyle = theme.ground;
  brush.fillRect(0, 0, frame.width, height);
  drawTitle(brush, title, context);
  const at = { x: frame.margin, y: head - lineHeight(frame.textSize) / 2 - 8 };
  drawWords(brush, {
    text: caption(spec, context),
    ...at,
    colour: theme.quietText,
    size: frame.textSize - 4,
  });
  panels.forEach((panel, index) => {
    const { rgba, ...size } = renderTimeChart(panel, canvas, { ...context, frame: TILE_FRAME });
    const tile = new ImageData(
      new Uint8ClampedArray(rgba.buffer, rgba.byteOffset, rgba.byteLength),
      size.width,
      size.height,
    );
    const x = index % 2 === 0 ? 12 : frame.width - TILE_FRAME.width - 12;
    brush.putImageData(tile, x, head + Math.floor(index / 2) * (TILE_FRAME.height + GAP));
  });
  return { width: frame.width, height, rgba: target.data() };
}

function caption({ panels }: PanelChart, { theme, zone }: DrawingContext): string {
  const moments = panels
    .flatMap((panel) => drawnLines(panel, theme))
    .flatMap(({ points }) => [points[0]?.x ?? 0, points[points.length - 1]?.x ?? 0]);
  const omitted = panels.length - MOST_PANELS;
  const more = omitted > 0 ? ` · ${omitted} more not shown` : '';
  if (moments.length === 0) return `times in ${zone}${more}`;
  return `${timeAxis({ from: Math.min(...moments), to: Math.max(...moments), zone, most: 4 }).title}${more}`;
}
