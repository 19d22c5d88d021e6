import { describe, expect, it } from 'vitest';
import { parseSilence } from '../../../src/core/alert/parse-silence.ts';
import { matchersOf, type Silence, silenceFor, silenceLabels } from '../../../src/core/alert/silence.ts';

const HOUR = 3_600_000;
const silence = (overrides: Partial<Silence>): Silence => ({
  id: 's',
  matchers: [{ label: 'service', op: '=', value: 'api' }],
  reason: '',
  createdBy: 'U1',
  channel: 'C1',
  createdAt: 0,
  endsAt: HOUR,
  endedAt: undefined,
  endedBy: undefined,
  onCard: false,
  ...overrides,
});

describe('parseSilence', () => {
  it.each([
    ['service=api 1h', { durationMs: HOUR, reason: '' }],
    ['service="a b",severity=x 30m because of "that"', { durationMs: HOUR / 2, reason: 'because of "that"' }],
    ['alertname=~"High .*" 1d  deploy ', { durationMs: 24 * HOUR, reason: 'deploy' }],
    ['api 1h30m', { durationMs: 1.5 * HOUR, reason: '' }],
  ])('reads %s', (text, expected) => {
    expect(parseSilence(text)).toMatchObject(expected);
  });

  it.each([
    ['service=api', 'needs a duration'],
    ['service=api later', 'is not a duration'],
    ['service=api 10s', 'at least a minute'],
    ['service=api 31d', 'at most 30 days'],
    ['service="a b 1h', 'not closed'],
  ])('refuses %s', (text, problem) => {
    expect(parseSilence(text)).toMatchObject({
      problem: expect.stringContaining(problem),
      mend: expect.stringContaining('For example'),
    });
  });
});

describe('silenceFor', () => {
  it('answers the active one that lasts longest', () => {
    const short = silence({ id: 'short' });
    const long = silence({ id: 'long', endsAt: 2 * HOUR });
    const other = silence({
      id: 'other',
      endsAt: 9 * HOUR,
      matchers: [{ label: 'service', op: '=', value: 'db' }],
    });
    const ended = silence({ id: 'ended', endsAt: 9 * HOUR, endedAt: 1, endedBy: 'U2' });
    expect(silenceFor([short, long, other, ended], { service: 'api' }, 10)?.id).toBe('long');
    expect(silenceFor([short], { service: 'api' }, HOUR)).toBeUndefined();
    expect(silenceFor([short], { service: 'web' }, 10)).toBeUndefined();
  });

  it('sees a service under its name in the inventory', () => {
    expect(silenceLabels({ service: 'api-1' }, 'api')).toEqual({ service: 'api' });
    expect(silenceLabels({ service: 'api-1' }, undefined)).toEqual({ service: 'api-1' });
  });
});

describe('matchersOf', () => {
  it.each([
    [{ alertname: 'HighCpu', severity: 'critical' }, 'api', 'alertname=HighCpu service=api'],
    [{ alertname: 'Down', instance: 'h:1', job: 'j' }, undefined, 'alertname=Down job=j'],
    [{ alertname: 'Down' }, undefined, 'alertname=Down'],
    [{ severity: 'critical', team: 'a' }, 'api', 'severity=critical team=a service=api'],
    [{}, undefined, ''],
  ])('%j of %s: %s', (labels, service, expected) => {
    const matchers = matchersOf({ labels, service });
    expect(matchers.map(({ label, op, value }) => `${label}${op}${value}`).join(' ')).toBe(expected);
  });
});
