import { describe, expect, it } from 'vitest';
import { findChangePoint } from '../../../src/core/monitor/change-point.ts';
import { historyMarks } from '../../../src/core/monitor/history-marks.ts';
import { findChanges, type TargetFacts, withoutEchoes } from '../../../src/core/monitor/target-change.ts';

const HOUR = 3_600_000;
const NOON = Date.UTC(2026, 10, 23, 12);
const BEFORE: TargetFacts = {
  started_at: '2026-11-23T10:00:00Z',
  image: 'shop:1',
  image_id: 'aaa',
  environment: 'e1',
  memory_limit: '256 MB',
  cpus: '1 core',
};
const STARTED = { started_at: '2026-11-23T11:59:40Z' };
const seen = { target: 'container:api', service: 'api', at: NOON };

describe('findChanges', () => {
  it.each([
    ['nothing', {}, []],
    ['a restart', STARTED, ['restarted']],
    [
      'another image',
      { ...STARTED, image: 'shop:2', image_id: 'bbb' },
      ['replaced (image shop:1 to shop:2)'],
    ],
    [
      'another image under the same tag',
      { ...STARTED, image_id: 'bbb' },
      ['replaced (another image as shop:1)'],
    ],
    ['another environment', { ...STARTED, environment: 'e2' }, ['replaced (another environment)']],
    ['a limit while it runs', { memory_limit: '512 MB' }, ['memory limit 256 MB to 512 MB']],
    [
      'two limits',
      { memory_limit: '512 MB', cpus: '0.5 cores' },
      ['memory limit 256 MB to 512 MB', 'CPU limit 1 core to 0.5 cores'],
    ],
    [
      'another image and limit',
      { ...STARTED, image: 'shop:2', cpus: '2 cores' },
      ['replaced (image shop:1 to shop:2, CPU limit 1 core to 2 cores)'],
    ],
  ])('%s', (_, after, expected) => {
    expect(findChanges(BEFORE, { ...BEFORE, ...after }, seen).map(({ what }) => what)).toEqual(expected);
  });

  it('is when the container started, and for a limit when it was seen', () => {
    expect(findChanges(BEFORE, { ...BEFORE, ...STARTED }, seen)[0]?.at).toBe(NOON - 20_000);
    expect(findChanges(BEFORE, { ...BEFORE, cpus: '2 cores' }, seen)[0]?.at).toBe(NOON);
  });

  it('needs something to compare with, and does not compare what one look did not tell', () => {
    expect(findChanges({}, BEFORE, seen)).toEqual([]);
    expect(findChanges(BEFORE, { started_at: BEFORE.started_at ?? '' }, seen)).toEqual([]);
  });
});

const SERVER: TargetFacts = {
  started_at: '2026-11-23T10:00:00.000Z',
  version: '15.4',
  settings_seen: 'all',
  'setting.work_mem': '4 MB',
  'setting.archive_command': '#aaaaaaaaaaaa',
  'setting.max_connections': '200',
};

describe('findChanges of a server', () => {
  const { 'setting.max_connections': _gone, ...withoutOne } = SERVER;
  const restart = { started_at: '2026-11-23T11:59:40.000Z' };
  it.each([
    ['nothing', SERVER, []],
    ['a restart', { ...SERVER, ...restart }, ['restarted']],
    ['a setting', { ...SERVER, 'setting.work_mem': '64 MB' }, ['reconfigured (work_mem 4 MB to 64 MB)']],
    ['one that was the default', { ...SERVER, 'setting.jit': 'off' }, ['reconfigured (jit set to off)']],
    ['one that is the default again', withoutOne, ['reconfigured (max_connections back to its default)']],
    [
      'a text, without what it says',
      { ...SERVER, 'setting.archive_command': '#bbbbbbbbbbbb' },
      ['reconfigured (another archive_command)'],
    ],
    [
      'an upgrade with a setting',
      { ...SERVER, ...restart, version: '15.6', 'setting.work_mem': '64 MB' },
      ['restarted (version 15.4 to 15.6, work_mem 4 MB to 64 MB)'],
    ],
    [
      'many settings',
      {
        ...SERVER,
        ...Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [`setting.${name}`, '1'])),
      },
      ['reconfigured (a set to 1, b set to 1, c set to 1, d set to 1, 2 more settings)'],
    ],
    ['what a smaller right does not show', { ...withoutOne, settings_seen: 'most' }, []],
  ])('%s', (_, after, expected) => {
    expect(findChanges(SERVER, after, seen).map(({ what }) => what)).toEqual(expected);
  });

  it('has nothing to compare with at first', () => {
    expect(findChanges({}, SERVER, seen)).toEqual([]);
  });

  it('tells a run by its name where the start is known to the second only', () => {
    const redis = { run: 'r1', started_at: '2026-11-23T10:00:00.000Z', 'setting.maxmemory': '1 MB' };
    expect(findChanges(redis, { ...redis, started_at: '2026-11-23T10:00:01.000Z' }, seen)).toEqual([]);
    expect(findChanges(redis, { ...redis, run: 'r2' }, seen)).toMatchObject([{ what: 'restarted' }]);
    // A setting that an older look did not know is no change.
    expect(findChanges(redis, { ...redis, 'setting.maxclients': '10' }, seen)).toEqual([]);
  });
});

