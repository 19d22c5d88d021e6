import type { UsedShare } from '../../core/weekly-report/capacity-section.ts';
import type { WeekIncident } from '../../core/weekly-report/incident-section.ts';
import type { WeekStats } from '../../core/weekly-report/kpi-week.ts';
import type { Span } from '../../core/weekly-report/report-week.ts';

/** What a weekly report is made of. Times in milliseconds since the epoch. */
export interface WeekStore {
  /** One metric of every target over a span, from its 5-minute means. */
  stats(query: Span & { readonly metric: string }): Promise<readonly WeekStats[]>;
  /** Daily medians (days of UTC) of some metrics of every target. */
  daily(query: Span & { readonly metrics: readonly string[] }): Promise<readonly UsedShare[]>;
  /** Alert groups that fired within a span, oldest first, at most `limit`. */
  incidents(query: Span & { readonly limit: number }): Promise<readonly WeekIncident[]>;
}
