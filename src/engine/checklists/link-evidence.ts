import { runsOf } from '../../core/checklist/checklist.ts';
import type { EvidenceLink, Round, RoundItem } from '../../core/checklist/round.ts';
import type { Messenger } from '../ports/message.ts';
import { historyRunId } from './history-source.ts';
import { type ChecklistOptions, saveRound } from './open-round.ts';

const BATCH = 50;
/** The messages of a round are told within minutes; what is missing after so long will not come. */
const WITHIN_MS = 60 * 60_000;

export type LinkEvidenceOptions = ChecklistOptions & { readonly linkTo: Messenger['linkTo'] };

interface Evidence {
  readonly title: string;
  /** Outbox key of the message that shows it. */
  readonly key: string;
}

/** Links the items of open rounds to the reports that filled them, as soon as those are told. */
export function linkEvidence(options: LinkEvidenceOptions): () => Promise<void> {
  const { database, queue, now, log } = options;
  return async () => {
    const rounds = (await database.checklists.openRounds(BATCH)).filter(
      ({ state, createdAt }) => state === 'open' && createdAt > now() - WITHIN_MS,
    );
    let changed = false;
    for (const round of rounds) {
      const linked = await linkRound(options, round).catch((error: unknown) => {
        log.warn({ err: error, roundId: round.id }, 'the evidence of a checklist could not be linked');
        return false;
      });
      changed ||= linked;
    }
    if (changed) await queue.enqueue('deliver', {});
  };
}

async function linkRound(options: LinkEvidenceOptions, seen: Round): Promise<boolean> {
  const { database, linkTo, playbooks } = options;
  const titleOf = (name: string) => playbooks.get(name)?.title ?? name;
  const unlinked = seen.items.map((item) => ({ item, evidence: evidenceOf(seen, item, titleOf) }));
  const keys = unlinked
    .filter(({ item, evidence }) => evidence.length > linksOf(item).length)
    .flatMap(({ evidence }) => evidence.map(({ key }) => key));
  const urls = new Map<string, string>();
  for (const [key, address] of await database.overview.addresses(keys)) urls.set(key, await linkTo(address));
  if (urls.size === 0) return false;
  return database.transaction(async (stores) => {
    const round = await stores.checklists.lockRound(seen.id);
    if (round?.state !== 'open') return false;
    const items = round.items.map((item) => withEvidence(item, evidenceOf(round, item, titleOf), urls));
    const changed = items.some((item, index) => item !== round.items[index]);
    if (changed) await saveRound(options, stores, { ...round, items });
    return changed;
  });
}

/** The messages in the thread of the round that show what filled an item. */
function evidenceOf(
  round: Round,
  { fill, filling }: RoundItem,
  titleOf: (name: string) => string,
): readonly Evidence[] {
  if (fill === undefined || filling === undefined) return [];
  const runs = round.runs.filter(({ playbook }) => runsOf(fill).includes(playbook));
  return [
    ...runs.map(({ playbook, runId }) => ({ title: titleOf(playbook), key: verdictKey(runId) })),
    ...(fill.history === undefined || fill.history === 'forecast'
      ? []
      : [{ title: 'Table and charts', key: verdictKey(historyRunId(round, fill.history)) }]),
  ];
}

function verdictKey(runId: string): string {
  return `run/${runId}/verdict`;
}

function linksOf({ filling }: RoundItem): readonly EvidenceLink[] {
  return filling?.evidence ?? [];
}

function withEvidence(
  item: RoundItem,
  evidence: readonly Evidence[],
  urls: ReadonlyMap<string, string>,
): RoundItem {
  const links = evidence.flatMap(({ title, key }) => {
    const url = urls.get(key);
    return url === undefined ? [] : [{ title, url }];
  });
  // A run that failed tells nothing: there are as many links as there are messages.
  if (item.filling === undefined || links.length <= linksOf(item).length) return item;
  return { ...item, filling: { ...item.filling, evidence: links } };
}
