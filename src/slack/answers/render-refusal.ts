import type { MessageContent } from '../../engine/ports/message.ts';
import { section } from '../blocks/builders.ts';
import { joinMrkdwn } from '../text/mrkdwn.ts';
import { typedText } from '../text/typed-text.ts';
import { reply } from './reply.ts';

/** One line for what is wrong, one line for how to mend it. Back quotes in both mark what is to be typed. */
export function renderRefusal({ problem, mend }: { problem: string; mend?: string }): MessageContent {
  const lines = [typedText(problem), ...(mend === undefined ? [] : [typedText(mend)])];
  return reply('refusal', lines, [section(joinMrkdwn(lines, '\n'))]);
}

/** One line that says what was done. */
export function renderReply(text: string): MessageContent {
  const line = typedText(text, 2_000);
  return reply('answer', [line], [section(line)]);
}
