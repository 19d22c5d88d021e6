import { setTimeout as sleep } from 'node:timers/promises';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Messenger } from '../../engine/ports/message.ts';
import { callSlackWith } from './call-slack.ts';
import { canPost } from './can-post.ts';
import { createChannelIds } from './channel-ids.ts';
import { findShared, markShared, shareFiles, uploadFile } from './files.ts';
import { findMessage } from './find-message.ts';
import { createPermalinks } from './permalinks.ts';
import { postMessage } from './post-message.ts';

/** A message may be missing in the history for a moment after it was posted. */
const READ_LAG_MS = 2_000;
const Anything = z.unknown();

export interface MessengerOptions {
  /** From `createSlackClient`: it must not repeat calls by itself. */
  readonly client: WebClient;
  /** Pause before `find` looks a second time. Default 2000 ms. */
  readonly readLagMs?: number;
}

/** Slack as the engine sees it. Each call is made once; what a failure means is in the DeliveryError. */
export function createMessenger({ client, readLagMs = READ_LAG_MS }: MessengerOptions): Messenger {
  const call = callSlackWith(client);
  const channels = createChannelIds(call);
  return {
    post: (message) => postMessage(call, channels, message),
    async update({ channel, ts, content }) {
      const { text, blocks, metadata } = content;
      const args = { channel, ts, text, blocks, metadata };
      await call('chat.update', args, { answer: Anything, repeatable: 'repeatable' });
    },
    async uploadFiles(files) {
      const ids: string[] = [];
      for (const file of files) ids.push(await uploadFile(call, file));
      return ids;
    },
    async shareFiles(share) {
      await shareFiles(call, channels, share);
      await markShared(call, channels, share);
    },
    async publishHome(userId, view) {
      const args = { user_id: userId, view };
      await call('views.publish', args, { answer: Anything, repeatable: 'repeatable' });
    },
    linkTo: createPermalinks(call),
    channelId: (channel) => channels.resolve(channel),
    canPost: (channel) => canPost(call, channels, channel),
    findShared: (fileId, channel) => findShared(call, channels, { fileId, channel }),
    async find(query) {
      const found = await findMessage(call, channels, query);
      if (found) return found;
      await sleep(readLagMs);
      return findMessage(call, channels, query);
    },
  };
}
