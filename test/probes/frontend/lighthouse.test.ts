import { execFileSync } from 'node:child_process';
import type { Server } from 'node:http';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { metricValue } from '../../../src/core/evidence.ts';
import { frontendLighthouseProbe } from '../../../src/probes/frontend/lighthouse.ts';
import { probeContract } from '../../contract/probe-contract.ts';
import { describeWith } from '../../support/requirements.ts';
import { silentLog } from '../../support/silent-log.ts';
import { close, noise, serve, targetOf } from './pages.ts';

// An audit takes ten seconds and more, and the contract asks for several.
vi.setConfig({ testTimeout: 120_000 });
const probe = () => frontendLighthouseProbe({ path: '/usr/bin/chromium', environment: process.env });
const audit = (server: Server | { port: number }, signal = new AbortController().signal, of = probe()) =>
  of.collect({
    target: targetOf(server),
    params: of.params.parse({}),
    signal,
    now: Date.now,
    log: silentLog,
  });

/** Browsers that Lighthouse has started. */
function browsers(): number {
  const processes = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
  return processes
    .split('\n')
    .filter((line) => line.includes('--user-data-dir=') && line.includes('lighthouse.')).length;
}

describeWith(['chromium'], 'frontend.lighthouse', () => {
  let server: Server;
  beforeAll(async () => {
    server = await serve({
      files: {
        '/': '<!doctype html><html lang="en"><head><title>Shop</title><script src="/app.js"></script></head><body><h1>Shop</h1></body></html>',
        '/app.js': noise(1_200_000),
      },
      delayMs: 300,
    });
  });
  afterAll(() => close(server));

  probeContract({
    healthy: () => ({ probe: probe(), target: targetOf(server) }),
    unreachable: () => ({ probe: probe(), target: targetOf({ port: 9 }) }),
    metrics: [
      'lcp_ms',
      'fcp_ms',
      'tbt_ms',
      'cls',
      'speed_index_ms',
      'server_response_ms',
      'total_bytes',
      'performance_score',
    ],
    tables: ['opportunities'],
  });

  it('finds a page that a large script holds up, and what would help most', async () => {
    const seen = await audit(server);
    expect(metricValue(seen, 'lcp_ms')).toBeGreaterThan(4000);
    expect(metricValue(seen, 'total_bytes')).toBeGreaterThan(1_200_000);
    expect(seen.tables?.[0]?.rows.map(([, , , id]) => id)).toContain('render-blocking-resources');
    expect(seen.facts).toMatchObject({ runs: '1', profile: 'mobile, simulated network' });
  });

  it('ends its browser when it is aborted', async () => {
    const abort = new AbortController();
    const audited = audit(server, abort.signal);
    await expect.poll(browsers, { timeout: 20_000, interval: 100 }).toBeGreaterThan(0);
    abort.abort(new Error('enough'));
    await expect(audited).rejects.toThrow('enough');
    await expect.poll(browsers, { timeout: 10_000, interval: 100 }).toBe(0);
  });

  it('says that there is no browser', async () => {
    const without = frontendLighthouseProbe({ path: '/nowhere/chromium', environment: process.env });
    await expect(audit(server, undefined, without)).rejects.toMatchObject({ reason: 'not_configured' });
  });
});