describe('withoutEchoes', () => {
  const change = (target: string, offset: number, what: string, service = 'db') => ({
    target,
    service,
    at: NOON + offset,
    what,
  });
  it.each([
    [
      'the one that says more stays',
      [change('c', 0, 'restarted'), change('p', 900, 'restarted (jit off)')],
      ['restarted (jit off)'],
    ],
    ['one of two alike stays', [change('c', 0, 'restarted'), change('p', 900, 'restarted')], ['restarted']],
    [
      'two restarts of one target are two',
      [change('c', 0, 'restarted'), change('c', 900, 'restarted')],
      ['restarted', 'restarted'],
    ],
    [
      'another service is another matter',
      [change('c', 0, 'restarted'), change('p', 900, 'restarted', 'web')],
      ['restarted', 'restarted'],
    ],
    [
      'minutes later is another restart',
      [change('c', 0, 'restarted'), change('p', 120_000, 'restarted')],
      ['restarted', 'restarted'],
    ],
  ])('%s', (_, changes, expected) => {
    expect(withoutEchoes(changes).map(({ what }) => what)).toEqual(expected);
  });
});

/** Two days of hours; a rhythm of a day with noise of its own. */
const points = (value: (hour: number) => number) =>
  Array.from({ length: 48 }, (_, hour) => ({ at: NOON + hour * HOUR, value: value(hour) }));
const jitter = (hour: number) => ((hour * 7919) % 13) / 13 - 0.5;

describe('findChangePoint', () => {
  it.each([
    ['a flat line', () => 0.4, undefined],
    ['noise', (hour: number) => 0.4 + 0.1 * jitter(hour), undefined],
    ['a daily rhythm', (hour: number) => 0.4 + 0.2 * Math.sin((hour / 24) * 2 * Math.PI), undefined],
    ['one peak', (hour: number) => (hour === 30 ? 0.9 : 0.4 + 0.02 * jitter(hour)), undefined],
    ['a step', (hour: number) => (hour < 30 ? 0.3 : 0.6) + 0.02 * jitter(hour), 30],
    ['a step down', (hour: number) => (hour < 12 ? 0.6 : 0.3) + 0.02 * jitter(hour), 12],
    ['a step too small to matter', (hour: number) => (hour < 30 ? 0.3 : 0.31), undefined],
  ])('%s', (_, value, expected) => {
    const found = findChangePoint(points(value), 'ratio');
    expect(found && (found.at - NOON) / HOUR).toBe(expected);
  });

  it('does not guess from a few points', () => {
    expect(findChangePoint(points((hour) => (hour < 5 ? 0 : 1)).slice(0, 11), 'ratio')).toBeUndefined();
  });
});

describe('historyMarks', () => {
  const change = (at: number, what: string) => ({ target: 'container:api', service: 'api', at, what });
  const stepped = points((hour) => (hour < 30 ? 0.3 : 0.6));

  it('marks the new level with what changed before it', () => {
    const at = NOON + 30 * HOUR;
    const marks = historyMarks({
      points: stepped,
      unit: 'ratio',
      changes: [change(NOON, 'restarted'), change(at - 10 * 60_000, 'replaced (image a to b)')],
    });
    expect(marks.map(({ label, kind }) => `${kind} ${label}`)).toEqual([
      'change replaced (image a to b)',
      'change restarted',
      'onset 30 % to 60 %, 10 min after it was replaced (image a to b)',
    ]);
  });

  it('does not blame what happened a day before, or after it', () => {
    const marks = historyMarks({ points: stepped, unit: 'ratio', changes: [change(NOON, 'restarted')] });
    expect(marks.at(-1)?.label).toBe('30 % to 60 %');
    expect(historyMarks({ points: points(() => 0.4), unit: 'ratio', changes: [] })).toEqual([]);
  });
});
