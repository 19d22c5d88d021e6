import { fillItem, type ItemRun, isSettled } from '../../core/checklist/fill-item.ts';
import type { Filling, Round, RoundItem } from '../../core/checklist/round.ts';
import type { Stores } from '../ports/stores.ts';
import { type ChecklistOptions, saveRound } from './open-round.ts';

const BATCH = 50;
/** Rounds before this one that a trend is taken from. */
const LOOK_BACK = 5;

/** Fills the items of rounds whose runs have ended; a round is open for people when none is under way any more. */
export function fillRounds(options: ChecklistOptions): () => Promise<void> {
  const { database, queue, log } = options;
  return async () => {
    const ids = await database.checklists.filling(BATCH);
    let changed = false;
    for (const id of ids) {
      const filled = await database
        .transaction((stores) => fillRound(options, stores, id))
        .catch((error: unknown) => {
          log.error({ err: error, roundId: id }, 'a checklist could not be filled');
          return false;
        });
      changed ||= filled;
    }
    if (changed) await queue.enqueue('deliver', {});
  };
}

async function fillRound(options: ChecklistOptions, stores: Stores, id: string): Promise<boolean> {
  const round = await stores.checklists.lockRound(id);
  if (round === undefined || round.state !== 'filling') return false;
  const ended = await endedRuns(stores, round);
  const before = await lastFillings(stores, round);
  const items = round.items.map((item) => fill(item, ended, before.get(item.id), options.now()));
  const open = items.some((item) => item.fill !== undefined && item.filling === undefined);
  const changed = items.some((item, index) => item !== round.items[index]) || !open;
  if (changed) await saveRound(options, stores, { ...round, items, state: open ? 'filling' : 'open' });
  return changed;
}

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
  return (playbook) =>
    ended.has(playbook) ? ended.get(playbook) : { playbook, failure: 'there is no such playbook' };
}

async function lastFillings(stores: Stores, round: Round): Promise<ReadonlyMap<string, Filling>> {
  const recent = await stores.checklists.recent({
    checklist: round.checklist,
    channel: round.channel,
    limit: LOOK_BACK,
  });
  const fillings = new Map<string, Filling>();
  for (const { items, createdAt, id } of recent) {
    if (id === round.id || createdAt > round.createdAt) continue;
    for (const item of items) if (item.filling && !fillings.has(item.id)) fillings.set(item.id, item.filling);
  }
  return fillings;
}

function fill(
  item: RoundItem,
  ended: (playbook: string) => ItemRun | undefined,
  before: Filling | undefined,
  at: number,
): RoundItem {
  if (item.fill === undefined || item.filling !== undefined) return item;
  const runs = item.fill.playbooks.map(ended);
  const done = runs.filter((run) => run !== undefined);
  if (done.length < runs.length) return item;
  const filling = fillItem(item.fill, done, before);
  // What a person has decided stands.
  if (item.checkedAt !== undefined || !isSettled(item.fill, filling)) return { ...item, filling };
  return { ...item, filling, checked: true, checkedAt: at };
}
