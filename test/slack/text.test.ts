import { describe, expect, it } from 'vitest';
import { cleanText, oneLine } from '../../src/slack/text/clean-text.ts';
import { cutText } from '../../src/slack/text/cut-text.ts';
import { escapeText } from '../../src/slack/text/escape-text.ts';
import { cutMrkdwn, inline, joinMrkdwn, messageText, mrkdwn } from '../../src/slack/text/mrkdwn.ts';
import { elapsed, plainTime, renderTime, showValue } from '../../src/slack/text/times.ts';
import { typedText } from '../../src/slack/text/typed-text.ts';

describe('cleanText', () => {
  it.each([
    ['a\u0000b\u0007c\u001b[31m', 'abc[31m'],
    ['a\tb\r\nc\rd', 'a\tb\nc\nd'],
    ['\u202eevil\u2066', 'evil'],
    ['\ud800x\udfff', '\ufffdx\ufffd'],
    ['👩‍👧 שלום', '👩‍👧 שלום'],
  ])('%j', (dirty, clean) => expect(cleanText(dirty)).toBe(clean));

  it('puts everything on one line', () => expect(oneLine('  a \n\n b\t')).toBe('a b'));
});

describe('escapeText', () => {
  it.each([
    ['<!channel>', '&lt;!channel&gt;'],
    ['a & b', 'a &amp; b'],
    ['&amp;', '&amp;amp;'],
    ['"\'*_~`', '"\'*_~`'],
  ])('%j', (text, escaped) => expect(escapeText(text)).toBe(escaped));
});

describe('cutText', () => {
  it.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'ab…'],
    ['ab cd', 4, 'ab…'],
    ['👩‍👧👩‍👧', 7, '👩‍👧…'],
    ['👩‍👧👩‍👧', 4, '…'],
    ['abc', 0, ''],
  ])('%j to %d', (text, max, cut) => expect(cutText(text, max)).toBe(cut));
});

describe('mrkdwn', () => {
  it('escapes values and keeps what is markup already', () => {
    expect(mrkdwn`*${'<b>'}* ${inline('x & y')} ${3}`.mrkdwn).toBe('*&lt;b&gt;* x &amp; y 3');
  });

  it('counts the escaped length', () => {
    const { mrkdwn: text } = inline('&'.repeat(100), 50);
    expect(text.length).toBeLessThanOrEqual(50);
    expect(text).toMatch(/^(&amp;)+…$/);
  });

  it.each([
    ['aaaa &amp; b', 8, 'aaaa…'],
    ['aaaa <@U012AB3CD> b', 10, 'aaaa …'],
  ])('never ends within an entity or a mention: %j', (text, max, cut) =>
    expect(cutMrkdwn(text, max).replace(/\s…/, '…')).toBe(cut.replace(/\s…/, '…')),
  );

  it('joins what is there', () =>
    expect(joinMrkdwn([inline('a'), inline(''), inline('b')], ', ').mrkdwn).toBe('a, b'));

  it('says the text of a message without bold, within 4,000 bytes', () => {
    expect(messageText([mrkdwn`*${'Bad'}* news`])).toBe('Bad news');
    expect(Buffer.byteLength(messageText([inline('я'.repeat(9_000), 9_000)]))).toBeLessThanOrEqual(4_000);
    expect(messageText([])).toBe('perfbot');
  });
});

describe('typedText', () => {
  it.each([
    ['Try `/perf help` now', 'Try `/perf help` now'],
    ['Did you mean `a<b>`?', 'Did you mean `a&lt;b&gt;`?'],
    ['one ` alone', "one ' alone"],
  ])('%j', (sentence, shown) => expect(typedText(sentence).mrkdwn).toBe(shown));
});

describe('times', () => {
  const at = Date.UTC(2026, 10, 23, 3, 12);
  it("are in the zone that was asked for, and in the reader's own on Slack", () => {
    expect(plainTime(at, 'UTC')).toBe('23 Nov 2026, 03:12 UTC');
    expect(plainTime(at, 'Europe/Vienna')).toContain('04:12');
    expect(renderTime(at, 'UTC').mrkdwn).toBe(
      `<!date^${at / 1000}^{date_short_pretty} {time}|23 Nov 2026, 03:12 UTC>`,
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 9e15])('survive %d', (wrong) => {
    expect(plainTime(wrong, 'UTC')).toBe('unknown time');
    expect(renderTime(wrong, 'UTC').mrkdwn).toBe('unknown time');
    expect(showValue(wrong, 'timestamp', 'UTC')).toBe('unknown time');
  });

  it.each([
    [0, '1 s'],
    [-5_000, '1 s'],
    [90_400, '90 s'],
    [840_000, '14 min'],
  ])('%d ms are %s', (ms, text) => expect(elapsed(at, at + ms)).toBe(text));
});
