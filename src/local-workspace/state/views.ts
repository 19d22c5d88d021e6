import { createHash } from 'node:crypto';
import type { Block, OpenView } from '../protocol.ts';
import { newSlackId } from './ids.ts';
import type { StoredView } from './records.ts';
import { APP_ID, BOT_ID, ME, TEAM } from './seed.ts';
import type { Workspace } from './workspace.ts';

const isHome = ({ view }: StoredView) => view.type === 'home';

/** Modals that a person has open, the lowest first. */
export function modalsOf({ store }: Workspace, user: string): readonly StoredView[] {
  return store.views.all().filter((view) => view.user === user && !isHome(view));
}

export function homeOf({ store }: Workspace, user: string): StoredView | undefined {
  return store.views.all().find((view) => view.user === user && isHome(view));
}

/** Everybody has a Home of their own, and the page is that of "you". */
function isShown(stored: StoredView): boolean {
  return !isHome(stored) || stored.user === ME.id;
}

/** What the page of "you" shows: Home, then modals, the lowest first. */
export function shownViews(workspace: Workspace): readonly StoredView[] {
  const home = homeOf(workspace, ME.id);
  return [...(home ? [home] : []), ...modalsOf(workspace, ME.id)];
}

/** Puts a view on top of `previous`, or as the only one. The blocks have passed the rules and carry ids. */
export function openView(
  workspace: Workspace,
  { user, view, previous }: { user: string; view: Block; previous?: StoredView | undefined },
): StoredView {
  const id = newSlackId('V');
  const stored: StoredView = {
    id,
    hash: hashOf(workspace, id, view),
    rootId: previous?.rootId ?? id,
    user,
    view: { ...view },
    ...(previous && { previousId: previous.id }),
  };
  workspace.store.views.put(id, stored);
  if (isShown(stored)) workspace.feed.publish({ type: 'view_opened', view: toOpenView(stored) });
  return stored;
}

export function changeView(workspace: Workspace, before: StoredView, view: Block): StoredView {
  const stored = { ...before, view: { ...view }, hash: hashOf(workspace, before.id, view) };
  workspace.store.views.put(stored.id, stored);
  if (isShown(stored)) workspace.feed.publish({ type: 'view_updated', view: toOpenView(stored) });
  return stored;
}

/** Closes these views; one that is closed already stays so. */
export function closeViews(workspace: Workspace, views: readonly StoredView[]): void {
  for (const { id } of views) {
    if (!workspace.store.views.get(id)) continue;
    workspace.store.views.drop(id);
    workspace.feed.publish({ type: 'view_closed', id });
  }
}

export function toOpenView({ id, hash, view }: StoredView): OpenView {
  return { id, hash, view };
}

/** A view in the form of the Web API and of payloads. */
export function toApiView(stored: StoredView, values: unknown = {}): Record<string, unknown> {
  const { id, hash, rootId, previousId, view } = stored;
  return {
    private_metadata: '',
    callback_id: '',
    clear_on_close: false,
    notify_on_close: false,
    close: null,
    submit: null,
    external_id: '',
    ...view,
    id,
    hash,
    team_id: TEAM.id,
    app_id: APP_ID,
    app_installed_team_id: TEAM.id,
    bot_id: BOT_ID,
    root_view_id: rootId,
    previous_view_id: previousId ?? null,
    state: { values },
  };
}

/** Different for every state of a view: `<seconds>.<digest>`. */
function hashOf({ store }: Workspace, id: string, view: Block): string {
  const ts = store.timestamps.next();
  const digest = createHash('sha1')
    .update(`${id} ${ts} ${JSON.stringify(view)}`)
    .digest('hex');
  return `${ts.split('.')[0]}.${digest.slice(0, 8)}`;
}
