import { ProbeError } from '../../core/errors.ts';
import type { HttpTarget } from '../../core/inventory/target.ts';

/** One route that is asked; `timed` routes count for the response time. */
export interface Route {
  readonly path: string;
  readonly url: URL;
  readonly isHealth: boolean;
  readonly timed: boolean;
}

/**
 * The routes of a target. A health route alone says little of the response time, so it is timed only where the
 * inventory names no other. @throws ProbeError `invalid_input` for a path that leads to another origin.
 */
export function planRoutes(target: HttpTarget): readonly Route[] {
  const paths = [...new Set(target.paths)].filter((path) => path !== target.health);
  const timesHealth = paths.length === 0;
  const health = target.health ?? (timesHealth ? '/' : undefined);
  return [
    ...(health === undefined
      ? []
      : [
          {
            path: health,
            url: toUrl(target.baseUrl, health),
            isHealth: target.health !== undefined,
            timed: timesHealth,
          },
        ]),
    ...paths.map((path) => ({ path, url: toUrl(target.baseUrl, path), isHealth: false, timed: true })),
  ];
}

/** The path below the base URL. The origin is the inventory's and nothing in a path may change it. */
function toUrl(baseUrl: string, path: string): URL {
  const base = new URL(baseUrl);
  const url = new URL(`${base.pathname.replace(/\/$/, '')}${path}`, base);
  if (!path.startsWith('/') || url.origin !== base.origin || !/^https?:$/.test(url.protocol)) {
    throw new ProbeError('invalid_input', `path leaves the origin of its service: ${path}`, {
      userMessage: `The path "${path}" does not lie below the service's URL.`,
      mend: 'write paths in services.yaml that begin with one slash, for example /api/items',
    });
  }
  return url;
}

/**
 * Which route each of `requests` calls goes to: health once first, then the timed ones in turn, beginning with number
 * `first` of them, so that each has its turn where there are more routes than calls.
 */
export function scheduleRoutes(routes: readonly Route[], requests: number, first = 0): readonly Route[] {
  const timed = routes.filter((route) => route.timed);
  const inTurn = Array.from({ length: requests }, (_, index) => timed[(first + index) % timed.length]);
  return [...routes.filter((route) => !route.timed), ...inTurn].filter((route) => route !== undefined);
}
