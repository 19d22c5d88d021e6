import { describe, expect, it } from 'vitest';
import { formatMatchers, matchesLabels, parseMatchers } from '../../../src/core/alert/matcher.ts';

const parsed = (text: string) => {
  const matchers = parseMatchers(text);
  if ('problem' in matchers) throw new Error(matchers.problem);
  return matchers;
};

describe('parseMatchers', () => {
  it.each([
    ['service=shop-api', 'service="shop-api"'],
    ['shop-api', 'service="shop-api"'],
    ['{service="shop-api"}', 'service="shop-api"'],
    ['service = shop-api , severity != "critical"', 'service="shop-api", severity!="critical"'],
    ['alertname=~"High.*"', 'alertname=~"High.*"'],
    ['alertname=~High(CPU|Memory),job!~"a,b"', 'alertname=~"High(CPU|Memory)", job!~"a,b"'],
    ['alertname=~"a{1,3}b"', 'alertname=~"a{1,3}b"'],
    ['alertname=~a{1,3}b', 'alertname=~"a{1,3}b"'],
    ['path="a \\"quoted\\" one"', 'path="a \\"quoted\\" one"'],
    ['instance=127.0.0.1:9090', 'instance="127.0.0.1:9090"'],
    ['note="a=b"', 'note="a=b"'],
  ])('reads %s', (text, expected) => {
    expect(formatMatchers(parsed(text))).toBe(expected);
  });

  it.each([
    ['', 'nothing to match'],
    [' , ', 'nothing to match'],
    ['=x', "don't understand"],
    ['a b', "don't understand"],
    ['1a=x', 'not the name of a label'],
    ['service="shop', 'not closed'],
    ['service=sh"op', 'not closed'],
    ['alertname=~"("', 'not a regular expression'],
    ['alertname=~"a)|(b"', 'not a regular expression'],
    ['alertname=~"(a+)+"', 'forever'],
    ['alertname=~".*"', 'every alert'],
    ['severity!=critical', 'every alert'],
    ['service=""', 'every alert'],
    [Array.from({ length: 11 }, (_, index) => `l${index}=x`).join(','), 'too many'],
  ])('refuses %s and says how to mend it', (text, problem) => {
    expect(parseMatchers(text)).toMatchObject({
      problem: expect.stringContaining(problem),
      mend: expect.stringContaining('service=shop-api'),
    });
  });
});

describe('matchesLabels', () => {
  const labels = { alertname: 'HighCPU', service: 'shop-api', note: 'two\nlines' };
  it.each([
    ['service=shop-api', true],
    ['service=shop', false],
    ['service=~shop', false],
    ['service=~"shop-.*"', true],
    ['alertname=HighCPU,severity!=critical', true],
    ['alertname=HighCPU,severity=critical', false],
    ['alertname=HighCPU,service!~"shop-.*"', false],
    ['alertname=HighCPU,team=""', true],
    ['note=~"two.lines"', true],
    ['alertname=~"High(CPU|Memory)"', true],
    // `^(?:a|b)$` and not `^a|b$`.
    ['alertname=~"High|CPU"', false],
  ])('%s: %s', (text, expected) => {
    expect(matchesLabels(parsed(text), labels)).toBe(expected);
  });

  it('knows no labels that an object has by birth', () => {
    expect(matchesLabels(parsed('constructor=~".+"'), labels)).toBe(false);
  });
});
