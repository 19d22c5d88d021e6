import { describe, expect, it } from 'vitest';
import { ALIKE, neighboursFirst } from '../../../src/core/diagnosis/neighbours.ts';
import { RULES } from '../../../src/core/diagnosis/rules.ts';

const ordered = (cause: string | undefined, ...ids: readonly string[]) =>
  neighboursFirst(
    ids.map((id) => ({ id })),
    cause,
  ).map(({ id }) => id);

describe('causes that look alike', () => {
  it('names causes that some rule finds, each once in its line', () => {
    const known = new Set(RULES.flatMap(({ ids }) => ids));
    expect(ALIKE.flat().filter((id) => !known.has(id))).toEqual([]);
    for (const ids of ALIKE) expect(new Set(ids).size).toBe(ids.length);
  });

  it.each([
    ['a row lock', 'db.lock_contention', 'db.ddl_lock_queue'],
    ['a schema change', 'db.ddl_lock_queue', 'db.lock_contention'],
    ['a leaked pool', 'app.pool_leak', 'db.connections_exhausted'],
    ['a full server', 'db.connections_exhausted', 'app.pool_leak'],
    ['a throttled container', 'container.cpu_throttled', 'app.cpu_hot_function'],
    ['busy code', 'app.cpu_hot_function', 'container.cpu_throttled'],
    ['a slow callee', 'dep.downstream_slow', 'db.slow_query'],
    ['a missing index', 'db.missing_index', 'db.lock_contention'],
  ])('are ruled out before all else: %s', (_, cause, neighbour) => {
    expect(ordered(cause, 'app.accept_queue_full', 'host.disk_full', neighbour)[0]).toBe(neighbour);
  });

  it('are followed by the same family, and the rest as it was', () => {
    expect(
      ordered('db.lock_contention', 'net.bandwidth', 'app.unreachable', 'db.xmin_held', 'db.slow_query'),
    ).toEqual(['db.slow_query', 'db.xmin_held', 'net.bandwidth', 'app.unreachable']);
    expect(ordered(undefined, 'net.bandwidth', 'app.unreachable')).toEqual([
      'net.bandwidth',
      'app.unreachable',
    ]);
  });
});
