import type { Matcher } from '../../core/alert/matcher.ts';
import { matchersOf, type Silence } from '../../core/alert/silence.ts';
import type { Redact } from '../../core/redact.ts';
import { formatDuration } from '../../core/unit.ts';
import { putSilenceCard } from '../alerts/put-silence-card.ts';
import { lockSilencedGroups, silenceOf } from '../alerts/silenced-groups.ts';
import type { JobQueue } from '../ports/queue.ts';
import type { Renderer } from '../ports/renderer.ts';
import type { Clock } from '../ports/runtime.ts';
import type { Database, Stores } from '../ports/stores.ts';
import { putNote } from '../runs/put-note.ts';
import type { CardWriter } from '../runs/refresh-card.ts';

export interface SilenceOptions {
  readonly database: Database;
  readonly queue: JobQueue;
  readonly cards: CardWriter;
  readonly renderer: Renderer;
  readonly redact: Redact;
  readonly now: Clock;
}

interface Wish {
  /** The same again is the same silence. */
  readonly id: string;
  readonly durationMs: number;
  readonly userId: string;
  readonly channel: string;
}

export type SilenceGroupResult =
  | { readonly kind: 'silenced' }
  /** Somebody was faster, or pressed twice. */
  | { readonly kind: 'already' }
  /** It is over, or its alerts have nothing in common that could be matched. */
  | { readonly kind: 'impossible'; readonly reason: 'unknown' | 'resolved' | 'nothing_in_common' };

export interface Silences {
  /** Holds back what matches, and says so in the channel. */
  add(wish: Wish & { readonly matchers: readonly Matcher[]; readonly reason: string }): Promise<void>;
  /** Holds back more alerts like those of a message. The first one wins, whatever is pressed how often. */
  addForGroup(wish: Wish & { readonly groupId: string }): Promise<SilenceGroupResult>;
  /** Ends a silence; its end is told within seconds. False when it is over already. */
  end(id: string, userId: string): Promise<boolean>;
  /** Ends whatever silences a group. False when nothing does any more. */
  endForGroup(groupId: string, userId: string): Promise<boolean>;
}

/** What people can do about alerts that they do not want to hear of for a while. */
export function createSilences(options: SilenceOptions): Silences {
  const { database, queue, redact, now } = options;
  const begin = (stores: Stores, wish: Wish, rest: Pick<Silence, 'matchers' | 'reason' | 'onCard'>) => {
    const createdAt = now();
    const { id, durationMs, userId: createdBy, channel } = wish;
    const silence: Silence = {
      ...rest,
      id,
      createdBy,
      channel,
      createdAt,
      endsAt: createdAt + durationMs,
      endedAt: undefined,
      endedBy: undefined,
    };
    return beginSilence(options, stores, silence);
  };
  return {
    async add({ matchers, reason, ...wish }) {
      await database.transaction((stores) =>
        begin(stores, wish, { matchers, reason: redact(reason), onCard: false }),
      );
      await queue.enqueue('deliver', {});
    },
    async addForGroup({ groupId, ...wish }) {
      const result = await database.transaction(async (stores): Promise<SilenceGroupResult> => {
        await stores.silences.lock();
        const group = await stores.groups.get(groupId);
        if (group === undefined) return { kind: 'impossible', reason: 'unknown' };
        if (group.state === 'resolved') return { kind: 'impossible', reason: 'resolved' };
        const known = await silenceOf(stores, group, now());
        if (known !== undefined) return { kind: 'already' };
        const matchers = matchersOf(group);
        if (matchers.length === 0) return { kind: 'impossible', reason: 'nothing_in_common' };
        await begin(stores, wish, { matchers, reason: '', onCard: true });
        return { kind: 'silenced' };
      });
      await queue.enqueue('deliver', {});
      return result;
    },
    async end(id, userId) {
      const ended = await database.silences.end(id, userId, now());
      if (ended) await queue.enqueue('sweep', {});
      return ended;
    },
    async endForGroup(groupId, userId) {
      const group = await database.groups.get(groupId);
      let ended = false;
      for (;;) {
        const silence = group && (await silenceOf(database, group, now()));
        if (silence === undefined) break;
        ended = (await database.silences.end(silence.id, userId, now())) || ended;
      }
      if (ended) await queue.enqueue('sweep', {});
      return ended;
    },
  };
}

async function beginSilence(options: SilenceOptions, stores: Stores, silence: Silence): Promise<void> {
  if (!(await stores.silences.create(silence))) return;
  const groups = await lockSilencedGroups(stores, silence);
  const reason = silence.reason === '' ? '' : ` (${silence.reason})`;
  for (const group of groups) {
    await options.cards.group(stores, group, { urgent: true });
    await putNote(
      { ...options, stores },
      {
        group,
        name: `silenced-${silence.id}`,
        text: `Silenced for ${formatDuration(silence.endsAt - silence.createdAt)}${reason}`,
        by: silence.createdBy,
      },
    );
  }
  if (!silence.onCard) await putSilenceCard(options, stores, silence, { matching: groups.length });
}
