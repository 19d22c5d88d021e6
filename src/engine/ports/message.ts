/** What is told, rendered for the messenger. `text` says it all to those who do not see the blocks. */
export interface MessageContent {
  readonly text: string;
  readonly blocks: readonly Readonly<Record<string, unknown>>[];
  readonly metadata: MessageMetadata;
}

/** The mark that every message carries (contract, "Message marks"). */
export interface MessageMetadata {
  readonly event_type: 'perfbot_report' | 'perfbot_alert' | 'perfbot_checklist' | 'perfbot_reply';
  readonly event_payload: {
    readonly part: string;
    /** Outbox key: lets a message be found again after a lost answer. */
    readonly key: string;
    readonly run_id?: string;
    readonly group_id?: string;
  };
}

/** A file to be shared: a chart from the store, or a text that is too long for a message. */
export type Attachment =
  | {
      readonly kind: 'chart';
      readonly chartId: string;
      readonly filename: string;
      readonly title: string;
      readonly alt: string;
    }
  | { readonly kind: 'text'; readonly text: string; readonly filename: string; readonly title: string };

/** One desired message. The same key again means: this is what the message should say now. */
export interface OutgoingMessage {
  /** Unique and stable: `group/<id>/card`, `run/<id>/verdict`. */
  readonly key: string;
  readonly channel: string;
  /** Key of the message whose thread this belongs to. It is sent after that one and after earlier `position`s. */
  readonly threadOf?: string;
  readonly position: number;
  readonly content: MessageContent;
  /** Shared together in one message with `content` as its caption. A message with files is never edited. */
  readonly attachments?: readonly Attachment[];
  /** Skips the pause between two edits: the state changed. */
  readonly urgent?: boolean;
}

/** Where a message stands in the messenger. */
export interface MessageAddress {
  /** The channel id that the messenger returned. */
  readonly channel: string;
  readonly ts: string;
}

export interface UploadFile {
  readonly filename: string;
  readonly title: string;
  readonly alt?: string;
  readonly bytes: Uint8Array;
}

/**
 * Slack or whatever stands in for it. No call retries by itself.
 * @throws DeliveryError that says whether to give up, to try later, or to look first whether it happened.
 */
export interface Messenger {
  post(message: { channel: string; threadTs?: string; content: MessageContent }): Promise<MessageAddress>;
  update(message: MessageAddress & { content: MessageContent }): Promise<void>;
  /** Sends the bytes; the files are not visible to anybody yet. Answers their ids in order. */
  uploadFiles(files: readonly UploadFile[]): Promise<readonly string[]>;
  /** Shares uploaded files in one message with the content as caption. */
  shareFiles(share: {
    fileIds: readonly string[];
    titles: readonly string[];
    channel: string;
    threadTs?: string;
    content: MessageContent;
  }): Promise<void>;
  /** Address of the message that shows a file, or undefined while (or as long as) it is not shared. */
  findShared(fileId: string, channel: string): Promise<MessageAddress | undefined>;
  /** The message with this outbox key that was posted since then, or undefined. */
  find(query: {
    channel: string;
    threadTs?: string;
    key: string;
    sinceMs: number;
  }): Promise<MessageAddress | undefined>;
  /** False when a message to the channel would be refused for good, for example because perfbot is not invited. */
  canPost(channel: string): Promise<boolean>;
  /** Shows a view as App Home of a person. */
  publishHome(userId: string, view: Readonly<Record<string, unknown>>): Promise<void>;
  /** Address of a message in the browser. */
  linkTo(address: MessageAddress): Promise<string>;
  /** The id of a channel that is written by name; an id is itself. */
  channelId(channel: string): Promise<string>;
}
