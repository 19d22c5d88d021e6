import type { Table } from '../../core/evidence.ts';
import { topRows } from '../../core/top-rows.ts';
import { p95, percentile } from '../http/percentile.ts';
import type { AccessEntry } from './access-entry.ts';

const MOST_ROWS = 20;
/** Routes beyond these (scanners, unmasked ids) are counted together. */
const MOST_ROUTES = 500;

interface Route {
  readonly route: string;
  requests: number;
  readonly times: number[];
  errors: number;
  errors502: number;
  errors504: number;
}

/** Routes of a window, the slowest first; without times the one with most errors, then the busiest. */
export function routeTable(entries: readonly AccessEntry[]): Table {
  const routes = new Map<string, Route>();
  for (const { route, status, requestMs } of entries) {
    const name = routes.has(route) || routes.size < MOST_ROUTES ? route : '(other routes)';
    const known = routes.get(name) ?? {
      route: name,
      requests: 0,
      times: [],
      errors: 0,
      errors502: 0,
      errors504: 0,
    };
    routes.set(name, known);
    known.requests += 1;
    if (requestMs !== undefined) known.times.push(requestMs);
    if (status >= 500) known.errors += 1;
    if (status === 502) known.errors502 += 1;
    if (status === 504) known.errors504 += 1;
  }
  const measured = [...routes.values()].map((route) => ({ ...route, slowness: slownessOf(route) }));
  const rows = measured.sort(
    (a, b) => b.slowness - a.slowness || b.errors - a.errors || b.requests - a.requests,
  );
  return {
    name: 'routes',
    title: 'Slowest routes',
    columns: [
      { name: 'route', title: 'Route' },
      { name: 'requests', title: 'Requests', unit: 'count' },
      { name: 'p50_ms', title: 'p50', unit: 'ms' },
      { name: 'p95_ms', title: 'p95', unit: 'ms' },
      { name: 'max_ms', title: 'Max', unit: 'ms' },
      { name: 'errors', title: '5xx', unit: 'count' },
      { name: 'errors_502', title: '502', unit: 'count' },
      { name: 'errors_504', title: '504', unit: 'count' },
    ],
    ...topRows(rows, MOST_ROWS, ({ route, requests, times, errors, errors502, errors504 }) => [
      route,
      requests,
      percentile(times, 0.5) ?? null,
      p95(times) ?? null,
      percentile(times, 1) ?? null,
      errors,
      errors502,
      errors504,
    ]),
  };
}

function slownessOf({ times }: Route): number {
  return p95(times) ?? percentile(times, 1) ?? 0;
}
