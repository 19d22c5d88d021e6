import { z } from 'zod';
import { LIMITS } from '../../core/block-kit/limits.ts';
import { isObject } from '../../core/block-kit/rule.ts';
import { sender } from '../delivery/payloads.ts';
import type { PostAnswer, StateValues } from '../protocol.ts';
import type { StoredView } from '../state/records.ts';
import { ME } from '../state/seed.ts';
import { changeView, closeViews, modalsOf, openView, toApiView } from '../state/views.ts';
import type { Workspace } from '../state/workspace.ts';
import { SlackRefusal } from '../web-api/refusal.ts';
import { acceptView } from '../web-api/view-content.ts';
import type { Acting } from './say.ts';

/** What an app may answer to a submission. */
const SubmissionAnswer = z.union([
  z.undefined(),
  z.literal(''),
  z.object({ response_action: z.literal('errors'), errors: z.record(z.string(), z.string()) }),
  z.object({ response_action: z.enum(['update', 'push']), view: z.unknown().optional() }),
  z.object({ response_action: z.literal('clear') }),
]);

/** "Submit" in a modal, and what the app wants to happen then. */
export async function submitView(acting: Acting, id: string, state: StateValues): Promise<PostAnswer> {
  const { workspace, toPerfbot } = acting;
  const view = workspace.store.views.get(id);
  if (view === undefined || view.user !== ME.id) return { ok: false, error: 'not_found' };
  const missing = missingInputs(view, state);
  if (Object.keys(missing).length > 0) return { ok: false, errors: missing };
  const payload = {
    type: 'view_submission',
    ...sender(workspace, id),
    view: toApiView(view, state),
    response_urls: [],
  };
  const receipt = await toPerfbot.deliver({ name: 'view_submission', envelope: 'interactive', payload });
  if (!receipt.ok) return { ok: false, error: receipt.error };
  const answer = SubmissionAnswer.safeParse(receipt.body);
  if (!answer.success) return { ok: false, error: 'invalid_response_action' };
  try {
    return follow(workspace, view, answer.data || undefined);
  } catch (error) {
    if (!(error instanceof SlackRefusal)) throw error;
    workspace.log.warn({ answer: error.answer }, 'the answer to a submission breaks the rules of Slack');
    return { ok: false, error: error.code };
  }
}

/** "Cancel" in a modal. The app hears of it only when the view asked for that. */
export async function closeView({ workspace, toPerfbot }: Acting, id: string): Promise<PostAnswer> {
  const view = workspace.store.views.get(id);
  if (view === undefined || view.user !== ME.id) return { ok: false, error: 'not_found' };
  closeViews(workspace, [view]);
  if (view.view.notify_on_close !== true) return { ok: true };
  const payload = { type: 'view_closed', ...sender(workspace), view: toApiView(view), is_cleared: false };
  const receipt = await toPerfbot.deliver({ name: 'view_closed', envelope: 'interactive', payload });
  return receipt.ok ? { ok: true } : { ok: false, error: receipt.error };
}

function follow(
  workspace: Workspace,
  view: StoredView,
  answer: Exclude<z.infer<typeof SubmissionAnswer>, ''>,
): PostAnswer {
  if (answer === undefined) {
    closeViews(workspace, [view]);
    return { ok: true };
  }
  switch (answer.response_action) {
    case 'errors':
      return { ok: false, errors: answer.errors };
    case 'clear':
      closeViews(workspace, modalsOf(workspace, view.user));
      return { ok: true };
    case 'update':
      changeView(workspace, view, acceptView(workspace, answer.view, 'modal'));
      return { ok: true };
    case 'push': {
      const accepted = acceptView(workspace, answer.view, 'modal');
      if (modalsOf(workspace, view.user).length >= LIMITS.view.stack)
        throw new SlackRefusal('push_limit_reached');
      openView(workspace, { user: view.user, view: accepted, previous: view });
      return { ok: true };
    }
    default:
      return answer satisfies never;
  }
}

/** Slack's own check before it tells the app: an input that is not optional must hold something. */
function missingInputs({ view }: StoredView, state: StateValues): Record<string, string> {
  const blocks = Array.isArray(view.blocks) ? view.blocks.filter(isObject) : [];
  const empty = blocks.filter((block) => {
    if (block.type !== 'input' || block.optional === true || !isObject(block.element)) return false;
    const held = state[String(block.block_id)]?.[String(block.element.action_id)] ?? {};
    return !Object.entries(held).some(([key, value]) => key !== 'type' && !isEmpty(value));
  });
  return Object.fromEntries(
    empty.map(({ block_id }) => [String(block_id), 'Please complete this required field.']),
  );
}

function isEmpty(value: unknown): boolean {
  return (
    value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
  );
}
