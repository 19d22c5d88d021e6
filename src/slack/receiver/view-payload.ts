import { z } from 'zod';
import type { ViewRequest } from './handlers.ts';

const Field = z.object({
  value: z.string().nullish(),
  selected_option: z.object({ value: z.string() }).nullish(),
  selected_user: z.string().nullish(),
  selected_conversation: z.string().nullish(),
  selected_date: z.string().nullish(),
  selected_time: z.string().nullish(),
  selected_options: z.array(z.object({ value: z.string() })).nullish(),
});

/** What we need of a view_submission payload (source: docs.slack.dev, "view_submission payload"). */
const ViewPayload = z.object({
  type: z.literal('view_submission'),
  user: z.object({ id: z.string() }),
  view: z.object({
    id: z.string(),
    callback_id: z.string(),
    private_metadata: z.string().default(''),
    state: z.object({ values: z.record(z.string(), z.record(z.string(), Field)) }),
  }),
});

/** Reads a dialogue that was sent off; undefined when it is none. A block has one field in our dialogues. */
export function parseView(payload: unknown): ViewRequest | undefined {
  const parsed = ViewPayload.safeParse(payload);
  if (!parsed.success) return undefined;
  const { user, view } = parsed.data;
  const values = Object.entries(view.state.values).flatMap(([block, fields]) => {
    const [field] = Object.values(fields);
    const value = field && heldBy(field);
    return value == null ? [] : [[block, value] as const];
  });
  const choices = Object.entries(view.state.values).flatMap(([block, fields]) => {
    const chosen = Object.values(fields)[0]?.selected_options;
    return chosen == null ? [] : [[block, chosen.map(({ value }) => value)] as const];
  });
  return {
    callbackId: view.callback_id,
    privateMetadata: view.private_metadata,
    values: Object.fromEntries(values),
    choices: Object.fromEntries(choices),
    userId: user.id,
    viewId: view.id,
  };
}

function heldBy(field: z.infer<typeof Field>): string | null | undefined {
  return (
    field.value ??
    field.selected_option?.value ??
    field.selected_user ??
    field.selected_conversation ??
    field.selected_date ??
    field.selected_time
  );
}
