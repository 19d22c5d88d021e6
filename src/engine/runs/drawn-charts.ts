import type { ChartImage } from '../../core/chart.ts';
import type { Report } from '../../core/report.ts';
import { withDeadline } from '../deadline.ts';
import type { ChartRenderer } from '../ports/renderer.ts';
import type { Logger } from '../ports/runtime.ts';

/** A report without pictures in time is worth more than one with pictures too late. */
const CHARTS_WITHIN_MS = 30_000;

/** The pictures of a report, or none: what goes wrong is logged. Throws only when `signal` ends the work. */
export async function drawCharts(
  { charts, log }: { readonly charts: ChartRenderer; readonly log: Logger },
  report: Report,
  signal: AbortSignal,
): Promise<readonly ChartImage[]> {
  return withDeadline(CHARTS_WITHIN_MS, signal, (deadline) => charts.render(report.charts, deadline)).catch(
    (error: unknown) => {
      signal.throwIfAborted();
      log.error({ err: error, runId: report.runId }, 'charts could not be drawn');
      return [];
    },
  );
}

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
