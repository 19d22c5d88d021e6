import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../src/core/alert/alert.ts';
import { nextEpisode, REOPEN_WITHIN_MS, RUN_AGAIN_AFTER_MS } from '../../../src/core/alert/episode.ts';

const NOW = 1_000_000_000;

function alert(fingerprint: string, status: Alert['status'], startsAt = NOW - 60_000): Alert {
  return { fingerprint, status, startsAt, labels: {}, annotations: {} };
}

function state(overrides: Partial<Parameters<typeof nextEpisode>[0]> = {}) {
  return {
    state: 'firing' as const,
    resolvedAt: undefined,
    lastRunAt: NOW - 1000,
    alerts: [alert('a', 'firing')],
    ...overrides,
  };
}

describe('nextEpisode', () => {
  it('opens with the first alert that fires', () => {
    expect(nextEpisode(undefined, [alert('a', 'firing')], NOW)).toMatchObject({ kind: 'open' });
  });

  it('has nothing to change when something resolves that never fired', () => {
    expect(nextEpisode(undefined, [alert('a', 'resolved')], NOW)).toEqual({
      kind: 'none',
      reason: 'resolved_without_firing',
    });
  });

  it.each([
    [
      'one of two resolves',
      state({ alerts: [alert('a', 'firing'), alert('b', 'firing')] }),
      [alert('b', 'resolved')],
      'firing',
      'changed',
      false,
    ],
    ['the last one resolves', state(), [alert('a', 'resolved')], 'resolved', 'resolved', false],
    ['another fires right after the run', state(), [alert('b', 'firing')], 'firing', 'changed', false],
    [
      'another fires long after the run',
      state({ lastRunAt: NOW - RUN_AGAIN_AFTER_MS }),
      [alert('b', 'firing')],
      'firing',
      'changed',
      true,
    ],
    [
      'the same fires again long after the run',
      state({ lastRunAt: NOW - RUN_AGAIN_AFTER_MS }),
      [alert('a', 'firing')],
      'firing',
      'changed',
      false,
    ],
  ] as const)('%s', (_name, current, incoming, expectedState, transition, startRun) => {
    expect(nextEpisode(current, incoming, NOW)).toMatchObject({
      kind: 'update',
      state: expectedState,
      transition,
      startRun,
    });
  });

  it('goes on in the same message when it fires again soon, in a new one when it fires again later', () => {
    const resolved = { state: 'resolved' as const, lastRunAt: 0, alerts: [alert('a', 'resolved')] };
    const again = [alert('a', 'firing', NOW)];
    expect(nextEpisode({ ...resolved, resolvedAt: NOW - REOPEN_WITHIN_MS }, again, NOW)).toMatchObject({
      kind: 'update',
      transition: 'reopened',
      startRun: true,
    });
    expect(nextEpisode({ ...resolved, resolvedAt: NOW - REOPEN_WITHIN_MS - 1 }, again, NOW)).toMatchObject({
      kind: 'open',
    });
  });

  it('opens anew when all that fired fires with a much later start: nobody said that it was over', () => {
    const later = alert('a', 'firing', NOW);
    const long = state({ alerts: [alert('a', 'firing', NOW - REOPEN_WITHIN_MS - 1)] });
    expect(nextEpisode(long, [later], NOW)).toMatchObject({ kind: 'open', supersedes: true });
    expect(nextEpisode({ ...long, othersFiring: 1 }, [later], NOW)).toMatchObject({ kind: 'update' });
    expect(nextEpisode(state(), [later], NOW)).toMatchObject({ kind: 'update', transition: 'changed' });
  });

  it('stays firing while alerts that are not in the delivery fire', () => {
    expect(nextEpisode({ ...state(), othersFiring: 2 }, [alert('a', 'resolved')], NOW)).toMatchObject({
      state: 'firing',
      transition: 'changed',
    });
  });

  it('is not opened again by a late copy of the firing alert', () => {
    const resolved = state({ state: 'resolved', resolvedAt: NOW - 1000, alerts: [alert('a', 'resolved')] });
    expect(nextEpisode(resolved, [alert('a', 'firing')], NOW)).toMatchObject({
      kind: 'update',
      state: 'resolved',
      transition: 'changed',
    });
  });
});
