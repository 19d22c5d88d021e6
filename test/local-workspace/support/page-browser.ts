import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { build } from 'vite';
import type { WorkspaceState } from '../../../src/local-workspace/protocol.ts';
import { emptyScene } from './page-scene.ts';
import { type PageServer, startPageServer } from './page-server.ts';

const CONFIG = fileURLToPath(new URL('../../../src/local-workspace/page/vite.config.ts', import.meta.url));
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface PageBrowser {
  readonly server: PageServer;
  /** Shows a scene; with options in a browser profile of its own. */
  readonly open: (scene: Partial<WorkspaceState>, options?: BrowserContextOptions) => Promise<Page>;
  /** Problems that the browser told of since the start: errors, refused resources, requests to elsewhere. */
  readonly problems: readonly string[];
  readonly close: () => Promise<void>;
}

/** The built page in a real browser, with a stand-in for its server. */
export async function startPageBrowser(): Promise<PageBrowser> {
  const folder = await mkdtemp(join(tmpdir(), 'perfbot-page-'));
  await build({ configFile: CONFIG, logLevel: 'error', build: { outDir: folder, emptyOutDir: true } });
  const red = { width: 320, height: 160, channels: 3 as const, background: '#b3203a' };
  const png = await sharp({ create: red }).png().toBuffer();
  const files = { FPNG: png, FTXT: Array.from({ length: 30 }, (_, line) => `line ${line}`).join('\n') };
  const server = await startPageServer({ pageFolder: folder, state: emptyScene(), files });
  const browser: Browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
  const problems: string[] = [];
  const open: PageBrowser['open'] = async (scene, options) => {
    server.state = { ...emptyScene(), ...scene };
    server.posted.length = 0;
    server.answer = () => undefined;
    const page = options === undefined ? usual : await newPage(options);
    await page.goto(server.url);
    await page.getByRole('main').waitFor();
    return page;
  };
  const newPage = async (options: BrowserContextOptions): Promise<Page> => {
    const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin', ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(5_000);
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('dialog', (dialog) => {
      problems.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(server.url)) problems.push(`request to ${request.url()}`);
    });
    return page;
  };
  const usual = await newPage({});
  const close = async () => {
    await browser.close();
    await server.close();
    await rm(folder, { recursive: true });
  };
  return { server, open, problems, close };
}
