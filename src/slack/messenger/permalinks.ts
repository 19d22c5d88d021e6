import { z } from 'zod';
import type { MessageAddress } from '../../engine/ports/message.ts';
import type { CallSlack } from './call-slack.ts';

const Workspace = z.object({ url: z.url({ protocol: /^https?$/ }) });

/**
 * Addresses of messages in the browser, as Slack forms them (source: docs.slack.dev, `chat.getPermalink`). Asking for
 * each would be a call for each; the address of the workspace is asked for once.
 */
export function createPermalinks(call: CallSlack): (address: MessageAddress) => Promise<string> {
  let known: Promise<string> | undefined;
  const base = () => {
    known ??= call('auth.test', {}, { answer: Workspace, repeatable: 'repeatable' })
      .then(({ url }) => url)
      .catch((error: unknown) => {
        known = undefined;
        throw error;
      });
    return known;
  };
  return async ({ channel, ts }) =>
    new URL(`archives/${encodeURIComponent(channel)}/p${ts.replace('.', '')}`, await base()).href;
}
