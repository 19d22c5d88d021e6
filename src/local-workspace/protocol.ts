import { z } from 'zod';

/** Header that every POST of the page carries (value `1`): a form of another site cannot send it. */
export const PAGE_HEADER = 'x-perfbot-page';

/** A block as Slack's Block Kit has it; the rule set has already checked it. */
export type Block = Readonly<Record<string, unknown>>;

export interface User {
  readonly id: string;
  readonly name: string;
  readonly realName: string;
  readonly isBot: boolean;
}

export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly botIsMember: boolean;
  /** A conversation of two: "you" and the bot. */
  readonly isDirect?: true;
}

/** A shared file. `url` is relative to the page; `ready` is false while it is still being processed. */
export interface FileInfo {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly alt: string;
  readonly mimetype: string;
  readonly url: string;
  readonly ready: boolean;
}

export interface Reaction {
  readonly name: string;
  readonly users: readonly string[];
  readonly count: number;
}

/** Slack message metadata. */
export interface Metadata {
  readonly event_type: string;
  readonly event_payload: Readonly<Record<string, unknown>>;
}

/** A message as the page shows it. `ts` is unique in its channel and sorts by time. */
export interface Message {
  readonly channel: string;
  readonly ts: string;
  readonly threadTs?: string;
  /** Id of the author. */
  readonly user: string;
  readonly text: string;
  readonly blocks?: readonly Block[];
  readonly attachments?: readonly Block[];
  readonly files?: readonly FileInfo[];
  readonly edited?: true;
  readonly replyCount?: number;
  readonly latestReply?: string;
  readonly metadata?: Metadata;
  readonly reactions?: readonly Reaction[];
}

/** A message that only `forUser` sees; `user` is the bot. */
export interface Ephemeral extends Message {
  readonly id: string;
  readonly forUser: string;
}

/** A modal or home view that is open. `hash` changes with every update. */
export interface OpenView {
  readonly id: string;
  readonly hash: string;
  readonly view: Block;
}

/** A slash command that the bot answers. */
export interface SlashCommand {
  readonly command: string;
  readonly hint: string;
}

/** Answer of `GET /local/state`. */
export interface WorkspaceState {
  readonly team: { readonly name: string };
  readonly me: User;
  readonly users: readonly User[];
  readonly channels: readonly Channel[];
  readonly messages: readonly Message[];
  readonly ephemerals: readonly Ephemeral[];
  readonly views: readonly OpenView[];
  readonly commands: readonly SlashCommand[];
}

/** One `data:` line of `GET /local/events`. */
export type WorkspaceEvent =
  | { readonly type: 'message'; readonly message: Message }
  | { readonly type: 'message_changed'; readonly message: Message }
  | { readonly type: 'message_deleted'; readonly channel: string; readonly ts: string }
  | { readonly type: 'ephemeral'; readonly ephemeral: Ephemeral }
  | { readonly type: 'ephemeral_changed'; readonly ephemeral: Ephemeral }
  | { readonly type: 'ephemeral_deleted'; readonly id: string }
  | { readonly type: 'view_opened'; readonly view: OpenView }
  | { readonly type: 'view_updated'; readonly view: OpenView }
  | { readonly type: 'view_closed'; readonly id: string };

/** Answer to every POST of the page. `errors` (by block id) only from submitted views. */
export interface PostAnswer {
  readonly ok: boolean;
  readonly error?: string;
  readonly errors?: Readonly<Record<string, string>>;
}

/** Body of `POST /local/messages`. A text that begins with `/` is a slash command. */
export const PostedMessage = z.object({
  channel: z.string().min(1),
  text: z.string().min(1).max(40_000),
  threadTs: z.string().optional(),
});
export type PostedMessage = z.infer<typeof PostedMessage>;

const OptionText = z.looseObject({ text: z.string() });
/** An option of a select, overflow, checkboxes or radio buttons, as the block gave it. */
export const ChosenOption = z.looseObject({ text: OptionText, value: z.string() });
export type ChosenOption = z.infer<typeof ChosenOption>;

/** `state.values` of Slack: block id, action id, what the element holds. */
export const StateValues = z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown())));
export type StateValues = z.infer<typeof StateValues>;

/** Body of `POST /local/actions`: exactly one of `ts` (with `channel`), `ephemeralId` and `viewId` says where. */
export const PressedAction = z
  .object({
    channel: z.string().optional(),
    ts: z.string().optional(),
    ephemeralId: z.string().optional(),
    viewId: z.string().optional(),
    blockId: z.string(),
    actionId: z.string(),
    value: z.string().optional(),
    selectedOption: ChosenOption.optional(),
    selectedOptions: z.array(ChosenOption).optional(),
    state: StateValues.optional(),
  })
  .refine((action) => [action.ts, action.ephemeralId, action.viewId].filter(Boolean).length === 1, {
    message: 'exactly one of ts, ephemeralId and viewId is needed',
  });
export type PressedAction = z.infer<typeof PressedAction>;

/** Body of `POST /local/views/<id>/submit`. */
export const SubmittedView = z.object({ state: StateValues.default({}) });
export type SubmittedView = z.infer<typeof SubmittedView>;

/** Body of `POST /local/sample-alert`. `service` names one of the inventory; without it the host is meant. */
export const SampleAlert = z.object({
  kind: z.enum(['cpu', 'response_time', 'memory']),
  status: z.enum(['firing', 'resolved']),
  service: z.string().min(1).max(200).optional(),
});
export type SampleAlert = z.infer<typeof SampleAlert>;
