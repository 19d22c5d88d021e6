import { describe, expect, it } from 'vitest';
import { substitutePlaceholders } from '../../../src/probes/prometheus/placeholders.ts';
import { toSelector } from '../../../src/probes/prometheus/selector.ts';

const VALUES = { service: 'a"} or vector(1) #', job: 'shop', container: undefined };

describe('substitutePlaceholders', () => {
  it.each([
    ['up{job={{job}}}', 'up{job="shop"}'],
    ['up{job="{{ job }}"}', 'up{job="shop"}'],
    ['up{service={{service}}}', 'up{service="a\\"} or vector(1) #"}'],
    ['sum(up)', 'sum(up)'],
  ])('%s', (query, expected) => {
    expect(substitutePlaceholders(query, VALUES)).toEqual({ kind: 'query', query: expected });
  });

  it.each(['up{name={{container}}}', 'up{x={{planet}}}'])('cannot fill %s', (query) => {
    expect(substitutePlaceholders(query, VALUES).kind).toBe('impossible');
  });
});

describe('toSelector', () => {
  const found = [
    { labels: { job: 'node', instance: '10.0.0.1:80' } },
    { labels: { job: 'node', instance: '10.0.0.2:80' } },
    { labels: { job: 'Shop', instance: '10.0.0.3:80' } },
  ];
  it.each([
    [['shop'], 'job="Shop"', 'Shop'],
    [
      ['api', '10.0.0.1:80', '10.0.0.2:80'],
      'instance=~"10\\\\.0\\\\.0\\\\.1:80|10\\\\.0\\\\.0\\\\.2:80"',
      'node',
    ],
  ])('%s', (names, matcher, job) => {
    expect(toSelector(found, names)).toEqual({ matcher, job });
  });

  it('finds nothing for a stranger', () => {
    expect(toSelector(found, ['stranger'])).toBeUndefined();
  });
});
