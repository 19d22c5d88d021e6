import sharp from 'sharp';
import { Tinypool } from 'tinypool';
import type { ChartSpec } from '../core/chart.ts';
import { type ChartCanvas, createChartCanvas } from './chart-canvas.ts';
import { type ChartStyle, drawChart } from './draw-chart.ts';
import { encodePng } from './encode-png.ts';

export interface ChartTask {
  readonly spec: ChartSpec;
  readonly style: ChartStyle;
}

// Two threads of libvips read and compress at once: a fifth faster than one, and more bring nothing.
sharp.concurrency(2);
sharp.cache(false);

/** One worker is one thread: its Chart.js is prepared when the thread starts and used for all its pictures. */
const canvas: ChartCanvas = createChartCanvas();

/** Entry of a worker thread: one chart to PNG, whose bytes are moved to the caller, not copied. */
export const renderTask = async ({ spec, style }: ChartTask): Promise<unknown> => {
  const png = await encodePng(drawChart(spec, canvas, style));
  const bytes = new Uint8Array(png);
  return Tinypool.move(bytes);
};
