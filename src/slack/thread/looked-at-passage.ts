import { lookLines } from '../../core/report/looked-at.ts';
import { context } from '../blocks/builders.ts';
import { inline, joinMrkdwn, mrkdwn } from '../text/mrkdwn.ts';
import type { Passage } from './passage.ts';
import type { ReportView } from './report-view.ts';

const LINE_LENGTH = 600;

/** In small print what the run did to its targets: each probe by its cost, with how long it took. */
export function lookedAtPassage({ report, shortener }: ReportView): readonly Passage[] {
  const lines = lookLines(report.lookedAt ?? []).map((line) => inline(shortener.text(line, LINE_LENGTH)));
  // An overview that has no thread gets none for this.
  const alone = report.overview && report.causes.length === 0 && report.unavailable.length === 0;
  if (alone || lines.length === 0) return [];
  const shown = [mrkdwn`What perfbot looked with, by what it costs the target:`, ...lines];
  return [{ blocks: [context(joinMrkdwn(shown, '\n'))], text: shown }];
}
