import { cardKey } from '../../core/run.ts';
import type { AlertGroup } from '../ports/group-store.ts';
import type { Renderer } from '../ports/renderer.ts';
import type { Clock } from '../ports/runtime.ts';
import type { Stores } from '../ports/stores.ts';

export interface PutNoteOptions {
  readonly renderer: Renderer;
  readonly now: Clock;
  readonly stores: Stores;
}

/** Adds one line to the thread of a group. `name` makes it unique there: the same note twice is one note. */
export async function putNote(
  { renderer, now, stores }: PutNoteOptions,
  {
    group,
    name,
    text,
    by,
  }: {
    readonly group: AlertGroup;
    readonly name: string;
    readonly text: string;
    /** Who did it. */
    readonly by?: string;
  },
): Promise<void> {
  const key = `group/${group.id}/note/${name}`;
  await stores.outbox.put(
    {
      key,
      channel: group.channel,
      threadOf: cardKey({ kind: 'group', groupId: group.id }),
      position: now(),
      content: renderer.note({ text, key, groupId: group.id, ...(by !== undefined && { by }) }),
    },
    now(),
  );
}
