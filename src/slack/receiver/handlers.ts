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

/** A press on a button, or a choice from a menu. */
export interface ActionRequest {
  /** One of `ACTIONS`. */
  readonly actionId: string;
  /** What `toActionValue` wrote; empty for menus. Read it with `parseActionValue`. */
  readonly value: string;
  /** The chosen entry of a menu: what `toActionValue` wrote for it. */
  readonly selected?: string;
  readonly userId: string;
  readonly channelId: string;
  /** The message with the button; empty when Slack does not say. */
  readonly messageTs: string;
  readonly triggerId: string;
  readonly responseUrl: string;
}

/** What the program does with requests of people. Both may take as long as they need; Slack is answered in time. */
export interface SlackHandlers {
  onCommand(request: CommandRequest): Promise<CommandAnswer>;
  /** The answer, if any, is shown only to the person who pressed. */
  onAction(request: ActionRequest): Promise<CommandAnswer>;
}
