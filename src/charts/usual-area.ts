import type { Plugin } from 'chart.js';
import type { ChartBand, TimeChart } from '../core/chart.ts';
import { type ChartTheme, withOpacity } from './theme.ts';
import type { TimeLayout } from './time-layout.ts';

/** A usual range that changes over time, as an area behind the lines; one range is drawn by `annotations`. */
export function usualArea({ band }: TimeChart, { span, values }: TimeLayout, theme: ChartTheme): Plugin {
  const steps = band?.points === undefined ? [] : toSteps(band.points, span);
  return {
    id: 'usual',
    beforeDatasetsDraw: ({ ctx, chartArea: { left, right, top, bottom }, scales }) => {
      if (steps.length === 0) return;
      const x = (at: number) => scales.x?.getPixelForValue(at) ?? 0;
      const y = (value: number) =>
        scales.y?.getPixelForValue(Math.max(values.min, Math.min(values.max, value))) ?? 0;
      ctx.save();
      ctx.beginPath();
      ctx.rect(left, top, right - left, bottom - top);
      ctx.clip();
      ctx.beginPath();
      for (const { at, upper } of steps) ctx.lineTo(x(at), y(upper));
      for (const { at, lower } of steps.toReversed()) ctx.lineTo(x(at), y(lower));
      ctx.closePath();
      ctx.fillStyle = withOpacity(theme.band, 0.28);
      ctx.fill();
      // Where what is usual has no range there is no area.
      ctx.strokeStyle = withOpacity(theme.band, 0.6);
      ctx.lineWidth = 2;
      ctx.stroke();
      ctx.restore();
    },
  };
}

/** Both ends of each range: it holds until the next begins, the last one until the end of the picture. */
function toSteps(
  points: NonNullable<ChartBand['points']>,
  { to }: TimeLayout['span'],
): NonNullable<ChartBand['points']> {
  return points.flatMap((point, index) => [point, { ...point, at: points[index + 1]?.at ?? to }]);
}
