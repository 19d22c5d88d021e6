import type { MessageContent } from '../../engine/ports/message.ts';

const TIMEOUT_MS = 5_000;

/** What is sent to a response_url: a message for one person, or the wish to take the first answer back. */
export function ephemeral(message: MessageContent, replace = false): Record<string, unknown> {
  return {
    response_type: 'ephemeral',
    replace_original: replace,
    text: message.text,
    blocks: message.blocks,
    metadata: message.metadata,
    unfurl_links: false,
    unfurl_media: false,
  };
}

/**
 * Posts to a response_url once. Not Bolt's `respond`: that one waits for ever.
 * @throws Error when the address is no http(s) URL, on a refusal and after 5 seconds.
 */
export async function respondTo(responseUrl: string, body: Record<string, unknown>): Promise<void> {
  if (!/^https?:\/\//i.test(responseUrl)) throw new Error('the request came without a response_url');
  const answer = await fetch(responseUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body),
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`response_url answered ${answer.status}`);
}
