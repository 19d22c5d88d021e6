import type { UsedShare } from '../../core/weekly-report/capacity-section.ts';
import type { WeekIncident } from '../../core/weekly-report/incident-section.ts';
import type { WeekStats } from '../../core/weekly-report/kpi-week.ts';
import type { Span } from '../../core/weekly-report/report-week.ts';

/** What a weekly report is made of. Times in milliseconds since the epoch. */
export interface WeekStore {
  /** One metric over a span, from its 5-minute means: of every target, or of the parts of targets (labelled samples). */
  stats(query: Span & { readonly metric: string; readonly parts?: boolean }): Promise<readonly WeekStats[]>;
  /** Daily medians (days of UTC) of some metrics of every target and of its parts. */
  daily(query: Span & { readonly metrics: readonly string[] }): Promise<readonly UsedShare[]>;
  /** Alert groups that fired within a span, oldest first, at most `limit`. */
  incidents(query: Span & { readonly limit: number }): Promise<readonly WeekIncident[]>;
}
