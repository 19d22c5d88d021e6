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
const planned = (paths: readonly string[], requests: number, at: number) =>
  scheduleRoutes(planRoutes(target(...paths)), requests, at).map(({ path }) => path);

it('asks health once, then the routes in turn, in their order', () => {
  expect(planned(['/a', '/b'], 3, 12_345)).toEqual(['/healthz', '/a', '/b', '/a']);
});

it('gives each route its turn where there are more routes than requests', () => {
  const paths = Array.from({ length: 10 }, (_, index) => `/${index}`);
  const rounds = Array.from({ length: 40 }, (_, round) => planned(paths, 3, round * 30_000));
  expect(rounds.every((round) => round.length === 4 && new Set(round).size === 4)).toBe(true);
  expect(new Set(rounds.flat())).toEqual(new Set(['/healthz', ...paths]));
});
