import { describe, expect, it } from 'vitest';
import { regexRisk } from '../../src/core/regex-risk.ts';

describe('regexRisk', () => {
  it.each([
    'High.*',
    '.*(CPU|[Cc]pu).*',
    '(?:a|b)c',
    'a{2,3}',
    '(ab)+',
    '(High)?CPU',
    '\\(a+\\)+',
    '[(a+)]+',
    '(?<name>a)b',
  ])('allows %s', (pattern) => {
    expect(regexRisk(pattern)).toBeUndefined();
  });

  it.each([
    '(a+)+',
    '(a*)*b',
    '((ab)*c)+',
    '(a|a)*',
    '(?:x+y?)+',
    '(a{1,})+',
    '([a-z]+)*',
    '.*a.*b.*c.*d.*e',
    'a'.repeat(201),
  ])('refuses %s', (pattern) => {
    expect(regexRisk(pattern)).toEqual(expect.any(String));
  });
});
