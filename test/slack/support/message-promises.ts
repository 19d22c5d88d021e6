import { expect } from 'vitest';
import { messageSize } from '../../../src/core/block-kit/message-size.ts';
import { checkMessage } from '../../../src/core/block-kit/rules.ts';
import type { MessageContent } from '../../../src/engine/ports/message.ts';
import { expectOnlyOwnMarkup } from './only-own-markup.ts';

/** What every message keeps, whatever is in it. */
export function expectGoodMessage(content: MessageContent): void {
  expect(checkMessage({ ...content })).toEqual([]);
  expect(messageSize(content.blocks)).toBeLessThanOrEqual(10_000);
  expect(Buffer.byteLength(content.text)).toBeLessThanOrEqual(4_000);
  expect(content.text).toMatch(/[\p{L}\p{N}\p{Extended_Pictographic}]/u);
  for (const text of parsedTexts(content)) {
    // Only our own markup may be left: people, times, links that we built.
    const foreign = text.replace(
      /<@[UW][A-Z0-9]+>|<!subteam\^S[A-Z0-9]+>|<!date\^\d+\^[^<>|]*\|[^<>]*>|<https?:[^<>|]+\|[^<>]*>/g,
      '',
    );
    expect(foreign).not.toMatch(/[<>]/);
    expect(foreign).not.toMatch(/&(?!amp;|lt;|gt;)/);
  }
  expectOnlyOwnMarkup(content);
  const all = JSON.stringify(content.blocks) + content.text;
  expect(all).not.toMatch(/[\u202a-\u202e\u2066-\u2069]|(?<!\\)\\u(?:0000|d[89a-f])/i);
}

function parsedTexts(content: MessageContent): readonly string[] {
  const texts: string[] = [content.text];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('type' in value && value.type === 'mrkdwn' && 'text' in value) texts.push(String(value.text));
    for (const entry of Object.values(value)) visit(entry);
  };
  visit(content.blocks);
  return texts;
}
