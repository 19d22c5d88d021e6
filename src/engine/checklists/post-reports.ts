import { stableId } from '../../core/alert/fingerprint.ts';
import type { Round } from '../../core/checklist/round.ts';
import type { Report } from '../../core/report.ts';
import { type TellReportOptions, tellReport } from '../monitor/tell-report.ts';
import type { Checklists } from '../ports/checklists.ts';

/** Rounds of one checklist that are looked at: in several channels at once. */
const LOOK_BACK = 20;
/** A report that could not be made for so long is left out: it would be about a week that nobody remembers. */
const WITHIN_MS = 24 * 60 * 60_000;

export interface PostReportsOptions extends TellReportOptions {
  readonly checklists: Pick<Checklists, 'all'>;
  /** The report that goes with a round, with its charts not drawn yet. */
  readonly weeklyReport: (round: Round, runId: string) => Promise<Report>;
}

/**
 * Posts the report of every round whose checklist has one, next to the message of the round, once: the run of a round
 * has one id, and who stores it first tells it.
 */
export function postReports(options: PostReportsOptions): () => Promise<void> {
  const { database, checklists, weeklyReport, now, log } = options;
  return async () => {
    for (const { name } of checklists.all().filter(({ report }) => report === 'week')) {
      const rounds = await database.checklists.recent({ checklist: name, limit: LOOK_BACK });
      for (const round of rounds.filter((one) => isDue(one, now()))) {
        const runId = stableId('weekly-report', round.id);
        if (await database.runs.exists(runId)) continue;
        try {
          const trigger = { kind: 'checklist', roundId: round.id } as const;
          await tellReport(options, await weeklyReport(round, runId), { channel: round.channel, trigger });
        } catch (error) {
          // The next look tries again; the rounds themselves must not wait for it.
          log.error({ err: error, roundId: round.id }, 'a weekly report could not be posted');
        }
      }
    }
  };
}

function isDue({ state, createdAt }: Round, at: number): boolean {
  return state !== 'replaced' && createdAt >= at - WITHIN_MS;
}
