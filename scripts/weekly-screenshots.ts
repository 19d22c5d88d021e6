import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { Histogram, Registry } from 'prom-client';
import { startApp } from '../src/app.ts';
import { loadConfig } from '../src/config.ts';
import { createDatabase } from '../src/storage/database.ts';
import { migrate } from '../src/storage/migrate.ts';
import { buildPerfbot, ROOT } from '../test/e2e/support/build-perfbot.ts';
import { startPostgres18 } from '../test/support/postgres15.ts';
import { startPrometheus } from '../test/support/prometheus.ts';
import { NEW_STATEMENT, writeMonth } from './weekly-history.ts';

// Pictures of a weekly checklist and its report: `npx tsx scripts/weekly-screenshots.ts` writes docs/images/weekly-*.png.
// A small shop with a real PostgreSQL, Prometheus and HTTP server is looked at; the month before it is written through
// the stores, and the clock of perfbot stands at a Monday. Needs Prometheus and Chromium.

const ZONE = 'Europe/Berlin';
const MONDAY = Date.parse('2026-11-23T00:00:00+01:00');
/** The round is due ten seconds after the start. */
const START = MONDAY + 10 * 60 * 60_000 - 10_000;
const ROUTES = ['/api/items', '/api/orders', '/api/search'];
const WITHIN_MS = 240_000;
/** The runs that fill the items take some time after the message is there. */
const SETTLED_MS = 60_000;

const log = { debug() {}, info() {}, warn() {}, error: console.error };
const closers: (() => Promise<unknown>)[] = [];
try {
  await main();
} finally {
  for (const close of closers.reverse()) await close();
}

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'perfbot-weekly-'));
  closers.push(async () => rmSync(directory, { recursive: true, force: true }));
  const server = await startPostgres18({ settings: { max_connections: '100' } });
  closers.push(() => server.stop());
  const shop = await startShop(server.url());
  const prometheus = await startPrometheus({ scrapes: [{ job: 'shop-api', targets: [shop] }] });
  closers.push(() => prometheus.close());
  const databaseUrl = await ownDatabase(server.url());
  await buildPerfbot();
  process.chdir(directory);
  writeFileSync(
    'services.yaml',
    JSON.stringify({
      services: {
        'shop-api': {
          environment: 'staging',
          url: `http://${shop}`,
          health: '/healthz',
          paths: ROUTES,
          depends_on: ['shop-db'],
        },
        'shop-db': { postgres: server.url({ database: 'shop' }) },
      },
    }),
  );
  const weekly = { checklist: 'weekly', on: ['mon'], at: '10:00', timezone: ZONE };
  writeFileSync('checklists.yaml', JSON.stringify({ schedules: [weekly] }));
  const began = performance.now();
  // The library that checks the signatures of clicks has no clock of its own to set.
  Date.now = () => Math.round(START + performance.now() - began);
  const environment = {
    PORT: '0',
    DATABASE_URL: databaseUrl,
    DOCKER_HOST: await startEmptyDocker(),
    PROMETHEUS_URL: prometheus.url,
    PERFBOT_PLAYBOOKS: join(ROOT, 'playbooks'),
    PERFBOT_TIMEZONE: ZONE,
    PERFBOT_MONITOR_ALERTS: 'off',
  };
  const app = await startApp({
    config: loadConfig(environment, { terminal: false }),
    environment,
    log,
    now: Date.now,
  });
  closers.push(() => app.stop());
  await takePictures(app.url);
}

async function ownDatabase(url: string): Promise<string> {
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  await pool.query('create database perfbot');
  await pool.end();
  const own = new URL(url);
  own.pathname = '/perfbot';
  const history = new pg.Pool({ connectionString: own.href, max: 4 });
  await migrate({ pool: history, log });
  await writeMonth(createDatabase({ pool: history }), { until: START, monday: MONDAY });
  await history.query('vacuum analyze');
  await history.end();
  return own.href;
}

/** A shop that reads its orders without an index, with some visitors. Answers its host and port. */
async function startShop(url: string): Promise<string> {
  const admin = new pg.Pool({ connectionString: url, max: 1 });
  await admin.query('create database shop');
  await admin.end();
  const own = new URL(url);
  own.pathname = '/shop';
  const pool = new pg.Pool({ connectionString: own.href, max: 4, application_name: 'shop-api' });
  pool.on('error', () => undefined);
  closers.push(() => pool.end());
  await pool.query(`create extension pg_stat_statements;
    create table orders (id serial primary key, customer_id int, created_at timestamptz default now(), body text);
    insert into orders (customer_id, body) select i % 5000, repeat('x', 100) from generate_series(1, 400000) i; analyze orders`);
  await pool.query('vacuum analyze');
  const registry = new Registry();
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time of requests',
    labelNames: ['route', 'code'],
    registers: [registry],
  });
  const server = createServer(async (request, response) => {
    const route = request.url ?? '/';
    if (route === '/metrics') return response.end(await registry.metrics());
    const end = duration.startTimer({ route });
    if (route === '/api/orders') await pool.query(NEW_STATEMENT, [Math.floor(Math.random() * 5000), 20]);
    else await pause(route === '/api/search' ? 40 : 5);
    end({ code: '200' });
    return response.end('{}');
  });
  const address = await listen(server);
  const visits = setInterval(() => {
    for (const route of ROUTES)
      fetch(`http://${address}${route}`).then(
        (answer) => answer.text(),
        () => undefined,
      );
  }, 150);
  closers.push(async () => clearInterval(visits));
  return address;
}

/** A Docker engine without containers: those of this machine have no place in the pictures. */
async function startEmptyDocker(): Promise<string> {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(request.url?.includes('/containers/json') ? '[]' : '{}');
  });
  return `tcp://${await listen(server)}`;
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function takePictures(url: string): Promise<void> {
  const browser: Browser = await chromium.launch({
    executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  closers.push(() => browser.close());
  const page = await browser.newPage({
    locale: 'en-GB',
    timezoneId: ZONE,
    viewport: { width: 1280, height: 1080 },
  });
  page.setDefaultTimeout(WITHIN_MS);
  await page.addInitScript(
    `{ const now = Date.now; const ahead = ${Date.now()} - now(); Date.now = () => now() + ahead; }`,
  );
  await page.goto(url);
  const round = page.getByRole('article').filter({ hasText: 'Weekly performance check' }).first();
  const report = page.getByRole('article').filter({ hasText: 'Weekly report, week' }).first();
  await report.waitFor();
  await pause(SETTLED_MS);
  // A person has read the trends; what is fine was ticked by perfbot.
  await round.getByRole('checkbox').nth(1).check();
  await round.getByText('@You').first().waitFor({ timeout: 60_000 });
  // Threads of the round name the processes of this machine; those of the report do not.
  await picture(page, 'weekly-checklist', [round]);
  await page.setViewportSize({ width: 1480, height: 1900 });
  await report.getByRole('button', { name: /repl/ }).click();
  const replies = page.getByRole('complementary', { name: 'Thread' }).getByRole('article');
  await picture(page, 'weekly-report', [report, replies.nth(3)]);
}

/** The page with messages moved to the top of their panes. */
async function picture(page: Page, name: string, tops: readonly Locator[]): Promise<void> {
  for (const top of tops) await top.waitFor();
  await pause(5_000);
  for (const top of tops)
    await top.evaluate((element: { scrollIntoView(): void }) => element.scrollIntoView());
  await pause(2_000);
  await page.screenshot({ path: join(ROOT, 'docs/images', `${name}.png`) });
}
