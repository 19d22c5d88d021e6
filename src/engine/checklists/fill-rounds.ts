import { isDeepStrictEqual } from 'node:util';
import { runsOf } from '../../core/checklist/checklist.ts';
import { fillItem, type ItemRun, joinFillings, withFilling } from '../../core/checklist/fill-item.ts';
import type { Filling, Round, RoundItem } from '../../core/checklist/round.ts';
import { isProbeName } from '../../core/playbook/probe-playbook.ts';
import type { Stores } from '../ports/stores.ts';
import type { BeforeRound, ItemSource } from './item-sources.ts';
import { type ChecklistOptions, saveRound } from './open-round.ts';

const BATCH = 50;
/** Rounds before this one that a trend is taken from. */
const LOOK_BACK = 5;
/** A source that fails for so long is given up; its items are left to a person. */
const TRY_FOR_MS = 10 * 60_000;
/** Rounds older than this are not filled any further: the runs that filled them may be gone. */
const FOLLOW_MS = 60 * 24 * 60 * 60_000;

export type FillOptions = ChecklistOptions & {
  /** What fills items beside playbooks. */
  readonly sources: readonly ItemSource[];
};

/**
 * Fills the items of rounds whose runs have ended; a round is open for people when none is under way any more. What
 * comes in later, from a source that goes on, changes the item.
 */
export function fillRounds(options: FillOptions): () => Promise<void> {
  const { database, queue, log, now } = options;
  return async () => {
    const filling = await database.checklists.filling(BATCH);
    const open = (await database.checklists.openRounds(BATCH)).filter(
      (round) =>
        round.state === 'open' &&
        round.createdAt > now() - FOLLOW_MS &&
        round.items.some((item) => followed(options, item)),
    );
    let changed = false;
    for (const id of [...filling, ...open.map((round) => round.id)]) {
      const filled = await fillRound(options, id).catch((error: unknown) => {
        log.error({ err: error, roundId: id }, 'a checklist could not be filled');
        return false;
      });
      changed ||= filled;
    }
    if (changed) await queue.enqueue('deliver', {});
  };
}

function followed({ sources }: FillOptions, item: RoundItem): boolean {
  return sources.some((source) => source.goesOn && source.fills(item));
}

async function fillRound(options: FillOptions, id: string): Promise<boolean> {
  const { database, now } = options;
  const seen = await database.checklists.round(id);
  if (seen === undefined || seen.state === 'replaced') return false;
  const last = await lastRounds(database, seen);
  // Outside the transaction: people press while it is asked.
  const told = await askSources(options, seen, last);
  return database.transaction(async (stores) => {
    const round = await stores.checklists.lockRound(id);
    if (round === undefined || round.state === 'replaced') return false;
    const ended = await endedRuns(stores, round);
    const items = round.items.map((item) =>
      fill(item, { ended, told: told.get(item.id), before: last.of(item).filling, at: now(), options }),
    );
    const open = items.some((item) => item.fill !== undefined && item.filling === undefined);
    const state = open ? 'filling' : 'open';
    const changed = items.some((item, index) => item !== round.items[index]) || state !== round.state;
    if (changed) await saveRound(options, stores, { ...round, items, state });
    return changed;
  });
}

/** What the sources say about the items of a round; an item whose source failed is missing, or told so in the end. */
async function askSources(
  options: FillOptions,
  round: Round,
  last: LastRounds,
): Promise<ReadonlyMap<string, Filling>> {
  const told = new Map<string, Filling>();
  for (const item of round.items) {
    if (item.filling !== undefined && !followed(options, item)) continue;
    const sources = options.sources.filter((source) => source.fills(item));
    if (sources.length === 0) continue;
    try {
      const fillings: Filling[] = [];
      for (const source of sources) fillings.push(await source.fill(round, item, last.of(item)));
      told.set(item.id, joinFillings(fillings));
    } catch (error) {
      options.log.error({ err: error, roundId: round.id, item: item.id }, 'an item could not be filled');
      if (item.filling === undefined && options.now() - round.createdAt > TRY_FOR_MS)
        told.set(item.id, FAILED);
    }
  }
  return told;
}

function missing(name: string): string {
  return isProbeName(name) ? 'there is no such probe that can run alone' : 'there is no such playbook';
}

const FAILED: Filling = {
  severity: 'unknown',
  numbers: [],
  remarks: ['perfbot could not find it out; its log says why'],
  measured: 0,
  offending: 0,
  unmeasured: 0,
};

/** What the playbooks of a round came to; those whose run is under way are not in it. */
async function endedRuns(
  stores: Stores,
  { runs }: Round,
): Promise<(playbook: string) => ItemRun | undefined> {
  const ended = new Map<string, ItemRun | undefined>();
  for (const { playbook, runId } of runs) {
    const run = await stores.runs.get(runId);
    if (run?.report !== undefined) ended.set(playbook, { playbook, report: run.report });
    else if (run === undefined || run.state === 'failed')
      ended.set(playbook, { playbook, failure: run?.failure ?? 'the run is gone' });
    else ended.set(playbook, undefined);
  }
  return (playbook) => (ended.has(playbook) ? ended.get(playbook) : { playbook, failure: missing(playbook) });
}

interface LastRounds {
  of(item: RoundItem): BeforeRound;
}

/** What the rounds before this one found, the newest that has something for an item. */
async function lastRounds({ checklists }: Pick<Stores, 'checklists'>, round: Round): Promise<LastRounds> {
  const { checklist, channel } = round;
  const recent = await checklists.recent({ checklist, channel, limit: LOOK_BACK + 1 });
  const before = recent.filter(({ id, createdAt }) => id !== round.id && createdAt <= round.createdAt);
  const items = before.flatMap((one) => one.items);
  return {
    of: ({ id }) => ({
      at: before[0]?.createdAt,
      filling: items.find((item) => item.id === id && item.filling !== undefined)?.filling,
    }),
  };
}

interface Findings {
  readonly ended: (playbook: string) => ItemRun | undefined;
  /** What the sources of the item say, when they were asked and could answer. */
  readonly told: Filling | undefined;
  readonly before: Filling | undefined;
  readonly at: number;
  readonly options: FillOptions;
}

function fill(item: RoundItem, { ended, told, before, at, options }: Findings): RoundItem {
  if (item.fill === undefined) return item;
  const hasSource = options.sources.some((source) => source.fills(item));
  if (item.filling !== undefined && !(told && followed(options, item))) return item;
  if (hasSource && told === undefined) return item;
  const runs = runsOf(item.fill).map(ended);
  const done = runs.filter((run) => run !== undefined);
  if (done.length < runs.length) return item;
  const own = runs.length === 0 && hasSource ? [] : [fillItem(item.fill, done, before)];
  const evidence = item.filling?.evidence;
  const joined = joinFillings([...own, ...(told ? [told] : [])]);
  const filling = evidence === undefined ? joined : { ...joined, evidence };
  if (isDeepStrictEqual(JSON.parse(JSON.stringify(filling)), item.filling)) return item;
  return withFilling(item, filling, at);
}
