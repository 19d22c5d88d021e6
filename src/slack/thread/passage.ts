import { messageSize } from '../../core/block-kit/message-size.ts';
import type { Attachment } from '../../engine/ports/message.ts';
import type { Block } from '../blocks/builders.ts';
import type { Mrkdwn } from '../text/mrkdwn.ts';

/** A piece of the thread that stays together in one message. */
export interface Passage {
  readonly blocks: readonly Block[];
  /** The same in words. */
  readonly text: readonly Mrkdwn[];
}

/** One part of the thread; it becomes one message, or several where it is too long for one. */
export interface Part {
  /** For keys and message marks: `verdict`. */
  readonly name: string;
  readonly passages: readonly Passage[];
  readonly attachments?: readonly Attachment[];
}

/** Well inside of Slack's hidden limit of about 13,200 characters. */
const PAGE_LENGTH = 9_500;
const PAGE_BLOCKS = 45;

/** Distributes passages over messages so that each message keeps every limit. */
export function toPages(passages: readonly Passage[]): readonly (readonly Passage[])[] {
  const pages: Passage[][] = [];
  for (const passage of passages) {
    const page = pages.at(-1);
    if (page !== undefined && fits([...page, passage])) page.push(passage);
    else pages.push([passage]);
  }
  return pages;
}

function fits(page: readonly Passage[]): boolean {
  const all = page.flatMap((passage) => passage.blocks);
  return (
    all.length <= PAGE_BLOCKS &&
    messageSize(all) <= PAGE_LENGTH &&
    all.filter(({ type }) => type === 'table').length <= 1
  );
}
