import { expect, it } from 'vitest';
import { planRoutes, scheduleRoutes } from '../../../src/probes/http/plan.ts';

const target = (...paths: readonly string[]) =>
  ({
    kind: 'http',
    id: 'http:api',
    service: 'api',
    zone: 'default',
    baseUrl: 'http://api',
    health: '/healthz',
    paths,
  }) as const;
const planned = (paths: readonly string[], requests: number, first = 0) =>
  scheduleRoutes(planRoutes(target(...paths)), requests, first).map(({ path }) => path);

it('asks health once, then the routes in turn, in their order', () => {
  expect(planned(['/a', '/b'], 3)).toEqual(['/healthz', '/a', '/b', '/a']);
});

it('goes on where it is told to, round and round', () => {
  expect(planned(['/a', '/b', '/c', '/d'], 3, 3)).toEqual(['/healthz', '/d', '/a', '/b']);
});
