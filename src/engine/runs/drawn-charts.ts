import type { ChartImage } from '../../core/chart.ts';
import type { Report } from '../../core/report.ts';

/** A chart that could not be drawn is named as missing. */
export function withDrawnCharts(report: Report, images: readonly ChartImage[]): Report {
  const drawn = new Set(images.map(({ id }) => id));
  const missing = report.charts.filter(({ id }) => !drawn.has(id));
  return {
    ...report,
    charts: report.charts.filter(({ id }) => drawn.has(id)),
    unavailable: [
      ...report.unavailable,
      ...missing.map(({ title }) => ({
        probe: 'charts',
        service: report.service ?? '',
        target: '',
        reason: `The chart "${title}" could not be drawn; the log says why.`,
      })),
    ],
  };
}
