import { isObject } from '../../core/block-kit/rule.ts';
import { sender } from '../delivery/payloads.ts';
import { issueResponseUrl } from '../delivery/response-urls.ts';
import type { Block, PostAnswer, PressedAction } from '../protocol.ts';
import { findMessage } from '../state/messages.ts';
import type { StoredMessage } from '../state/records.ts';
import { BOT, ME } from '../state/seed.ts';
import { toApiView } from '../state/views.ts';
import { toApiMessage } from '../web-api/api-message.ts';
import { findElement, toAction } from './pressed-element.ts';
import type { Acting } from './say.ts';

/** Where an element was pressed: its blocks, and what the payload says about the place. */
interface Place {
  readonly blocks: readonly Block[];
  readonly payload: () => Readonly<Record<string, unknown>>;
  readonly viewId?: string;
}

/** A press or a choice: `block_actions`. What is sent comes from the stored blocks, not from the page. */
export async function press(acting: Acting, pressed: PressedAction): Promise<PostAnswer> {
  const place = placeOf(acting, pressed);
  if (typeof place === 'string') return { ok: false, error: place };
  const element = findElement(place.blocks, pressed.blockId, pressed.actionId);
  const action = element && toAction(element, pressed);
  if (action === undefined) return { ok: false, error: 'action_not_found' };
  const { workspace, toPerfbot } = acting;
  const payload = {
    type: 'block_actions',
    ...sender(workspace, place.viewId),
    ...place.payload(),
    actions: [
      {
        action_id: pressed.actionId,
        block_id: pressed.blockId,
        ...action,
        action_ts: workspace.store.timestamps.next(),
      },
    ],
  };
  const receipt = await toPerfbot.deliver({ name: 'block_actions', envelope: 'interactive', payload });
  return receipt.ok ? { ok: true } : { ok: false, error: receipt.error };
}

function placeOf(acting: Acting, pressed: PressedAction): Place | string {
  const { store } = acting.workspace;
  if (pressed.viewId !== undefined) return viewPlace(acting, pressed.viewId, pressed.state);
  if (pressed.ephemeralId !== undefined) {
    const ephemeral = store.ephemerals.get(pressed.ephemeralId);
    if (ephemeral === undefined || ephemeral.forUser !== ME.id) return 'message_not_found';
    return messagePlace(acting, { message: ephemeral, ephemeralId: ephemeral.id, pressed });
  }
  const message = findMessage(acting.workspace, pressed.channel ?? '', pressed.ts ?? '');
  if (message === undefined || message.user !== BOT.id) return 'message_not_found';
  return messagePlace(acting, { message, pressed });
}

function messagePlace(
  { workspace, responseUrl }: Acting,
  about: { message: StoredMessage; ephemeralId?: string; pressed: PressedAction },
): Place {
  const { message, ephemeralId, pressed } = about;
  const { channel, ts, thread_ts } = message;
  const attached = message.attachments?.flatMap(({ blocks }) =>
    Array.isArray(blocks) ? blocks.filter(isObject) : [],
  );
  return {
    blocks: [...(message.blocks ?? []), ...(attached ?? [])],
    payload: () => {
      const id = issueResponseUrl(workspace, {
        user: ME.id,
        channel,
        original: ephemeralId === undefined ? { ts } : { ephemeralId },
        ...(thread_ts !== undefined && { threadTs: thread_ts }),
      });
      const address = responseUrl(id);
      return {
        container: {
          type: 'message',
          message_ts: ts,
          channel_id: channel,
          is_ephemeral: ephemeralId !== undefined,
          ...(thread_ts !== undefined && { thread_ts }),
        },
        channel: { id: channel, name: workspace.store.channels.get(channel)?.name ?? '' },
        // Slack does not send what an ephemeral message said.
        ...(ephemeralId === undefined && {
          message: toApiMessage(workspace, message, { origin: new URL(address).origin, withMetadata: true }),
        }),
        state: { values: pressed.state ?? {} },
        response_url: address,
      };
    },
  };
}

function viewPlace({ workspace }: Acting, id: string, state: PressedAction['state']): Place | string {
  const view = workspace.store.views.get(id);
  if (view === undefined || view.user !== ME.id) return 'not_found';
  const { blocks } = view.view;
  return {
    viewId: id,
    blocks: Array.isArray(blocks) ? blocks.filter(isObject) : [],
    payload: () => ({ container: { type: 'view', view_id: id }, view: toApiView(view, state ?? {}) }),
  };
}
