import type { Report } from '../../core/report.ts';
import type { Link } from '../blocks/buttons.ts';
import type { Shortener } from './shortener.ts';

/** What each part of the thread is made from. */
export interface ReportView {
  readonly report: Report;
  readonly shortener: Shortener;
  /** IANA zone. */
  readonly timezone: string;
  readonly blockSet: 'all' | 'classic';
  /** Of a report that stands in the thread of another message; one with a card has its links there. */
  readonly links?: readonly Link[];
}
