import { expect, it } from 'vitest';
import type { Cost, Evidence } from '../../../src/core/evidence.ts';
import { lookedAt, lookLines } from '../../../src/core/report/looked-at.ts';

function evidence(probe: string, service: string, cost: Cost | undefined, durationMs: number): Evidence {
  return {
    status: 'collected',
    probe,
    target: `t:${service}`,
    targetKind: 'container',
    service,
    collectedAt: 0,
    durationMs,
    ...(cost && { cost }),
    metrics: [],
  };
}

const failed: Evidence = {
  ...evidence('redis.info', 'cache', undefined, 0),
  status: 'unavailable',
  reason: 'timeout',
  message: 'No worker',
};
const ALL = [
  evidence('host.load', 'host', 'light', 1000),
  evidence('docker.stats', 'api', 'moderate', 2100),
  evidence('docker.stats', 'db', 'moderate', 4200),
  failed,
  evidence('frontend.lighthouse', 'web', 'heavy', 32_000),
];

it('puts what costs most first, then what took longest', () => {
  expect(lookedAt(ALL).map(({ probe, service, cost }) => [probe, service, cost])).toEqual([
    ['frontend.lighthouse', 'web', 'heavy'],
    ['docker.stats', 'db', 'moderate'],
    ['docker.stats', 'api', 'moderate'],
    ['host.load', 'host', 'light'],
    ['redis.info', 'cache', undefined],
  ]);
});

it('says it in one line for each cost', () => {
  expect(lookLines(lookedAt(ALL))).toEqual([
    'heavy: frontend.lighthouse on web 32 s',
    'moderate: docker.stats on 2 targets, up to 4.2 s',
    'light: host.load on host 1 s',
    'not run: redis.info on cache 0 ms without result',
  ]);
  expect(lookLines([])).toEqual([]);
});
