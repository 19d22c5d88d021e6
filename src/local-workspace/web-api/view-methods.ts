import { z } from 'zod';
import { LIMITS } from '../../core/block-kit/limits.ts';
import type { StoredView } from '../state/records.ts';
import { USERS } from '../state/seed.ts';
import type { Trigger } from '../state/triggers.ts';
import { changeView, closeViews, homeOf, modalsOf, openView, toApiView } from '../state/views.ts';
import type { Workspace } from '../state/workspace.ts';
import { json, type Method, method, optionalText } from './method.ts';
import { SlackRefusal } from './refusal.ts';
import { acceptView } from './view-content.ts';

const view = json('invalid_arguments');
const opening = z.object({ trigger_id: z.string(), view });

const open = method(opening, (args, { workspace }) => {
  const accepted = acceptView(workspace, args.view, 'modal');
  const { user } = redeem(workspace, args.trigger_id);
  closeViews(workspace, modalsOf(workspace, user));
  return { view: toApiView(openView(workspace, { user, view: accepted })) };
});

const push = method(opening, (args, { workspace }) => {
  const accepted = acceptView(workspace, args.view, 'modal');
  const { user } = redeem(workspace, args.trigger_id);
  const modals = modalsOf(workspace, user);
  const previous = modals.at(-1);
  if (previous === undefined) throw new SlackRefusal('not_found');
  if (modals.length >= LIMITS.view.stack) throw new SlackRefusal('push_limit_reached');
  return { view: toApiView(openView(workspace, { user, view: accepted, previous })) };
});

const update = method(
  z.object({ view_id: optionalText, external_id: optionalText, hash: optionalText, view }),
  (args, { workspace }) => {
    const accepted = acceptView(workspace, args.view, 'any');
    const before = findView(workspace, args.view_id, args.external_id);
    if (before === undefined || before.view.type !== accepted.type) throw new SlackRefusal('not_found');
    if (args.hash !== undefined && args.hash !== before.hash) throw new SlackRefusal('hash_conflict');
    return { view: toApiView(changeView(workspace, before, accepted)) };
  },
);

const publish = method(z.object({ user_id: z.string(), hash: optionalText, view }), (args, { workspace }) => {
  const accepted = acceptView(workspace, args.view, 'home');
  if (!USERS.some(({ id, isBot }) => id === args.user_id && !isBot)) throw new SlackRefusal('user_not_found');
  const before = homeOf(workspace, args.user_id);
  if (args.hash !== undefined && args.hash !== before?.hash) throw new SlackRefusal('hash_conflict');
  const after = before
    ? changeView(workspace, before, accepted)
    : openView(workspace, { user: args.user_id, view: accepted });
  return { view: toApiView(after) };
});

export const VIEW_METHODS: Readonly<Record<string, Method>> = {
  'views.open': open,
  'views.push': push,
  'views.update': update,
  'views.publish': publish,
};

function redeem({ triggers }: Workspace, id: string): Trigger {
  const trigger = triggers.redeem(id);
  if (typeof trigger === 'string') throw new SlackRefusal(trigger);
  return trigger;
}

function findView({ store }: Workspace, id?: string, externalId?: string): StoredView | undefined {
  if (id !== undefined) return store.views.get(id);
  if (externalId === undefined) return undefined;
  return store.views.all().find((stored) => stored.view.external_id === externalId);
}
