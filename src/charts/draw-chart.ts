import type { ChartSpec } from '../core/chart.ts';
import { renderBarChart } from './bar-chart.ts';
import type { ChartCanvas, Pixels } from './chart-canvas.ts';
import { renderFlameChart } from './flame-chart.ts';
import { FULL_FRAME } from './frame.ts';
import { renderPanelChart } from './panel-chart.ts';
import { chartTheme, type ThemeName } from './theme.ts';
import { renderTimeChart } from './time-chart.ts';

/** How pictures look and in which IANA zone they tell the time. */
export interface ChartStyle {
  readonly theme: ThemeName;
  readonly timezone: string;
}

/** Draws one chart, 1600 pixels wide. The same chart and style give the same pixels. */
export function drawChart(spec: ChartSpec, canvas: ChartCanvas, style: ChartStyle): Pixels {
  const context = {
    frame: FULL_FRAME,
    theme: chartTheme(style.theme),
    zone: style.timezone,
    measure: canvas.measure,
  };
  switch (spec.kind) {
    case 'time':
      return renderTimeChart(spec, canvas, context);
    case 'bars':
      return renderBarChart(spec, canvas, context);
    case 'panels':
      return renderPanelChart(spec, canvas, context);
    case 'flame':
      return renderFlameChart(spec, canvas, context);
  }
}
