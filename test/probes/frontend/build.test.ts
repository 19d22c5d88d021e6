import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { metricValue } from '../../../src/core/evidence.ts';
import { frontendBuildProbe } from '../../../src/probes/frontend/build.ts';
import { probeContract } from '../../contract/probe-contract.ts';

const outside = mkdtempSync(join(tmpdir(), 'perfbot-build-'));
afterAll(() => rmSync(outside, { recursive: true, force: true }));
const noise = (bytes: number) => randomBytes(bytes).toString('latin1').slice(0, bytes);

let builds = 0;
function build(files: Readonly<Record<string, string>>): string {
  const root = join(outside, String(++builds), '.next');
  mkdirSync(root, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text, 'latin1');
  }
  return root;
}

const targetOf = (directory: string | undefined) =>
  ({
    kind: 'http',
    id: 'http:shop',
    service: 'shop',
    zone: 'default',
    baseUrl: 'http://127.0.0.1:1',
    paths: [],
    ...(directory !== undefined && { build: directory }),
  }) as const;
const collect = (directory: string | undefined) =>
  frontendBuildProbe().collect({
    target: targetOf(directory),
    params: {},
    signal: new AbortController().signal,
    now: Date.now,
    log: { debug() {}, info() {}, warn() {}, error() {} },
  });

const CHUNKS = { 'static/chunks/main.js': noise(20_000), 'static/chunks/shop.js': noise(60_000) };
const NEXT_16 = {
  ...CHUNKS,
  'diagnostics/route-bundle-stats.json': JSON.stringify([
    { route: '/', firstLoadUncompressedJsBytes: 1, firstLoadChunkPaths: ['.next/static/chunks/main.js'] },
    {
      route: '/shop/[id]',
      firstLoadUncompressedJsBytes: 1,
      firstLoadChunkPaths: ['.next/static/chunks/main.js', '.next\\static\\chunks\\shop.js'],
    },
  ]),
};
const NEXT_15 = {
  ...CHUNKS,
  'build-manifest.json': JSON.stringify({
    pages: { '/_app': ['static/chunks/main.js'], '/old': ['static/chunks/main.js', 'static/css/a.css'] },
    rootMainFiles: ['static/chunks/main.js'],
  }),
  'app-build-manifest.json': JSON.stringify({
    pages: {
      '/layout': ['static/chunks/main.js'],
      '/page': [],
      '/shop/[id]/page': ['static/chunks/shop.js'],
    },
  }),
};

describe('frontend.build', () => {
  probeContract({
    healthy: () => ({ probe: frontendBuildProbe(), target: targetOf(build(NEXT_16)) }),
    metrics: ['routes', 'largest_route_gzip_bytes'],
    tables: ['routes'],
  });

  it.each([
    ['Next 16', NEXT_16, ['/shop/[id]', '/']],
    ['Next 15, both routers', NEXT_15, ['/shop/[id]', '/old', '/']],
  ])('tells what each route loads first, in gzip: %s', async (_, files, routes) => {
    const seen = await collect(build(files));
    expect(seen.tables?.[0]?.rows.map(([route]) => route)).toEqual(routes);
    expect(metricValue(seen, 'largest_route_gzip_bytes')).toBeGreaterThan(80_000);
    expect(metricValue(seen, 'largest_route_gzip_bytes')).toBeLessThan(82_000);
    expect(seen.gaps).toEqual([]);
  });

  it('reads nothing outside of the directory, by name or by link', async () => {
    writeFileSync(join(outside, 'secret.js'), noise(5000), 'latin1');
    const files = ['../../secret.js', 'static/link.js', 'static/chunks/main.js'];
    const root = build({ ...CHUNKS, 'build-manifest.json': JSON.stringify({ pages: { '/': files } }) });
    symlinkSync(join(outside, 'secret.js'), join(root, 'static/link.js'));
    const seen = await collect(root);
    expect(seen.tables?.[0]?.rows[0]?.[2]).toBe(1);
    expect(seen.gaps?.[0]?.what).toBe('2 scripts of the build');
  });

  it.each([
    ['none is named', undefined, 'not_configured'],
    ['it is not there', '/no/such/build', 'not_found'],
    ['it is no build', build({ 'build-manifest.json': '{"pages": 3' }), 'not_found'],
  ])('says why it cannot look: %s', async (_, directory, reason) => {
    await expect(collect(directory)).rejects.toMatchObject({ reason });
  });
});
