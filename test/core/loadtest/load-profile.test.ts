import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type LoadStage, partAt, toParts } from '../../../src/core/loadtest/load-phases.ts';
import {
  LoadProfileFile,
  sizeOf,
  sizeProblem,
  toLoadProfile,
} from '../../../src/core/loadtest/load-profile.ts';
import { loadProfileJsonSchema } from '../../../src/playbooks/load-profile-schema.ts';
import { createLoadProfiles, parseLoadProfile } from '../../../src/playbooks/load-profiles.ts';
import { silentLog } from '../../support/silent-log.ts';

const read = (file: object) => toLoadProfile('p', LoadProfileFile.parse(file));
const PHASES = { phases: [{ duration: 10, arrivalRate: 1 }] };

describe('load profiles', () => {
  it('reads the file of the guide and leaves out what writes', () => {
    const profile = read({
      config: {
        target: 'http://localhost:3001',
        phases: [
          { duration: 60, arrivalRate: 10 },
          { duration: 120, arrivalRate: 20 },
          { duration: 60, arrivalRate: 5 },
        ],
      },
      scenarios: [
        { name: 'health', requests: [{ get: { url: '/api/health' } }] },
        { name: 'items', flow: [{ get: { url: '/api/items' } }, { think: 1 }] },
        { name: 'create', requests: [{ post: { url: '/api/items', json: { title: 'x' } } }] },
      ],
    });
    expect(sizeOf(profile.stages)).toEqual({ durationMs: 240_000, requests: 3300, peakPerSecond: 20 });
    expect(profile.paths).toEqual(['/api/health', '/api/items']);
    expect(profile.leftOut).toEqual(['THINK', 'POST /api/items']);
    expect(profile.stop).toEqual({ errorRate: 0.05, p95Ms: undefined, throttledRatio: 0.25 });
  });

  it('climbs a ramp in steps and knows pauses and durations', () => {
    const { stages } = read({
      config: { phases: [{ duration: '20s', arrivalRate: 10, rampTo: 110 }, { pause: 5 }] },
    });
    expect(stages.map(({ ratePerSecond }) => ratePerSecond)).toEqual([
      15, 25, 35, 45, 55, 65, 75, 85, 95, 105, 0,
    ]);
    expect(sizeOf(stages)).toEqual({ durationMs: 25_000, requests: 1200, peakPerSecond: 105 });
  });

  it('is told in parts: one for each phase', () => {
    const { stages, parts } = read({
      config: {
        phases: [
          { name: 'Climb', duration: 20, arrivalRate: 10, rampTo: 110 },
          { pause: 5 },
          { duration: 30, arrivalRate: 50 },
        ],
      },
    });
    expect(parts).toEqual([
      { first: 1, last: 1, name: 'Climb', durationMs: 20_000, fromPerSecond: 10, toPerSecond: 110 },
      { first: 2, last: 2, name: 'pause', durationMs: 5000, fromPerSecond: 0, toPerSecond: 0 },
      { first: 3, last: 3, durationMs: 30_000, fromPerSecond: 50, toPerSecond: 50 },
    ]);
    expect(stages.map(({ part = 0 }) => part)).toEqual([...Array(10).fill(0), 1, 2]);
    const at = (ms: number) => partAt(parts, ms)?.first;
    expect([0, 19_999, 20_000, 25_000, 54_999, 60_000].map(at)).toEqual([1, 1, 2, 3, 3, 3]);
    expect(partAt([], 0)).toBeUndefined();
  });

  it.each([
    [1, [[1, 1]]],
    [6, [1, 2, 3, 4, 5, 6].map((phase) => [phase, phase])],
    [7, [[1, 2], [3, 4], [5, 6], [7, 7]]], // biome-ignore format: a line for each
    [20, [[1, 4], [5, 8], [9, 12], [13, 16], [17, 20]]], // biome-ignore format: a line for each
  ])('%i phases are told in parts of neighbours', (count, expected) => {
    const { parts, stages } = toParts(
      Array.from({ length: count }, (_, index) => ({ duration: 1000, arrivalRate: index + 1 })),
    );
    expect(parts.map(({ first, last }) => [first, last])).toEqual(expected);
    expect(stages).toHaveLength(count);
    expect(parts.reduce((sum, { durationMs }) => sum + durationMs, 0)).toBe(count * 1000);
    expect(parts.at(-1)?.toPerSecond).toBe(count);
  });

  it('takes no route of another host', () => {
    const flow = [{ get: { url: 'http://evil.example/' } }, { get: { url: 'relative' } }];
    const profile = read({ config: PHASES, scenarios: [{ flow }] });
    expect(profile.paths).toEqual([]);
    expect(profile.leftOut).toEqual(['GET http://evil.example/', 'GET relative']);
  });

  it.each<[readonly LoadStage[], RegExp | undefined]>([
    [[{ durationMs: 60_000, ratePerSecond: 200 }], undefined],
    [[{ durationMs: 1000, ratePerSecond: 201 }], /201 requests a second/],
    [[{ durationMs: 11 * 60_000, ratePerSecond: 1 }], /11 minutes; 10/],
    [[{ durationMs: 600_000, ratePerSecond: 150 }], /90000 requests are asked for; 60000/],
    [[{ durationMs: 60_000, ratePerSecond: 0 }], /no request/],
  ])('caps what may be asked for %#', (stages, problem) => {
    if (problem === undefined) expect(sizeProblem(stages)).toBeUndefined();
    else expect(sizeProblem(stages)).toMatch(problem);
  });

  it.each([
    ['a.yml', 'config: { phases: [{ arrivalCount: 20, duration: 10 }] }', /write duration and arrivalRate/],
    [
      'a.yml',
      'config: { phases: [{ duration: 5, arrivalRate: 10, pause: 1 }] }',
      /a pause or a load, not both/,
    ],
    ['a.yml', 'config: { phases: [{ duration: 60, arrivalRate: 1000 }] }', /200 is the most/],
    [
      'a.yml',
      'config:\n  phases:\n    - { duration: 60, arrivalRate: 0.1 }',
      /0\.1 requests a second are not a whole number; write 1, or a pause/,
    ],
    ['a.yml', 'config: { phases: [{ duration: 60, arrivalRate: 1, rampTo: 1.4 }] }', /1\.4 .*; write 1/],
    ['a.yml', 'scenarios: []', /expected object/],
    [
      'a.yml',
      'config: { phases: [{ duration: 5, arrivalRate: 1 }] }\nstop: { error_rate: lots }',
      /not a share/,
    ],
    ['Bad Name.yml', '', /the file name is the name/],
  ])('says what is wrong with %s: %s', (file, text, message) => {
    const { value, problems } = parseLoadProfile(file, text);
    expect(value).toBeUndefined();
    expect(problems[0]?.message).toMatch(message);
    expect(problems[0]?.file).toBe(file);
  });
});

describe('the shipped profiles', () => {
  const directory = new URL('../../../playbooks/', import.meta.url).pathname;

  it('are within the caps, and the light one is light', async () => {
    const profiles = await createLoadProfiles({ directories: [directory], log: silentLog });
    await profiles.close();
    expect(profiles.names()).toEqual(['light', 'steps']);
    expect(sizeOf(profiles.get('light')?.stages ?? []).peakPerSecond).toBeLessThanOrEqual(10);
  });

  it('have the schema of the loader (npx tsx scripts/playbook-schema.ts)', () => {
    const written = JSON.parse(readFileSync(`${directory}loadtests/loadtest.schema.json`, 'utf8'));
    expect(written).toEqual(JSON.parse(JSON.stringify(loadProfileJsonSchema())));
  });
});
