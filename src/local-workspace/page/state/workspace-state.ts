import type { Ephemeral, Message, OpenView, WorkspaceEvent, WorkspaceState } from '../../protocol.ts';
import { LOCAL_ID } from './notices.ts';

/** What can happen to the state that the page shows. */
export type WorkspaceChange =
  | { readonly type: 'loaded'; readonly state: WorkspaceState }
  | { readonly type: 'dismissed'; readonly id: string }
  | WorkspaceEvent;

const sameMessage = (left: Message) => (right: Message) =>
  left.channel === right.channel && left.ts === right.ts;

function put<T>(list: readonly T[], entry: T, isSame: (other: T) => boolean): readonly T[] {
  return list.some(isSame) ? list.map((other) => (isSame(other) ? entry : other)) : [...list, entry];
}

const putEphemeral = (list: readonly Ephemeral[], entry: Ephemeral) =>
  put(list, entry, (other) => other.id === entry.id);
const putView = (list: readonly OpenView[], entry: OpenView) =>
  put(list, entry, (other) => other.id === entry.id);

/** A loaded state with what the page itself has said before. */
function withNotices(loaded: WorkspaceState, before: readonly Ephemeral[]): WorkspaceState {
  const notices = before.filter(({ id }) => id.startsWith(LOCAL_ID));
  return { ...loaded, ephemerals: [...loaded.ephemerals, ...notices] };
}

/** The state after a change. Changes may come twice; before the state is loaded they are ignored. */
export function reduceWorkspace(
  state: WorkspaceState | undefined,
  change: WorkspaceChange,
): WorkspaceState | undefined {
  if (change.type === 'loaded') return withNotices(change.state, state?.ephemerals ?? []);
  if (state === undefined) return undefined;
  switch (change.type) {
    case 'message':
    case 'message_changed':
      return { ...state, messages: put(state.messages, change.message, sameMessage(change.message)) };
    case 'message_deleted': {
      const { channel, ts } = change;
      return {
        ...state,
        messages: state.messages.filter((message) => message.channel !== channel || message.ts !== ts),
      };
    }
    case 'ephemeral':
    case 'ephemeral_changed':
      return { ...state, ephemerals: putEphemeral(state.ephemerals, change.ephemeral) };
    case 'ephemeral_deleted':
    case 'dismissed':
      return { ...state, ephemerals: state.ephemerals.filter(({ id }) => id !== change.id) };
    case 'view_opened':
    case 'view_updated':
      return { ...state, views: putView(state.views, change.view) };
    case 'view_closed':
      return { ...state, views: state.views.filter(({ id }) => id !== change.id) };
  }
}

/** Something that stands in the list: a message or what only you see. */
export type Entry = Message & { readonly id?: string };

const byTime = (left: Entry, right: Entry) => (left.ts < right.ts ? -1 : left.ts > right.ts ? 1 : 0);

/** What stands in a channel, oldest first. Replies stand in their thread. */
export function channelEntries(state: WorkspaceState, channel: string): readonly Entry[] {
  return [...state.messages, ...state.ephemerals]
    .filter(
      (entry) => entry.channel === channel && (entry.threadTs === undefined || entry.threadTs === entry.ts),
    )
    .sort(byTime);
}

/** A message and its replies, oldest first. */
export function threadEntries(state: WorkspaceState, channel: string, threadTs: string): readonly Entry[] {
  return [...state.messages, ...state.ephemerals]
    .filter((entry) => entry.channel === channel && (entry.ts === threadTs || entry.threadTs === threadTs))
    .sort(byTime);
}
