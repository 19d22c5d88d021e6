import type { FailureReason } from '../../core/errors.ts';
import { DeliveryError } from '../delivery-error.ts';
import type { Attachment, MessageAddress, Messenger, UploadFile } from '../ports/message.ts';
import type { OutboxEntry, OutboxStore } from '../ports/outbox-store.ts';
import type { RunStore } from '../ports/run-store.ts';
import type { Clock, Logger } from '../ports/runtime.ts';

/**
 * Renewed while a message is being sent, so that two workers never send the same one at once. What a killed worker held
 * waits this long; should a worker stand still for longer, the look before a repeat still finds what it sent.
 */
const LEASE_MS = 20_000;
const RENEW_EVERY_MS = 5_000;
/** Messages to one channel that may go out at once; after that one a second (Slack's limit). */
const BURST = 5;
/** Between two edits of one message. */
const EDIT_PAUSE_MS = 1500;
/** Slack may show a posted message in its history, or a shared file in its channel, only after this time. */
const SETTLE_MS = 2000;
const SETTLE_FILES_MS = 15_000;
const RETRY_FIRST_MS = 1000;
const RETRY_MOST_MS = 5 * 60_000;
/** With the pauses above about a day: no message is tried for ever. */
const MOST_ATTEMPTS = 300;
/** Refusals of a new message that end when somebody invites the app or corrects the channel. */
const MENDABLE: ReadonlySet<FailureReason> = new Set(['permission', 'not_found']);

export interface DeliverOptions {
  readonly outbox: OutboxStore;
  readonly runs: RunStore;
  readonly messenger: Messenger;
  readonly now: Clock;
  readonly log: Logger;
  onSent(kind: 'post' | 'edit' | 'files' | 'found'): void;
  onFailed(outcome: DeliveryError['outcome']): void;
}

/** Sends everything that is due in the outbox, one message after the other, until nothing is due. */
export function deliver(options: DeliverOptions): (signal: AbortSignal) => Promise<void> {
  const { outbox, now } = options;
  return async (signal) => {
    while (!signal.aborted) {
      const entry = await outbox.claim({ at: now(), leaseMs: LEASE_MS, burst: BURST });
      if (entry === undefined) return;
      await sendClaimed(options, entry);
    }
  };
}

interface Attempt {
  /** An earlier attempt may have gone out and nobody could look yet: whatever fails now, it stays so. */
  looking: boolean;
}

async function sendClaimed(options: DeliverOptions, entry: OutboxEntry): Promise<void> {
  const { outbox, now, onSent } = options;
  const { message, revision } = entry;
  const renewal = setInterval(() => {
    outbox.renew(message.key, now() + LEASE_MS).catch(() => {}); // the next renewal, or the look before a repeat
  }, RENEW_EVERY_MS);
  const attempt: Attempt = { looking: false };
  try {
    const { kind, address } = await send(options, entry, attempt);
    await outbox.sent(message.key, { revision, address, at: now(), editPauseMs: EDIT_PAUSE_MS });
    onSent(kind);
  } catch (error) {
    await afterFailure(options, entry, { error, ...attempt });
  } finally {
    clearInterval(renewal);
  }
}

async function afterFailure(
  options: DeliverOptions,
  entry: OutboxEntry,
  { error, looking }: Attempt & { readonly error: unknown },
): Promise<void> {
  const { outbox, now, log, onFailed } = options;
  const { message, revision, attempts } = entry;
  const failure = toDeliveryError(error);
  const ambiguous = looking || failure.outcome === 'ambiguous';
  const fields = { err: error, key: message.key, channel: message.channel, code: failure.code };
  onFailed(failure.outcome);
  if (isFinal(failure, entry)) {
    log.error({ ...fields, mend: failure.mend }, 'message cannot be delivered');
    await outbox.giveUp(message.key, { revision, error: failure.code, at: now(), ambiguous });
    return;
  }
  const settleMs = ambiguous ? (message.attachments === undefined ? SETTLE_MS : SETTLE_FILES_MS) : 0;
  const pauseMs =
    failure.retryAfterMs ?? Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** Math.min(attempts, 10));
  log.warn({ ...fields, mend: failure.mend }, 'message not delivered yet');
  await outbox.postpone(message.key, {
    retryAt: now() + Math.max(pauseMs, settleMs),
    ambiguous,
    error: failure.code,
    // The limit of a channel holds for its other messages too.
    ...(failure.retryAfterMs !== undefined &&
      entry.address === undefined && {
        channelPausedUntil: now() + failure.retryAfterMs,
        burst: BURST,
      }),
  });
}

