import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Block, OpenView } from '../../src/local-workspace/protocol.ts';
import { describeWith } from '../support/requirements.ts';
import { type PageBrowser, startPageBrowser } from './support/page-browser.ts';
import { CHANNEL, fromBot, tsAt, withIds } from './support/page-scene.ts';

/** A view as perfbot makes it, with ids as the server gives them. */
function goldenView(name: string, id: string): OpenView {
  const file = new URL(`../slack/golden/${name}.json`, import.meta.url);
  const view = JSON.parse(readFileSync(file, 'utf8')) as Block & { readonly blocks: readonly Block[] };
  return { id, hash: 'h1', view: { ...view, blocks: withIds(view.blocks, `${id}-`) } };
}

describeWith(['chromium'], 'App Home and the dialogue about schedules on the page', () => {
  let chromium: PageBrowser;
  beforeAll(async () => {
    chromium = await startPageBrowser();
  });
  afterAll(() => chromium?.close());
  const posted = () => chromium.server.posted;

  it('asks for the Home when it is opened, shows it, and sends its buttons', async () => {
    const page = await chromium.open({});
    await page.getByRole('button', { name: 'App Home' }).click();
    await page.getByText('has not shown anything here yet').waitFor();
    await expect.poll(() => posted()[0]?.path).toBe('/local/home');
    chromium.server.emit({ type: 'view_opened', view: goldenView('app-home', 'VH') });
    const home = page.getByRole('main', { name: 'App Home' });
    await home.getByRole('heading', { name: 'Open checklist items' }).waitFor();
    await home.getByText('Critical shop-api').waitFor();
    await home.getByRole('button', { name: 'Run a status' }).click();
    await expect
      .poll(() => posted()[1])
      .toMatchObject({
        path: '/local/actions',
        body: { viewId: 'VH', actionId: 'perfbot_home_status', value: '{}' },
      });
  });

  it('sends what is set in the form, and shows what is wrong beside its field', async () => {
    const page = await chromium.open({ views: [goldenView('schedule-form', 'VF')] });
    chromium.server.answer = ({ path }) =>
      path.endsWith('/submit')
        ? { ok: false, errors: { zone: 'There is no time zone “Berlin”. Did you mean Europe/Berlin?' } }
        : undefined;
    await page.getByLabel('Time zone').fill('Berlin');
    await page.locator('input[type=time]').fill('10:30');
    await page.getByRole('checkbox', { name: 'Friday' }).uncheck();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Did you mean Europe/Berlin?').waitFor();
    expect(posted()[0]).toMatchObject({
      path: '/local/views/VF/submit',
      body: {
        state: {
          when: { when: { selected_option: { value: 'days' } } },
          time: { time: { selected_time: '10:30' } },
          zone: { zone: { value: 'Berlin' } },
        },
      },
    });
    expect(JSON.stringify(posted()[0]?.body.state)).not.toContain('"fri"');
  });

  it('begins at the message that its address asks for', async () => {
    const page = await chromium.open({});
    const messages = Array.from({ length: 60 }, (_, minute) =>
      fromBot(minute, { text: `message ${minute}` }),
    );
    chromium.server.state = { ...chromium.server.state, messages };
    await page.goto(`${chromium.server.url}/?channel=${CHANNEL}&ts=${tsAt(5)}`);
    const wanted = page.locator('[data-wanted]');
    await wanted.getByText('message 5', { exact: true }).waitFor();
    // Near the middle of the window, not above it as when the page stands at the end.
    await expect.poll(async () => (await wanted.boundingBox())?.y).toBeGreaterThan(0);
  });
});
