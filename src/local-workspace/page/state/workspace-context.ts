import { createContext, use } from 'react';
import type { FileInfo, User, WorkspaceState } from '../../protocol.ts';

/** The loaded state, for all that shows it. */
export const WorkspaceContext = createContext<WorkspaceState | undefined>(undefined);

/** The loaded state; throws outside of the page's frame. */
export function useWorkspaceState(): WorkspaceState {
  const state = use(WorkspaceContext);
  if (state === undefined) throw new Error('useWorkspaceState needs a WorkspaceContext');
  return state;
}

/** Finds what ids stand for. */
export function useNames() {
  const { users, me, channels } = useWorkspaceState();
  const person = (id: string): User | undefined => (id === me.id ? me : users.find((user) => user.id === id));
  return {
    person,
    user: (id: string) => person(id)?.realName,
    channel: (id: string) => channels.find((channel) => channel.id === id)?.name,
  };
}

/** Finds a shared file of any message. */
export function useFile(id: string | undefined): FileInfo | undefined {
  const { messages } = useWorkspaceState();
  return messages.flatMap(({ files = [] }) => files).find((file) => file.id === id);
}
