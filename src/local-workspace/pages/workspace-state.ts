import type { WorkspaceState } from '../protocol.ts';
import { toPageEphemeral, toPageMessage } from '../state/page-messages.ts';
import { BOT, COMMANDS, ME, TEAM, USERS } from '../state/seed.ts';
import { microseconds } from '../state/timestamps.ts';
import { shownViews, toOpenView } from '../state/views.ts';
import type { Workspace } from '../state/workspace.ts';

const byTime = (a: { ts: string }, b: { ts: string }) => microseconds(a.ts) - microseconds(b.ts);

/** Everything that the page of "you" shows. */
export function workspaceState(workspace: Workspace): WorkspaceState {
  const { store } = workspace;
  const channels = store.channels
    .all()
    .filter(({ directWith }) => directWith === undefined || directWith === ME.id);
  const shown = new Set(channels.map(({ id }) => id));
  return {
    team: { name: TEAM.name },
    me: ME,
    users: USERS,
    channels: channels.map(({ id, name, members, directWith }) => ({
      id,
      name,
      botIsMember: members.includes(BOT.id),
      ...(directWith !== undefined && { isDirect: true as const }),
    })),
    messages: store.messages
      .all()
      .filter(({ channel }) => shown.has(channel))
      .map((message) => toPageMessage(workspace, message))
      .sort(byTime),
    ephemerals: store.ephemerals
      .all()
      .filter(({ forUser }) => forUser === ME.id)
      .map((ephemeral) => toPageEphemeral(workspace, ephemeral))
      .sort(byTime),
    views: shownViews(workspace).map(toOpenView),
    commands: COMMANDS,
  };
}
