import type { MessageContent } from '../../engine/ports/message.ts';
import { section } from '../blocks/builders.ts';
import { inline, joinMrkdwn, messageText, mrkdwn } from '../text/mrkdwn.ts';
import { mention } from './mention.ts';

export interface Note {
  /** Plain text: nothing in it is markup. */
  readonly text: string;
  /** Slack id of the person who did it; named at the end: `Acknowledged by @ann`. */
  readonly by?: string;
  readonly key: string;
  readonly groupId?: string;
  readonly runId?: string;
}

/** One line in a thread: acknowledged, resolved, opened again. */
export function renderNote({ text, by, key, groupId, runId }: Note): MessageContent {
  const who = by === undefined ? inline('') : mrkdwn`by ${mention(by)}`;
  const line = joinMrkdwn([inline(text, 2_500), who], ' ');
  return {
    text: messageText([line]),
    blocks: [section(line)],
    metadata: {
      event_type: groupId === undefined ? 'perfbot_report' : 'perfbot_alert',
      event_payload: {
        part: 'note',
        key,
        ...(runId !== undefined && { run_id: runId }),
        ...(groupId !== undefined && { group_id: groupId }),
      },
    },
  };
}
