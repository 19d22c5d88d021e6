import { setMaxListeners } from 'node:events';
import { Tinypool } from 'tinypool';
import { z } from 'zod';
import type { ChartImage, ChartSpec } from '../core/chart.ts';
import { PerfbotError } from '../core/errors.ts';
import type { ChartRenderer } from '../engine/ports/renderer.ts';
import type { Logger } from '../engine/ports/runtime.ts';
import { checkCharts } from './chart-schema.ts';
import type { ChartTask } from './chart-worker.ts';
import type { ThemeName } from './theme.ts';

export interface ChartRendererOptions {
  /** Worker threads, started when there is something to draw and stopped after a minute without work. Default 1. */
  readonly threads?: number;
  /** Ground and colours of the pictures; both read well in Slack's dark and light theme. Default `dark`. */
  readonly theme?: ThemeName;
  /** IANA zone of the times in the pictures. */
  readonly timezone: string;
  readonly log: Logger;
}

const IDLE_MS = 60_000;

/**
 * Draws charts in worker threads, so that the event loop goes on answering. A chart that fails is logged and left out.
 * @throws InputError for a chart that breaks its schema; PerfbotError when cancelled or when none could be drawn
 */
export function createChartRenderer(
  options: ChartRendererOptions,
): ChartRenderer & { close(): Promise<void> } {
  const { threads = 1, theme = 'dark', timezone, log } = options;
  const filename = workerEntry();
  const closing = new AbortController();
  const pool = new Tinypool({
    minThreads: 0,
    maxThreads: threads,
    // While one picture is compressed outside JavaScript, the next is drawn.
    concurrentTasksPerWorker: 2,
    idleTimeout: IDLE_MS,
  });
  const render = async (spec: ChartSpec, signal: AbortSignal): Promise<ChartImage> => {
    // The file is named with each task: a worker that cannot load it then fails the task instead of the pool.
    const startedAt = performance.now();
    const task: ChartTask = { spec, style: { theme, timezone } };
    const png = z
      .instanceof(Uint8Array)
      .parse(await pool.run(task, { filename, name: 'renderTask', signal }));
    const durationMs = Math.round(performance.now() - startedAt);
    log.debug({ chart: spec.id, bytes: png.byteLength, durationMs }, 'chart drawn');
    return { id: spec.id, title: spec.title, alt: spec.alt, png };
  };
  return {
    render: async (charts, asked) => {
      const signal = AbortSignal.any([asked, closing.signal]);
      // Each chart listens; their number is no leak.
      setMaxListeners(0, signal);
      checkCharts(charts);
      if (signal.aborted) throw renderError(signal.reason, signal);
      const results = await Promise.allSettled(charts.map((chart) => render(chart, signal)));
      const failures = results.flatMap((result, index) =>
        result.status === 'rejected' ? [{ chart: charts[index]?.id, error: result.reason as unknown }] : [],
      );
      const [failure] = failures;
      if (failure && (signal.aborted || failures.length === charts.length))
        throw renderError(failure.error, signal);
      for (const { chart, error } of failures) log.error({ chart, err: error }, 'a chart could not be drawn');
      return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    },
    close: () => {
      // A destroyed pool would start new threads for new work.
      closing.abort();
      return pool.destroy();
    },
  };
}

function renderError(error: unknown, { aborted }: AbortSignal): PerfbotError {
  return aborted
    ? new PerfbotError('cancelled', 'drawing was cancelled', {
        userMessage: 'The charts took too long.',
        cause: error,
      })
    : new PerfbotError('internal', 'no chart could be drawn', {
        userMessage: 'The charts could not be drawn; the numbers are in the text.',
        cause: error,
      });
}

/** The worker lies beside this file: built as JavaScript, or as a source that is loaded by way of a plain module. */
function workerEntry(): string {
  const built = !import.meta.url.endsWith('.ts');
  return new URL(built ? 'chart-worker.js' : 'chart-worker-from-source.mjs', import.meta.url).href;
}
