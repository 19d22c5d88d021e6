import { stableId } from '../../core/alert/fingerprint.ts';
import {
  fillFromBaselines,
  fillFromForecast,
  fillFromTrends,
  type UsualOfMetric,
} from '../../core/checklist/fill-history.ts';
import { type Filling, type Round, roundKey } from '../../core/checklist/round.ts';
import { ALL_HOURS } from '../../core/monitor/week-slot.ts';
import { isShown, type ReadHistoryOptions, readBaseline, readTrends } from '../monitor/read-history.ts';
import { BASELINES_DONE } from '../monitor/refresh-baselines.ts';
import { type HistoryAnswer, toReport } from '../monitor/tell-history.ts';
import { type TellReportOptions, tellReport } from '../monitor/tell-report.ts';
import type { Inventory } from '../ports/inventory.ts';
import { readShares } from '../weekly-report/read-week.ts';
import type { BeforeRound, ItemSource } from './item-sources.ts';

const DAYS = 7;

export interface HistorySourceOptions extends TellReportOptions {
  readonly inventory: Inventory;
  readonly timezone: string;
  /** Computes the usual values again. */
  readonly refresh: (signal?: AbortSignal) => Promise<number>;
}

/** Fills items with the trends of the week, or with what a refresh of the usual values moved; the report goes into the thread of the round. */
export function historySource(options: HistorySourceOptions): ItemSource {
  const busy = new Map<string, Promise<Filling>>();
  return {
    goesOn: false,
    fills: ({ fill }) => fill?.history !== undefined,
    fill(round, { fill, id }, before) {
      const key = `${round.id} ${id}`;
      // It may take longer than the time to the next look.
      const running = busy.get(key);
      if (running !== undefined) return running;
      const read = READERS[fill?.history ?? 'trends'];
      const work = read(options, round, before).finally(() => busy.delete(key));
      busy.set(key, work);
      return work;
    },
  };
}

async function forecast({ database, now }: HistorySourceOptions): Promise<Filling> {
  await database.samples.rollUp(now());
  return fillFromForecast(await readShares(database, now()), now());
}

async function trends(options: HistorySourceOptions, round: Round): Promise<Filling> {
  const { database, inventory, now } = options;
  await database.samples.rollUp(now());
  const services = await inventory.services();
  const { ranked, ...answer } = await readTrends(reading(options), {
    service: undefined,
    services,
    days: DAYS,
  });
  await tell(options, historyRunId(round, 'trends'), round, answer);
  return fillFromTrends(ranked, await usualOfAll(options), answer.verdict);
}

async function baselines(options: HistorySourceOptions, round: Round, before: BeforeRound): Promise<Filling> {
  const { database, inventory, now, refresh } = options;
  const lastAt = await database.upkeep.lastDone(BASELINES_DONE);
  if (lastAt === undefined || lastAt < round.createdAt) {
    await database.samples.rollUp(now());
    await refresh();
  }
  const services = await inventory.services();
  const answer = await readBaseline(reading(options), { service: undefined, services });
  await tell(options, historyRunId(round, 'baselines'), round, answer);
  const metrics = isShown(await database.baselines.series(), undefined).length;
  return fillFromBaselines(await usualOfAll(options), metrics, before.filling);
}

const READERS = { trends, baselines, forecast };

function reading(options: HistorySourceOptions): ReadHistoryOptions {
  return { ...options, ...options.database };
}

async function usualOfAll({ database }: HistorySourceOptions): Promise<readonly UsualOfMetric[]> {
  return isShown(await database.baselines.usual({ slot: ALL_HOURS }), undefined);
}

/** The run under which the history of an item is told. */
export function historyRunId({ id }: Pick<Round, 'id'>, history: 'trends' | 'baselines'): string {
  return stableId('round', id, history);
}

/** Once: a report of a round has one id, and who stores it first tells it. */
async function tell(
  options: HistorySourceOptions,
  runId: string,
  round: Round,
  answer: HistoryAnswer,
): Promise<void> {
  if (await options.database.runs.exists(runId)) return;
  await tellReport(options, toReport(runId, answer, options.now()), {
    channel: round.channel,
    trigger: { kind: 'checklist', roundId: round.id },
    threadOf: roundKey(round.id),
  });
}
