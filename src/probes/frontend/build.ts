import { z } from 'zod';
import { ProbeError } from '../../core/errors.ts';
import type { Observation } from '../../core/evidence.ts';
import { topRows } from '../../core/top-rows.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import { type BuildFiles, openBuild } from './build-files.ts';
import { type RouteScripts, readRoutes } from './build-routes.ts';

const MOST_ROWS = 25;
const BuildParams = z.strictObject({});

interface RouteSize {
  readonly route: string;
  readonly bytes: number;
  readonly scripts: number;
}

/** How much script each route of a Next.js build loads first, read from the files of the build. */
export function frontendBuildProbe(): Probe<'http', z.infer<typeof BuildParams>> {
  return {
    name: 'frontend.build',
    title: 'Scripts of each route in the build',
    targetKind: 'http',
    cost: 'light',
    timeoutMs: 20_000,
    params: BuildParams,
    async collect({ target, signal }) {
      signal.throwIfAborted();
      if (target.build === undefined) throw toNotConfigured();
      const build = await openBuild(target.build);
      const routes = build && (await readRoutes(build));
      if (build === undefined || routes === undefined) throw toUnreadable(build !== undefined);
      return measure(build, routes, signal);
    },
  };
}

async function measure(
  build: BuildFiles,
  routes: readonly RouteScripts[],
  signal: AbortSignal,
): Promise<Observation> {
  const sizes: RouteSize[] = [];
  const missing = new Set<string>();
  for (const { route, scripts } of routes) {
    signal.throwIfAborted();
    const bytes: number[] = [];
    for (const script of scripts) {
      const size = await build.gzipBytes(script);
      if (size === undefined) missing.add(script);
      else bytes.push(size);
    }
    if (bytes.length > 0)
      sizes.push({ route, bytes: bytes.reduce((sum, size) => sum + size, 0), scripts: bytes.length });
  }
  sizes.sort((a, b) => b.bytes - a.bytes);
  const [largest] = sizes;
  return {
    metrics: [
      { name: 'routes', value: routes.length, unit: 'count' },
      ...(largest
        ? [{ name: 'largest_route_gzip_bytes', value: largest.bytes, unit: 'bytes' } as const]
        : []),
    ],
    tables: [
      {
        name: 'routes',
        title: 'Scripts that a route loads first, the largest first',
        columns: [
          { name: 'route', title: 'Route', format: 'log' },
          { name: 'gzip_bytes', title: 'In gzip', unit: 'bytes' },
          { name: 'scripts', title: 'Scripts', unit: 'count' },
        ],
        ...topRows(sizes, MOST_ROWS, ({ route, bytes, scripts }) => [route, bytes, scripts]),
      },
    ],
    gaps:
      missing.size === 0
        ? []
        : [
            {
              what: `${missing.size} scripts of the build`,
              reason: 'they are missing, too large, too many, or outside of the build directory',
            },
          ],
    windowMs: 0,
  };
}

function toNotConfigured(): ProbeError {
  return new ProbeError('not_configured', 'no build directory', {
    userMessage: 'The inventory names no build of this service.',
    mend: 'add frontend: { build: /srv/shop/.next } to the service in services.yaml',
  });
}

function toUnreadable(isThere: boolean): ProbeError {
  return new ProbeError('not_found', 'no build of Next.js', {
    userMessage: isThere
      ? 'The directory of the build holds no list of its routes.'
      : 'The directory of the build cannot be read.',
    mend: 'name the directory .next of a finished build of Next.js 13 or later, which perfbot may read',
  });
}