/** A refused token is mended sooner or later, and so is the channel; a thread or a message that is gone is not. */
function isFinal({ outcome, reason }: DeliveryError, entry: OutboxEntry): boolean {
  if (entry.attempts >= MOST_ATTEMPTS) return true;
  if (outcome !== 'permanent' || reason === 'unauthorized') return false;
  const isNew = entry.address === undefined && entry.message.threadOf === undefined;
  return !(isNew && MENDABLE.has(reason));
}

/** An error that nobody expected leaves open whether the message went out: look before sending again. */
function toDeliveryError(error: unknown): DeliveryError {
  return error instanceof DeliveryError
    ? error
    : new DeliveryError('ambiguous', 'unexpected_error', { cause: error });
}

type Sent = { readonly kind: 'post' | 'edit' | 'files' | 'found'; readonly address: MessageAddress };

async function send(options: DeliverOptions, entry: OutboxEntry, attempt: Attempt): Promise<Sent> {
  const { messenger } = options;
  const { message, address } = entry;
  const hasFiles = message.attachments !== undefined && message.attachments.length > 0;
  if (address !== undefined) {
    if (hasFiles) return { kind: 'files', address };
    await messenger.update({ ...address, content: message.content });
    return { kind: 'edit', address };
  }
  if (hasFiles) return sendFiles(options, entry);
  const thread = entry.threadTs === undefined ? {} : { threadTs: entry.threadTs };
  if (entry.sendingSince !== undefined) {
    attempt.looking = true;
    const found = await messenger.find({
      channel: message.channel,
      ...thread,
      key: message.key,
      sinceMs: entry.sendingSince,
    });
    // What it says may be an older revision: an edit makes it right and is harmless when it is not needed.
    if (found) {
      await messenger.update({ ...found, content: message.content });
      return { kind: 'found', address: found };
    }
    attempt.looking = false;
  }
  return {
    kind: 'post',
    address: await messenger.post({ channel: message.channel, ...thread, content: message.content }),
  };
}

async function sendFiles({ messenger, outbox, runs }: DeliverOptions, entry: OutboxEntry): Promise<Sent> {
  const { message, threadTs } = entry;
  const attachments = message.attachments ?? [];
  const [known] = entry.fileIds;
  const shared = known === undefined ? undefined : await messenger.findShared(known, message.channel);
  if (shared) return { kind: 'found', address: shared };
  let fileIds = entry.fileIds;
  if (fileIds.length === 0) {
    const runId = message.content.metadata.event_payload.run_id;
    const files = await Promise.all(attachments.map((attachment) => toUpload(runs, attachment, runId)));
    fileIds = await messenger.uploadFiles(files);
    await outbox.saveFileIds(message.key, fileIds);
  }
  await messenger.shareFiles({
    fileIds,
    titles: attachments.map(({ title }) => title),
    channel: message.channel,
    ...(threadTs !== undefined && { threadTs }),
    content: message.content,
  });
  // Sharing is asynchronous: the address is known when Slack has processed the file, and nothing here needs it.
  return { kind: 'files', address: { channel: message.channel, ts: '' } };
}

async function toUpload(
  runs: RunStore,
  attachment: Attachment,
  runId: string | undefined,
): Promise<UploadFile> {
  const { filename, title } = attachment;
  if (attachment.kind === 'text') return { filename, title, bytes: Buffer.from(attachment.text, 'utf8') };
  const chart = runId === undefined ? undefined : await runs.chart(runId, attachment.chartId);
  if (chart === undefined) throw new DeliveryError('permanent', 'chart_not_found');
  return { filename, title, alt: attachment.alt, bytes: chart.png };
}
