import { type Canvas, createCanvas } from 'canvas';
import { _adapters, type ChartConfiguration, type Plugin } from 'chart.js';
import 'chartjs-adapter-luxon';
import { ChartJSNodeCanvas } from 'chartjs-node-canvas';
import { registerFonts } from './fonts.ts';
import type { Measure } from './text.ts';

/** A drawn picture before it is encoded: four bytes a pixel, opaque. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Where Chart.js draws in Node. Synchronous: meant for a worker thread. */
export interface ChartCanvas {
  draw(configuration: ChartConfiguration, size: Size): Pixels;
  readonly measure: Measure;
}

/** Prepares Chart.js with time scale, annotations and fonts; one for all pictures of a thread. */
export function createChartCanvas(): ChartCanvas {
  registerFonts();
  const library = new ChartJSNodeCanvas({
    width: 1,
    height: 1,
    plugins: { modern: ['chartjs-plugin-annotation'] },
    chartCallback: useLuxon,
  });
  const scratch = createCanvas(1, 1).getContext('2d');
  const widths = new Map<string, number>();
  return {
    draw: (configuration, size) => {
      const tap = pixelTap(size);
      library.renderToBufferSync({
        ...configuration,
        plugins: [...(configuration.plugins ?? []), tap.plugin],
      });
      return tap.pixels();
    },
    measure: (text, css) => {
      const key = `${css} ${text}`;
      const known = widths.get(key);
      if (known !== undefined) return known;
      if (widths.size > 5000) widths.clear();
      scratch.font = css;
      const { width } = scratch.measureText(text);
      widths.set(key, width);
      return width;
    },
  };
}

/**
 * chartjs-node-canvas loads a Chart.js of its own (CommonJS, with all exports on the constructor); the adapter has
 * registered itself with the ES module, so its methods are handed over.
 */
function useLuxon(own: object): void {
  const { _date } = (own as { readonly _adapters: typeof _adapters })._adapters;
  const filled = _adapters._date.prototype;
  // The methods replaced those of a class, so they are not enumerable and a spread would miss them.
  const names = Object.getOwnPropertyNames(filled).filter((name) => name !== 'constructor');
  _date.override(Object.fromEntries(names.map((name) => [name, Reflect.get(filled, name)])));
}

/**
 * Gives each picture its own size, and takes its pixels before chartjs-node-canvas encodes them: its PNG encoder costs
 * more than the drawing. The canvas is left at one pixel, which is encoded for nothing.
 */
function pixelTap({ width, height }: Size): { readonly plugin: Plugin; pixels(): Pixels } {
  let rgba: Uint8Array | undefined;
  return {
    plugin: {
      id: 'pixel-tap',
      beforeInit: (chart) => chart.resize(width, height),
      afterRender: (chart) => {
        const canvas = chart.canvas as unknown as Canvas;
        rgba ??= canvas.data();
        canvas.width = 1;
        canvas.height = 1;
      },
    },
    pixels: () => {
      if (rgba === undefined) throw new Error('Chart.js did not draw');
      return { width, height, rgba };
    },
  };
}
