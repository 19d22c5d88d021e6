import { describe, expect, it } from 'vitest';
import { type AlertState, INACTIVE, nextState, type Reading } from '../../../src/core/monitor/alert-state.ts';

const RULE = {
  bound: 'max',
  threshold: 0.8,
  clear: 0.7,
  forMs: 50,
  keepFiringForMs: 60,
  onceFine: false,
} as const;

/** Phases after each reading, which come 30 ms apart. */
function phases(readings: readonly Reading[], rule: Partial<Parameters<typeof nextState>[0]> = {}) {
  let state: AlertState = INACTIVE;
  return readings.map((reading, index) => {
    state = nextState({ ...RULE, ...rule }, state, reading, 1000 + index * 30);
    return state.phase;
  });
}

describe('nextState', () => {
  it.each<[string, readonly Reading[], readonly AlertState['phase'][]]>([
    ['stays inactive within the threshold', [0.1, 0.8], ['inactive', 'inactive']],
    ['fires when it is crossed for long enough', [0.9, 0.9, 0.9], ['pending', 'pending', 'firing']],
    ['begins again after a break', [0.9, 0.1, 0.9, 0.9], ['pending', 'inactive', 'pending', 'pending']],
    [
      'does not fire on what was not seen',
      [0.9, 'unknown', 0.9, 0.9],
      ['pending', 'inactive', 'pending', 'pending'],
    ],
    [
      'is not over because nobody could look',
      [0.9, 0.9, 0.9, 'unknown', 'unknown', 'unknown', 'unknown'],
      ['pending', 'pending', 'firing', 'firing', 'firing', 'firing', 'firing'],
    ],
    [
      'keeps firing for a while, then ends',
      [0.9, 0.9, 0.9, 0.1, 0.1, 0.1],
      ['pending', 'pending', 'firing', 'firing', 'firing', 'inactive'],
    ],
    [
      'counts the while anew after a relapse',
      [0.9, 0.9, 0.9, 0.1, 0.9, 0.1, 0.1, 0.1],
      ['pending', 'pending', 'firing', 'firing', 'firing', 'firing', 'firing', 'inactive'],
    ],
    [
      'is not back between the threshold and the clear value',
      [0.9, 0.9, 0.9, 0.75, 0.75, 0.75, 0.75],
      ['pending', 'pending', 'firing', 'firing', 'firing', 'firing', 'firing'],
    ],
    [
      'ends when the target has no such value any more',
      [0.9, 0.9, 0.9, 'absent', 'absent', 'absent'],
      ['pending', 'pending', 'firing', 'firing', 'firing', 'inactive'],
    ],
  ])('%s', (_, readings, expected) => {
    expect(phases(readings)).toEqual(expected);
  });

  it('fires at once without for and ends at once without keep_firing_for', () => {
    expect(phases([0.9, 0.1], { forMs: 0, keepFiringForMs: 0 })).toEqual(['firing', 'inactive']);
  });

  it('looks downwards where less is worse', () => {
    const rule = { bound: 'min', threshold: 0.5, clear: 0.5, forMs: 0, keepFiringForMs: 0 } as const;
    expect(phases([1, 0, 1], rule)).toEqual(['inactive', 'firing', 'inactive']);
  });

  it('misses only what was there once, where it is told to', () => {
    const rule = { bound: 'min', threshold: 0.5, clear: 0.5, forMs: 0, onceFine: true } as const;
    expect(phases([0, 0], rule)).toEqual(['inactive', 'inactive']);
    expect(phases(['absent', 0], rule)).toEqual(['inactive', 'inactive']);
    expect(phases([1, 0], rule)).toEqual(['inactive', 'firing']);
    expect(phases([1, 'unknown', 0], rule)).toEqual(['inactive', 'inactive', 'firing']);
  });

  it('says when it was crossed and when it fired', () => {
    let state = INACTIVE;
    for (const at of [100, 130, 160]) state = nextState(RULE, state, 0.9, at);
    expect(state).toMatchObject({ phase: 'firing', activeAt: 100, firedAt: 160 });
  });
});
