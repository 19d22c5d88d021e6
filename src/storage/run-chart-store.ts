import type { RunStore } from '../engine/ports/run-store.ts';
import { cleanText } from './json-value.ts';
import type { Queryable } from './queryable.ts';

/** The drawn charts of runs. */
export function runChartStore(db: Queryable): Pick<RunStore, 'saveCharts' | 'chart'> {
  return {
    async saveCharts(runId, images) {
      for (const { id, title, alt, png } of images) {
        await db.query(
          `insert into run_charts (run_id, chart_id, title, alt, png) values ($1, $2, $3, $4, $5)
           on conflict (run_id, chart_id) do update set title = excluded.title, alt = excluded.alt, png = excluded.png`,
          [runId, id, cleanText(title), cleanText(alt), Buffer.from(png)],
        );
      }
    },
    async chart(runId, chartId) {
      const { rows } = await db.query<{ title: string; alt: string; png: Buffer }>(
        'select title, alt, png from run_charts where run_id = $1 and chart_id = $2',
        [runId, chartId],
      );
      return rows[0] && { id: chartId, ...rows[0] };
    },
  };
}
