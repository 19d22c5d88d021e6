import { z } from 'zod';
import type { Cell, Gap, Metric, Observation } from '../../core/evidence.ts';
import { topRows } from '../../core/top-rows.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import { isKeptByBrowsers } from './cache-header.ts';
import type { Resource } from './fetch-resource.ts';
import { type LoadedAsset, type LoadedPage, loadPage } from './load-page.ts';
import { negotiatedProtocol } from './negotiated-protocol.ts';

const REQUEST_TIMEOUT_MS = 8000;
const MOST_ROWS = 25;

const PageParams = z.strictObject({
  path: z
    .string()
    .regex(/^\/(?!\/)/, 'write a path that begins with one slash')
    .default('/')
    .describe('the page, below the URL of the service'),
});
type PageParams = z.infer<typeof PageParams>;

/** What a browser has to load for one page: bytes on the line by kind, compression, caching, what blocks the first paint. */
export function frontendPageProbe(): Probe<'http', PageParams> {
  return {
    name: 'frontend.page',
    title: 'Size and delivery of a page',
    targetKind: 'http',
    cost: 'light',
    timeoutMs: 30_000,
    params: PageParams,
    async collect({ target, params, signal }) {
      signal.throwIfAborted();
      const base = new URL(target.baseUrl);
      const address = new URL(`${base.pathname.replace(/\/$/, '')}${params.path}`, base);
      const loaded = await loadPage(address, { timeoutMs: REQUEST_TIMEOUT_MS, signal });
      return toObservation(loaded, await negotiatedProtocol(loaded.url, REQUEST_TIMEOUT_MS, signal));
    },
  };
}

function toObservation(loaded: LoadedPage, protocol: string | undefined): Observation {
  const { page, assets, foreign } = loaded;
  const measured = assets.flatMap(({ link, resource }) => (resource ? [{ link, resource }] : []));
  const all = [page, ...measured.map(({ resource }) => resource)];
  const ofKind = (kind: 'script' | 'style') =>
    measured.filter(({ link }) => link.kind === kind).map(({ resource }) => resource);
  const blocking = measured.filter(({ link }) => link.blocking).map(({ resource }) => resource);
  const bytes = (name: string, value: number): Metric => ({ name, value, unit: 'bytes' });
  const count = (name: string, value: number): Metric => ({ name, value, unit: 'count' });
  return {
    metrics: [
      { name: 'ttfb_ms', value: median(loaded.ttfbMs), unit: 'ms' },
      bytes('html_bytes', page.transferBytes),
      bytes(
        'script_bytes',
        sum(ofKind('script'), ({ transferBytes }) => transferBytes),
      ),
      bytes(
        'script_gzip_bytes',
        sum(ofKind('script'), ({ gzipBytes }) => gzipBytes),
      ),
      bytes(
        'style_bytes',
        sum(ofKind('style'), ({ transferBytes }) => transferBytes),
      ),
      bytes(
        'transfer_bytes',
        sum(all, ({ transferBytes }) => transferBytes),
      ),
      bytes('compressible_bytes', sum(all, savedByGzip)),
      bytes(
        'blocking_bytes',
        sum(blocking, ({ transferBytes }) => transferBytes),
      ),
      count('blocking_resources', blocking.length),
      count('own_resources', assets.length),
      count('foreign_resources', foreign.length),
      count('unkept_resources', measured.filter(({ resource }) => !isKept(resource)).length),
      bytes(
        'unkept_bytes',
        sum(
          measured.filter(({ resource }) => !isKept(resource)).map(({ resource }) => resource),
          ({ transferBytes }) => transferBytes,
        ),
      ),
    ],
    tables: [toTable(measured)],
    facts: { page: loaded.url.pathname, ...(protocol !== undefined && { protocol }) },
    gaps: toGaps(loaded),
    windowMs: 0,
  };
}

function toTable(measured: readonly { link: LoadedAsset['link']; resource: Resource }[]) {
  const rows = [...measured].sort((a, b) => b.resource.transferBytes - a.resource.transferBytes);
  return {
    name: 'resources',
    title: 'Scripts and style sheets, the largest first',
    columns: [
      { name: 'path', title: 'Resource', format: 'log' as const },
      { name: 'transfer_bytes', title: 'On the line', unit: 'bytes' as const },
      { name: 'content_bytes', title: 'Unpacked', unit: 'bytes' as const },
      { name: 'encoding', title: 'Compression' },
      { name: 'cache', title: 'Cache-Control', format: 'log' as const },
      { name: 'blocking', title: 'Blocks the first paint' },
      { name: 'kept', title: 'Browsers keep it for a day' },
    ],
    ...topRows(rows, MOST_ROWS, ({ link, resource }): readonly Cell[] => [
      link.url.pathname,
      resource.transferBytes,
      resource.contentBytes,
      resource.encoding ?? 'none',
      resource.headers['cache-control'] ?? 'none',
      link.blocking ? 'yes' : 'no',
      isKept(resource) ? 'yes' : 'no',
    ]),
  };
}

function toGaps({ assets, foreign, omitted }: LoadedPage): readonly Gap[] {
  const failed = assets.filter(({ resource }) => resource === undefined);
  return [
    ...(failed.length > 0
      ? [
          {
            what: `${failed.length} scripts or styles`,
            reason: `could not be fetched: ${failed[0]?.link.url.pathname}`,
          },
        ]
      : []),
    ...(omitted > 0
      ? [{ what: `${omitted} more scripts and styles`, reason: 'only the first 60 are fetched' }]
      : []),
    ...(foreign.length > 0
      ? [
          {
            what: `${foreign.length} scripts and styles of other origins`,
            reason: `perfbot fetches nothing that the inventory does not name: ${foreign[0]?.url.host}`,
          },
        ]
      : []),
  ];
}

/** What gzip would spare; small bodies are not worth it. */
function savedByGzip({ encoding, contentBytes, gzipBytes }: Resource): number {
  return encoding === undefined && contentBytes > 1400 ? Math.max(0, contentBytes - gzipBytes) : 0;
}

function isKept({ headers }: Resource): boolean {
  return isKeptByBrowsers(headers['cache-control']);
}

function sum(resources: readonly Resource[], bytes: (resource: Resource) => number): number {
  return resources.reduce((total, resource) => total + bytes(resource), 0);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
