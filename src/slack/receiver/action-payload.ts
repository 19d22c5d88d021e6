import { z } from 'zod';
import type { ActionRequest } from './handlers.ts';

/** What we need of a block_actions payload (source: docs.slack.dev, "block_actions payload"). */
const ActionPayload = z.object({
  user: z.object({ id: z.string() }),
  channel: z.object({ id: z.string() }).nullish(),
  message: z.object({ ts: z.string() }).nullish(),
  container: z.object({ message_ts: z.string().optional(), channel_id: z.string().optional() }).nullish(),
  view: z.object({ id: z.string(), type: z.string() }).nullish(),
  trigger_id: z.string().optional(),
  response_url: z.string().optional(),
  actions: z
    .array(
      z.object({
        action_id: z.string(),
        value: z.string().optional(),
        block_id: z.string().optional(),
        selected_option: z.object({ value: z.string() }).nullish(),
        selected_options: z.array(z.object({ value: z.string() })).optional(),
      }),
    )
    .min(1),
});

/** Reads a press or a choice; undefined when it is none that we could act on. */
export function parseAction(payload: unknown): ActionRequest | undefined {
  const parsed = ActionPayload.safeParse(payload);
  if (!parsed.success) return undefined;
  const { user, channel, message, container, view, trigger_id, response_url, actions } = parsed.data;
  const [action] = actions;
  if (action === undefined) return undefined;
  const selected = action.selected_option?.value;
  return {
    actionId: action.action_id,
    value: action.value ?? '',
    ...(selected !== undefined && { selected }),
    ...(action.selected_options && {
      ticked: action.selected_options.map((option) => option.value),
      blockId: action.block_id ?? '',
    }),
    ...(view?.type === 'modal' && { viewId: view.id }),
    userId: user.id,
    channelId: channel?.id ?? container?.channel_id ?? '',
    messageTs: message?.ts ?? container?.message_ts ?? '',
    triggerId: trigger_id ?? '',
    responseUrl: response_url ?? '',
  };
}
