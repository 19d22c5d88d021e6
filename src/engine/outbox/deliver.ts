import { DeliveryError } from '../delivery-error.ts';
import type { Attachment, MessageAddress, Messenger, UploadFile } from '../ports/message.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import type { OutboxEntry, OutboxStore, RunStore } from '../ports/stores.ts';

/** Longer than the slowest call, so that two workers never send the same message at once. */
const LEASE_MS = 60_000;
/** Messages to one channel that may go out at once; after that one a second (Slack's limit). */
const BURST = 5;
/** Between two edits of one message. */
const EDIT_PAUSE_MS = 1500;
/** Slack may show a posted message in its history only after this time. */
const SETTLE_MS = 2000;
const RETRY_FIRST_MS = 1000;
const RETRY_MOST_MS = 5 * 60_000;

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

async function sendClaimed(options: DeliverOptions, entry: OutboxEntry): Promise<void> {
  const { outbox, now, log, onSent, onFailed } = options;
  const { message, revision } = entry;
  try {
    const { kind, address } = await send(options, entry);
    await outbox.sent(message.key, { revision, address, at: now(), editPauseMs: EDIT_PAUSE_MS });
    onSent(kind);
  } catch (error) {
    const failure = toDeliveryError(error);
    onFailed(failure.outcome);
    const fields = { err: error, key: message.key, channel: message.channel, code: failure.code };
    if (failure.outcome === 'permanent') {
      log.error(fields, 'message cannot be delivered');
      await outbox.giveUp(message.key, { revision, error: failure.code, at: now() });
      return;
    }
    const ambiguous = failure.outcome === 'ambiguous';
    const pause =
      failure.retryAfterMs ?? Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** Math.min(entry.attempts, 10));
    log.warn(fields, 'message not delivered yet');
    await outbox.postpone(message.key, {
      retryAt: now() + Math.max(pause, ambiguous ? SETTLE_MS : 0),
      ambiguous,
      error: failure.code,
    });
  }
}

/** An error that nobody expected leaves open whether the message went out: look before sending again. */
function toDeliveryError(error: unknown): DeliveryError {
  return error instanceof DeliveryError
    ? error
    : new DeliveryError('ambiguous', 'unexpected_error', { cause: error });
}

type Sent = { readonly kind: 'post' | 'edit' | 'files' | 'found'; readonly address: MessageAddress };

async function send(options: DeliverOptions, entry: OutboxEntry): Promise<Sent> {
  const { messenger } = options;
  const { message, address } = entry;
  if (address !== undefined) {
    await messenger.update({ ...address, content: message.content });
    return { kind: 'edit', address };
  }
  if (message.attachments !== undefined && message.attachments.length > 0) return sendFiles(options, entry);
  const thread = entry.threadTs === undefined ? {} : { threadTs: entry.threadTs };
  if (entry.sendingSince !== undefined) {
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
    const files = await Promise.all(
      attachments.map((attachment) =>
        toUpload(runs, attachment, message.content.metadata.event_payload.run_id),
      ),
    );
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
