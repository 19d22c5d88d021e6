import type { MessageContent } from '../../engine/ports/message.ts';

/** A slash command as it was typed. */
export interface CommandRequest {
  readonly text: string;
  readonly userId: string;
  readonly channelId: string;
  readonly triggerId: string;
  readonly responseUrl: string;
}

/** `silent`: the answer is a message in the channel, or there is nothing to say. */
export type CommandAnswer =
  | { readonly kind: 'ephemeral'; readonly message: MessageContent }
  | { readonly kind: 'silent' };

/** What a press or a command may come to: an answer, or a dialogue that opens. */
export type ActionAnswer =
  | CommandAnswer
  | { readonly kind: 'modal'; readonly view: Readonly<Record<string, unknown>> };

/** A dialogue that was sent off. */
export interface ViewRequest {
  readonly callbackId: string;
  readonly privateMetadata: string;
  /** Text or chosen value of each field, by the name of its block; fields that were left empty are not there. */
  readonly values: Readonly<Record<string, string>>;
  /** Chosen values of each field that takes several, by the name of its block. */
  readonly choices: Readonly<Record<string, readonly string[]>>;
  readonly userId: string;
  /** Of the dialogue; the same when a submission is sent again. */
  readonly viewId: string;
}

/** A press on a button, or a choice from a menu. */
export interface ActionRequest {
  /** One of `ACTIONS`. */
  readonly actionId: string;
  /** What `toActionValue` wrote; empty for menus. Read it with `parseActionValue`. */
  readonly value: string;
  /** The chosen entry of a menu: what `toActionValue` wrote for it. */
  readonly selected?: string;
  /** All ticks of the element, when it is one with checkboxes. */
  readonly ticked?: readonly string[];
  /** Name of the block with the checkboxes. */
  readonly blockId?: string;
  /** The dialogue that the button stands in; an answer that is a dialogue takes its place. */
  readonly viewId?: string;
  readonly userId: string;
  readonly channelId: string;
  /** The message with the button; empty when Slack does not say. */
  readonly messageTs: string;
  readonly triggerId: string;
  readonly responseUrl: string;
}

/** What is wrong with a dialogue, by the name of the block, or the dialogue that takes its place. */
export type ViewAnswer =
  | Readonly<Record<string, string>>
  | { readonly view: Readonly<Record<string, unknown>> }
  | undefined;

/** What the program does with requests of people. Both may take as long as they need; Slack is answered in time. */
export interface SlackHandlers {
  onCommand(request: CommandRequest): Promise<ActionAnswer>;
  /** The answer, if any, is shown only to the person who pressed. */
  onAction(request: ActionRequest): Promise<ActionAnswer>;
  /** A dialogue was sent off; without an answer it closes. */
  onView?(request: ViewRequest): Promise<ViewAnswer>;
  /** Somebody opened App Home. */
  onHome?(userId: string): Promise<void>;
  /** After the answer to a press or a dialogue of somebody: what nobody waits for. */
  afterwards?(userId: string): Promise<void>;
}
