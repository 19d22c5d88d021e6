import { useCallback } from 'react';
import { useNotify } from '../state/notices.ts';
import { postMessage } from '../state/requests.ts';

interface Place {
  readonly channel: string;
  readonly threadTs?: string | undefined;
}

/** Posts what somebody typed. What is refused is told as an ephemeral message. */
export function useSend({ channel, threadTs }: Place): (text: string) => Promise<boolean> {
  const notify = useNotify();
  return useCallback(
    async (text) => {
      const place = { channel, ...(threadTs !== undefined && { threadTs }) };
      const answer = await postMessage({ ...place, text });
      if (!answer.ok) notify({ ...place, text: toSentence(text, answer.error) });
      return answer.ok;
    },
    [channel, threadTs, notify],
  );
}

function toSentence(text: string, error: string | undefined): string {
  const command = text.split(/\s/, 1)[0] ?? text;
  if (error === 'operation_timeout')
    return `\`${command}\` failed with the error "operation_timeout": no answer within 3 s.`;
  return error ?? `\`${command}\` failed.`;
}
