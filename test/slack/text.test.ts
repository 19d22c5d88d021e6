import { describe, expect, it } from 'vitest';
import { cleanText, oneLine } from '../../src/slack/text/clean-text.ts';
import { cutText } from '../../src/slack/text/cut-text.ts';
import { escapeText } from '../../src/slack/text/escape-text.ts';
import { literalLabel, literalText } from '../../src/slack/text/literal-text.ts';
import {
  code,
  cutMrkdwn,
  inline,
  joinMrkdwn,
  link,
  messageText,
  mrkdwn,
  reference,
} from '../../src/slack/text/mrkdwn.ts';
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

describe('literalText', () => {
  const escaped = (word: string) => `<!date^00000000^{_}|${word}>`;
  it.each([
    ['snake_case_name of a_b', 'snake_case_name of a_b'],
    ['*bold* word', `${escaped('*bold*')} word`],
    ['_a __init__ b_', escaped('_a __init__ b_')],
    ['é_x_', escaped('é_x_')],
    ['＊a＊ b ｀c｀', `${escaped('＊a＊')} b ${escaped('｀c｀')}`],
    ['2 * 3', `2 ${escaped('*')} 3`],
    ['a~<b>`', `${escaped('a~')}&lt;b&gt;${escaped('`')}`],
    ['*a|b^c*', `${escaped('*a')}|b^${escaped('c*')}`],
    [':fire: at 1:2:3', `${escaped(':fire:')} at ${escaped('1:2:3')}`],
    ['redis:7 and redis:latest', `redis:7 and ${escaped('redis:latest')}`],
    ['ends in :fire', `ends in ${escaped(':fire')}`],
    ['shop-api:3000 http://a:80/b', 'shop-api:3000 http://a:80/b'],
    ['- a', '- a'],
    ['1. @here #general', '1. @here #general'],
  ])('%j', (text, literal) => expect(literalText(text)).toBe(literal));

  it('looks like it in the label of a link', () =>
    expect(literalLabel('*b* _i_ ~s~ `c` a_b :x: 3:4 <')).toBe('∗b∗ ˍiˍ ∼s∼ ˋcˋ a_b ∶x∶ 3:4 &lt;'));
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
    [mrkdwn`aaaa ${'&'} b`, 8, 'aaaa …'],
    [mrkdwn`aaaa ${reference('@U012AB3CD')} b`, 10, 'aaaa …'],
    [mrkdwn`aaaa ${'*b*'} b`, 20, 'aaaa …'],
  ])('never ends within an entity, a mention or an escape: %j', (text, max, cut) =>
    expect(cutMrkdwn(text, max).mrkdwn).toBe(cut),
  );

  it.each(['*'.repeat(3_000), '*a* '.repeat(900), '_a b_ & '.repeat(400), ':a:'.repeat(900)])(
    'has room for its escapes',
    (text) => {
      for (const max of [40, 300, 2_400]) {
        const { length } = inline(text, max).mrkdwn;
        expect(length).toBeLessThanOrEqual(max);
        expect(length).toBeGreaterThan(max / 2);
      }
    },
  );

  it('leaves no line that begins as a quote', () => {
    const lines = joinMrkdwn([inline('> a'), mrkdwn`*${'>> b'}*`, inline('c > d')], '\n');
    expect(cutMrkdwn(lines, 100).mrkdwn).toBe('\u00ad&gt; a\n*\u00ad&gt;&gt; b*\nc &gt; d');
    expect(messageText([lines])).toBe('\u00ad&gt; a\n\u00ad&gt;&gt; b\nc &gt; d');
  });

  it('keeps code as it is, but for what would end it', () => {
    expect(code('KEYS *:user_*').mrkdwn).toBe('`KEYS *:user_*`');
    expect(code('a`b` < c').mrkdwn).toBe("`a'b' &lt; c`");
    expect(code(' ').mrkdwn).toBe('');
  });

  it('makes links whose address and label stay apart', () => {
    expect(link('https://a.example/x|y?b=1&c=<d>', '*b* :fire: <x|y>').mrkdwn).toBe(
      '<https://a.example/x%7Cy?b=1&amp;c=%3Cd%3E|∗b∗ ∶fire∶ &lt;x|y&gt;>',
    );
  });

  it('joins what is there', () =>
    expect(joinMrkdwn([inline('a'), inline(''), inline('b')], ', ').mrkdwn).toBe('a, b'));

  it('says the text of a message without bold, within 4,000 bytes', () => {
    expect(messageText([mrkdwn`*${'Bad'}* news`])).toBe('Bad news');
    expect(messageText([mrkdwn`*${'*Bad*'}* ${code('x=~".*"')}`])).toBe(
      '<!date^00000000^{_}|*Bad*> `x=~".*"`',
    );
    expect(Buffer.byteLength(messageText([inline('я'.repeat(9_000), 9_000)]))).toBeLessThanOrEqual(4_000);
    expect(messageText([])).toBe('perfbot');
  });
});

describe('typedText', () => {
  it.each([
    ['Try `/perf help` now', 'Try `/perf help` now'],
    ['Did you mean `a<b>`?', 'Did you mean `a&lt;b&gt;`?'],
    ['one ` alone', 'one <!date^00000000^{_}|`> alone'],
    ['*Not* `KEYS *` :x:', '<!date^00000000^{_}|*Not*> `KEYS *` <!date^00000000^{_}|:x:>'],
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
