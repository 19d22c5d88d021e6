import { z } from 'zod';
import type { BuildFiles } from './build-files.ts';

/** The scripts that a browser loads first for a route, below the directory of the build. */
export interface RouteScripts {
  readonly route: string;
  readonly scripts: readonly string[];
}

const Names = z.array(z.string().max(500)).max(2000);
/** Next 16 and later; the paths begin above the directory of the build. */
const RouteStats = z.array(z.object({ route: z.string(), firstLoadChunkPaths: Names })).max(5000);
/** Next 13 to 15: `build-manifest.json` for the pages router, `app-build-manifest.json` for the app router. */
const Manifest = z.object({ pages: z.record(z.string(), Names), rootMainFiles: Names.default([]) });

/** What a build of Next.js says that its routes load; undefined when no file tells. */
export async function readRoutes(build: BuildFiles): Promise<readonly RouteScripts[] | undefined> {
  const stats = parse(RouteStats, await build.read('diagnostics/route-bundle-stats.json'));
  if (stats !== undefined)
    return stats.map(({ route, firstLoadChunkPaths }) => ({
      route,
      scripts: scriptsOf(firstLoadChunkPaths.map(belowBuild)),
    }));
  const pages = parse(Manifest, await build.read('build-manifest.json'));
  const app = parse(Manifest, await build.read('app-build-manifest.json'));
  if (pages === undefined && app === undefined) return undefined;
  return [...ofPagesRouter(pages), ...ofAppRouter(app, pages?.rootMainFiles ?? [])];
}

type Manifest = z.infer<typeof Manifest>;

function ofPagesRouter(manifest: Manifest | undefined): readonly RouteScripts[] {
  return Object.entries(manifest?.pages ?? {})
    .filter(([route]) => !/^\/_(app|document)$/.test(route))
    .map(([route, files]) => ({ route, scripts: scriptsOf(files) }));
}

function ofAppRouter(manifest: Manifest | undefined, shared: readonly string[]): readonly RouteScripts[] {
  return Object.entries(manifest?.pages ?? {})
    .filter(([entry]) => entry.endsWith('/page'))
    .map(([entry, files]) => ({
      route: entry.slice(0, -'/page'.length) || '/',
      scripts: scriptsOf([...shared, ...files]),
    }));
}

function scriptsOf(files: readonly string[]): readonly string[] {
  return [...new Set(files.filter((file) => /\.m?js$/.test(file)))];
}

function belowBuild(path: string): string {
  return path.replaceAll('\\', '/').replace(/^.*?(?=static\/)/, '');
}

function parse<T>(schema: z.ZodType<T>, text: string | undefined): T | undefined {
  try {
    return text === undefined ? undefined : schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
