import { stableId } from '../../core/alert/fingerprint.ts';
import { type Checklist, runsOf } from '../../core/checklist/checklist.ts';
import { type Round, type RoundItem, roundKey } from '../../core/checklist/round.ts';
import type { RoundRenderer } from '../ports/checklists.ts';
import type { Playbooks } from '../ports/playbooks.ts';
import type { JobQueue } from '../ports/queue.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import type { Database, Stores } from '../ports/stores.ts';
import { newRun } from '../runs/new-run.ts';

export interface ChecklistOptions {
  readonly database: Database;
  readonly queue: JobQueue;
  readonly playbooks: Playbooks;
  readonly rounds: RoundRenderer;
  readonly now: Clock;
  readonly log: Logger;
}

/** What is new about a round; the rest comes from its checklist and from the rounds before it. */
export type NewRound = Pick<
  Round,
  'id' | 'channel' | 'schedule' | 'dueAt' | 'timezone' | 'missed' | 'requestedBy' | 'remindAt' | 'remindIn'
> & { readonly checklist: Checklist };

/** Rounds before this one that may still be open, or that a trend is taken from. */
const LOOK_BACK = 5;
/** Keeps the messages of the runs of one round apart in its thread. */
const RUN_SPACING_MS = 100;

/**
 * Stores a round with its message and its runs, and closes the rounds before it; what was open there is carried over.
 * Call it inside a transaction, then `startRuns`. Undefined: the round is there already.
 */
export async function openRound(
  { playbooks, rounds, now }: ChecklistOptions,
  stores: Stores,
  { checklist, ...own }: NewRound,
): Promise<Round | undefined> {
  await stores.checklists.lockList(checklist.name, own.channel);
  const before = await stores.checklists.recent({
    checklist: checklist.name,
    channel: own.channel,
    limit: LOOK_BACK,
  });
  const runs = plannedRuns(checklist, own.id, playbooks);
  const round: Round = {
    ...own,
    checklist: checklist.name,
    title: checklist.title,
    createdAt: now(),
    state: checklist.items.some(({ fill }) => fill !== undefined) ? 'filling' : 'open',
    revision: 1,
    runs,
    items: checklist.items.map((item, position) => newItem(item, position, before)),
  };
  if (!(await stores.checklists.addRound(round))) return undefined;
  await createRuns(stores, round, playbooks);
  for (const old of before) {
    if (old.state !== 'replaced') await closeRound({ rounds, now }, stores, old.id);
  }
  await putRound({ rounds, now }, stores, round);
  return round;
}

/** Sends the runs of a round to the workers; what gets lost here is found by the sweep. */
export async function startRuns(queue: JobQueue, round: Round): Promise<void> {
  for (const { runId } of round.runs) await queue.enqueue('start_run', { runId }, { key: runId });
  await queue.enqueue('deliver', {});
}

/** Sets what the message of a round should say now. The caller holds the lock of the round, or has just made it. */
async function putRound(
  { rounds, now }: Pick<ChecklistOptions, 'rounds' | 'now'>,
  stores: Stores,
  round: Round,
): Promise<void> {
  const key = roundKey(round.id);
  const content = rounds.round(round, key);
  await stores.outbox.put({ key, channel: round.channel, position: 0, content, urgent: true }, now());
}

/** Saves a changed round under a new revision, with its message. */
export async function saveRound(
  parts: Pick<ChecklistOptions, 'rounds' | 'now'>,
  stores: Stores,
  changed: Round,
): Promise<Round> {
  const round = { ...changed, revision: changed.revision + 1 };
  await stores.checklists.saveRound(round);
  await putRound(parts, stores, round);
  return round;
}

function plannedRuns({ items }: Checklist, roundId: string, playbooks: Playbooks): Round['runs'] {
  const names = new Set(items.flatMap(({ fill }) => (fill ? runsOf(fill) : [])));
  return [...names]
    .filter((playbook) => playbooks.get(playbook) !== undefined)
    .map((playbook) => ({ playbook, runId: stableId('round', roundId, playbook) }));
}

async function createRuns(stores: Stores, round: Round, playbooks: Playbooks): Promise<void> {
  for (const [index, { playbook: name, runId }] of round.runs.entries()) {
    const playbook = playbooks.get(name);
    if (playbook === undefined) continue;
    const at = round.createdAt + index * RUN_SPACING_MS;
    const trigger = { kind: 'checklist', roundId: round.id } as const;
    await stores.runs.create(newRun({ id: runId, playbook, service: undefined, trigger, now: at }));
  }
}

/** An item begins open; one that was open in the last round keeps since when, its note and who was given it. */
function newItem(
  { id, title, person, fill, owner }: Checklist['items'][number],
  position: number,
  [last]: readonly Round[],
): RoundItem {
  const old = last?.items.find((item) => item.id === id);
  const carried = old !== undefined && !old.checked ? old : undefined;
  return {
    position,
    id,
    title,
    person,
    fill,
    filling: undefined,
    checked: false,
    checkedBy: undefined,
    checkedAt: undefined,
    note: carried?.note,
    notedBy: carried?.notedBy,
    owner: carried?.ownerBy === undefined ? owner : carried.owner,
    ownerBy: carried?.ownerBy,
    openSince: carried && (carried.openSince ?? last?.dueAt),
  };
}

async function closeRound(
  parts: Pick<ChecklistOptions, 'rounds' | 'now'>,
  stores: Stores,
  roundId: string,
): Promise<void> {
  const round = await stores.checklists.lockRound(roundId);
  if (round === undefined || round.state === 'replaced') return;
  await saveRound(parts, stores, { ...round, state: 'replaced', remindAt: undefined });
}
