import { z } from 'zod';

const Blocks = z.array(z.record(z.string(), z.unknown()));

/** A message as it is kept. `files` are ids; `readyAt` and the like live with the file. */
export const StoredMessage = z.object({
  channel: z.string(),
  ts: z.string(),
  thread_ts: z.string().optional(),
  user: z.string(),
  bot_id: z.string().optional(),
  subtype: z.string().optional(),
  text: z.string(),
  blocks: Blocks.optional(),
  attachments: Blocks.optional(),
  files: z.array(z.string()).optional(),
  edited: z.object({ user: z.string(), ts: z.string() }).optional(),
  metadata: z.object({ event_type: z.string(), event_payload: z.record(z.string(), z.unknown()) }).optional(),
  reactions: z.array(z.object({ name: z.string(), users: z.array(z.string()) })).optional(),
  reply_broadcast: z.literal(true).optional(),
  client_msg_id: z.string().optional(),
});
export type StoredMessage = z.infer<typeof StoredMessage>;

/** A message that only `forUser` sees. */
export const StoredEphemeral = StoredMessage.extend({ id: z.string(), forUser: z.string() });
export type StoredEphemeral = z.infer<typeof StoredEphemeral>;

/** A file from the first request for an upload address on. Times in milliseconds since the epoch. */
export const StoredFile = z.object({
  id: z.string(),
  name: z.string(),
  title: z.string(),
  alt: z.string(),
  mimetype: z.string(),
  size: z.number(),
  /** Secret part of the upload address. */
  ticket: z.string(),
  created: z.number(),
  stage: z.enum(['announced', 'uploaded', 'complete']),
  /** Until then it is "being processed": not usable in blocks, no `shares`. */
  readyAt: z.number().optional(),
  shares: z.array(z.object({ channel: z.string(), ts: z.string(), thread_ts: z.string().optional() })),
});
export type StoredFile = z.infer<typeof StoredFile>;

export const StoredChannel = z.object({
  id: z.string(),
  name: z.string(),
  members: z.array(z.string()),
  created: z.number(),
  /** Set in a direct conversation: the person. */
  directWith: z.string().optional(),
});
export type StoredChannel = z.infer<typeof StoredChannel>;

/** An open modal, or the home tab of a user. */
export const StoredView = z.object({
  id: z.string(),
  hash: z.string(),
  rootId: z.string(),
  previousId: z.string().optional(),
  user: z.string(),
  view: z.record(z.string(), z.unknown()),
});
export type StoredView = z.infer<typeof StoredView>;

/** An address that answers one command or press: 5 uses within 30 minutes. */
export const StoredResponseUrl = z.object({
  id: z.string(),
  user: z.string(),
  channel: z.string(),
  threadTs: z.string().optional(),
  createdAt: z.number(),
  uses: z.number(),
  /** What `replace_original` and `delete_original` mean: a message or an ephemeral. */
  original: z.union([z.object({ ts: z.string() }), z.object({ ephemeralId: z.string() })]).optional(),
});
export type StoredResponseUrl = z.infer<typeof StoredResponseUrl>;

/** The last firing of a sample alert: its resolution must carry the same start. */
const StoredFiring = z.object({ id: z.string(), startsAt: z.string() });
export type StoredFiring = z.infer<typeof StoredFiring>;

/** Every kind of record with its schema; the names stand in the journal. */
export const RECORDS = {
  messages: StoredMessage,
  ephemerals: StoredEphemeral,
  files: StoredFile,
  channels: StoredChannel,
  views: StoredView,
  responseUrls: StoredResponseUrl,
  firings: StoredFiring,
} as const;

export type RecordKind = keyof typeof RECORDS;
export type RecordOf<K extends RecordKind> = z.infer<(typeof RECORDS)[K]>;
