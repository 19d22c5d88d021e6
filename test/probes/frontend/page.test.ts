import type { Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { diagnose } from '../../../src/core/diagnosis/diagnose.ts';
import { RULES } from '../../../src/core/diagnosis/rules.ts';
import { metricValue, type Observation } from '../../../src/core/evidence.ts';
import { isKeptByBrowsers } from '../../../src/probes/frontend/cache-header.ts';
import { frontendPageProbe } from '../../../src/probes/frontend/page.ts';
import { probeContract } from '../../contract/probe-contract.ts';
import { silentLog } from '../../support/silent-log.ts';
import { factsFrom, observe, serviceNamed } from '../observe.ts';
import { close, noise, PAGE, type Site, serve, targetOf } from './pages.ts';

const SITE: Site = {
  files: {
    '/': PAGE,
    '/app.js': noise(300_000),
    '/late.js': noise(20_000),
    '/site.css': 'a { color: red; }'.repeat(5000),
    '/print.css': 'a { color: black; }',
    '/api.json': '{}',
  },
};

async function collect(server: Server, params: object = {}): Promise<Observation> {
  const probe = frontendPageProbe();
  return probe.collect({
    target: targetOf(server),
    params: probe.params.parse(params),
    signal: new AbortController().signal,
    now: Date.now,
    log: silentLog,
  });
}

async function collectFrom(site: Site, params: object = {}): Promise<Observation> {
  const server = await serve(site);
  onTestFinished(() => close(server));
  return collect(server, params);
}

describe('frontend.page', () => {
  let server: Server;
  beforeAll(async () => {
    server = await serve(SITE);
  });
  afterAll(() => close(server));

  probeContract({
    healthy: () => ({ probe: frontendPageProbe(), target: targetOf(server) }),
    unreachable: () => ({ probe: frontendPageProbe(), target: targetOf({ port: 9 }) }),
    metrics: [
      'ttfb_ms',
      'html_bytes',
      'script_bytes',
      'script_gzip_bytes',
      'style_bytes',
      'transfer_bytes',
      'compressible_bytes',
      'blocking_bytes',
      'blocking_resources',
      'own_resources',
      'foreign_resources',
      'unkept_resources',
      'unkept_bytes',
    ],
    tables: ['resources'],
  });

  it('counts each file once, with what blocks, what is missing and what lies elsewhere', async () => {
    const seen = await collect(server);
    expect(metricValue(seen, 'script_bytes')).toBe(320_008);
    expect(metricValue(seen, 'style_bytes')).toBe(85_000 + 19);
    expect(metricValue(seen, 'own_resources')).toBe(5);
    expect(metricValue(seen, 'foreign_resources')).toBe(1);
    expect(metricValue(seen, 'blocking_resources')).toBe(2);
    expect(
      seen.tables?.[0]?.rows.map(([path, , , encoding, cache, blocking]) => [
        path,
        encoding,
        cache,
        blocking,
      ]),
    ).toEqual([
      ['/app.js', 'none', 'none', 'yes'],
      ['/site.css', 'none', 'none', 'yes'],
      ['/late.js', 'none', 'none', 'no'],
      ['/print.css', 'none', 'none', 'no'],
    ]);
    expect(seen.gaps?.map(({ reason }) => reason)).toEqual([
      'could not be fetched: /missing.js',
      'perfbot fetches nothing that the inventory does not name: elsewhere.example',
    ]);
  });

  it('tells what compression would spare, and nothing where there is compression', async () => {
    const plain = await collect(server);
    const packed = await collectFrom({
      ...SITE,
      compressed: true,
      cacheControl: 'public, max-age=31536000, immutable',
    });
    expect(metricValue(plain, 'compressible_bytes')).toBeGreaterThan(84_000);
    expect(metricValue(packed, 'compressible_bytes')).toBe(0);
    expect(metricValue(packed, 'script_gzip_bytes')).toBe(metricValue(packed, 'script_bytes'));
    expect(metricValue(plain, 'unkept_resources')).toBe(4);
    expect(metricValue(packed, 'unkept_resources')).toBe(0);
  });

  it('has the diagnosis name what makes the page heavy, and nothing once it is mended', async () => {
    const heavy = await serve({
      files: { '/': PAGE, '/app.js': noise(1_500_000), '/site.css': SITE.files['/site.css'] ?? '' },
    });
    onTestFinished(() => close(heavy));
    const light = await serve({
      files: { ...SITE.files, '/app.js': noise(100_000) },
      compressed: true,
      cacheControl: 'public, max-age=31536000, immutable',
    });
    onTestFinished(() => close(light));
    const named = async (server: Server) => {
      const evidence = await observe(frontendPageProbe(), targetOf(server));
      return diagnose(RULES, factsFrom([evidence], [serviceNamed('shop', 'frontend')])).causes;
    };
    const causes = await named(heavy);
    expect(causes.map(({ id }) => id)).toEqual([
      'frontend.uncompressed',
      'frontend.bundle',
      'frontend.not_cached',
    ]);
    expect(causes.find(({ id }) => id === 'frontend.bundle')?.summary).toContain('most of it /app.js');
    expect(await named(light)).toEqual([]);
  });

  it('times the first byte', async () => {
    const startedAt = performance.now();
    const seen = await collectFrom({ files: { '/shop': '<h1>hello</h1>' }, delayMs: 150 }, { path: '/shop' });
    expect(metricValue(seen, 'ttfb_ms')).toBeGreaterThan(140);
    expect(metricValue(seen, 'ttfb_ms')).toBeLessThan(performance.now() - startedAt);
  });

  it('refuses what is no page, an error, and a path to elsewhere', async () => {
    await expect(collect(server, { path: '/api.json' })).rejects.toMatchObject({ reason: 'unsupported' });
    await expect(collect(server, { path: '/nothing' })).rejects.toMatchObject({ reason: 'invalid_response' });
    expect(frontendPageProbe().params.safeParse({ path: '//evil.example/' }).success).toBe(false);
  });
});

describe('isKeptByBrowsers', () => {
  it.each([
    [undefined, false],
    ['public, max-age=31536000, immutable', true],
    ['max-age=86400', true],
    ['max-age=3600', false],
    ['No-Cache, max-age=31536000', false],
    ['max-age=oops', false],
  ])('%s: %s', (header, kept) => {
    expect(isKeptByBrowsers(header)).toBe(kept);
  });
});
