import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRenderer } from '../../src/slack/create-renderer.ts';
import { group, NOW } from '../slack/support/examples.ts';
import { describeWith } from '../support/requirements.ts';
import { type PageBrowser, startPageBrowser } from './support/page-browser.ts';
import {
  BOT,
  CHANNEL,
  emptyScene,
  fromBot,
  golden,
  goldenThread,
  KINDS,
  ME,
  tsAt,
  withIds,
} from './support/page-scene.ts';

const FILE = { id: 'FPNG', name: 'chart.png', mimetype: 'image/png', ready: true };
const PICTURE = {
  ...FILE,
  title: 'Response time',
  alt: 'It rose to 3.4 s',
  url: '/local/files/FPNG/chart.png',
};
const LOG = { id: 'FTXT', name: 'log.txt', title: 'Log lines', alt: '', mimetype: 'text/plain', ready: true };
const TEXT = { ...LOG, url: '/local/files/FTXT/log.txt' };

describeWith(['chromium'], 'the page of the local workspace', () => {
  let chromium: PageBrowser;
  beforeAll(async () => {
    chromium = await startPageBrowser();
  });
  afterAll(() => chromium?.close());

  it('explains itself when there is nothing and offers /perf status', async () => {
    const page = await chromium.open({});
    await page.getByText('Or send a sample alert').waitFor();
    await page.getByRole('button', { name: 'Run /perf status' }).click();
    expect(chromium.server.posted).toEqual([
      { path: '/local/messages', body: { channel: CHANNEL, text: '/perf status' } },
    ]);
  });

  it('shows blocks of every kind', async () => {
    const page = await chromium.open({ messages: [fromBot(1, { blocks: KINDS, files: [PICTURE] })] });
    const message = page.getByRole('article');
    await message.getByRole('heading', { name: 'Every kind of block 🎉' }).waitFor();
    await message.getByText('bold', { exact: true }).and(page.locator('strong')).waitFor();
    await message.getByText('quoted & kept').and(page.locator('blockquote')).waitFor();
    expect(await message.locator('.mention').allTextContents()).toEqual(['@Ana Lima', '#random', '@here']);
    expect(await message.locator('time').nth(1).textContent()).toBe('23 Nov 2026 04:12');
    for (const [name, href] of [
      ['a link', 'https://example.org/a_b'],
      ['https://example.org/bare', 'https://example.org/bare'],
      ['rich link', 'https://example.org/rich'],
      ['a drawing from elsewhere', 'https://example.org/x.png'],
    ] as const) {
      const link = message.getByRole('link', { name, exact: true });
      expect(await link.getAttribute('href')).toBe(href);
      expect(await link.getAttribute('rel')).toBe('noopener noreferrer');
    }
    await message.getByText('SELECT 1 < 2 &amp; *no markup*', { exact: true }).waitFor();
    await message.getByRole('columnheader', { name: 'Mean' }).waitFor();
    await message.getByRole('cell', { name: '340 ms' }).waitFor();
    expect(await message.getByRole('checkbox', { name: 'Dashboards reviewed' }).isChecked()).toBe(true);
    await message.getByText('Database in progress').waitFor();
    await message.getByText('“hologram”').waitFor();
    expect(await message.getByRole('img', { name: 'a picture of here' }).count()).toBe(1);
  });

  it('shows every card that perfbot sends, without a block it does not know', async () => {
    const names = [
      'alert-diagnosed',
      'alert-several-truncated',
      'status-overview',
      'run-failed',
      'reply-help',
    ];
    const cards = names.map((name, index) => {
      const { text, blocks } = golden(name);
      return fromBot(index, { text, blocks: withIds(blocks, name) });
    });
    const parts = goldenThread().map(({ content }, index) =>
      fromBot(9, {
        ts: `${tsAt(9)}${index}`,
        text: content.text,
        blocks: withIds(content.blocks, `t${index}`),
      }),
    );
    const page = await chromium.open({ messages: [...cards, ...parts] });
    await page.getByText('/perf run <playbook> [service]').waitFor();
    expect(await page.getByRole('article').count()).toBe(names.length + parts.length);
    expect(await page.locator('.block-unknown').count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Acknowledge' }).count()).toBeGreaterThan(0);
  });

  it('shows the words of others as they are, and copies them so', async () => {
    const words = '*x* _y_ ~z~ `q` :fire: @here <!channel> &lt; > - 1.';
    const labels = { '*x*': words, path: '/_next/*.js', quote: '> not one' };
    const annotations = { summary: `> ${words}` };
    const hostile = { ...group, title: words, service: undefined, labels, annotations };
    const renderer = createRenderer({ timezone: 'UTC' });
    const { text, blocks } = renderer.alertCard({ group: hostile, now: NOW, failure: words }, 'k');
    const both = [fromBot(1, { text, blocks: withIds(blocks, 'hostile') }), fromBot(2, { text })];
    const page = await chromium.open({ messages: both });
    await page.getByRole('article').nth(1).waitFor();
    for (const message of await page.getByRole('article').all()) {
      const shown = await message.locator('.block-text, .block-context, h3').allInnerTexts();
      expect(shown.join('\n')).toContain(`Could not look for the cause: ${words}`);
      expect(shown.join('\n')).toContain(`> ${words}`);
      const formats = message.locator(
        ':is(.block-text, .block-context, h3) :is(strong, em, s, code, pre, blockquote, .mention, a)',
      );
      expect(await formats.allTextContents()).toEqual([]);
      expect(await message.getByText('🔥').count()).toBe(0);
    }
    await page.getByText(`path=/_next/*.js`).waitFor();
    await page.getByText(`*x*=${words}`).waitFor();
  });

  it('sends what is typed, gives hints and brings back what was sent', async () => {
    const page = await chromium.open({});
    const field = page.getByRole('textbox', { name: 'Message or command' });
    await field.focus();
    await page.keyboard.type('/perf st');
    await page.getByRole('option', { name: '/perf status [service]' }).waitFor();
    await page.keyboard.press('Tab');
    expect(await field.inputValue()).toBe('/perf status ');
    await page.keyboard.type('shop-api');
    await page.keyboard.press('Enter');
    await page.keyboard.type('thanks');
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    expect(await field.inputValue()).toBe('/perf status shop-api');
    const texts = chromium.server.posted.map(({ body }) => body.text);
    expect(texts).toEqual(['/perf status shop-api', 'thanks']);
  });

  it('tells only the person what was refused', async () => {
    const page = await chromium.open({});
    chromium.server.answer = () => ({ ok: false, error: '/pref is not a valid command.' });
    await page.getByRole('textbox').fill('/pref status');
    await page.keyboard.press('Enter');
    const note = page.getByRole('article').filter({ hasText: '/pref is not a valid command.' });
    await note.getByText('Only visible to you').waitFor();
    await note.getByRole('button', { name: 'Dismiss' }).click();
    await note.waitFor({ state: 'detached' });
  });

  it('follows what happens, also after the server was away', async () => {
    const page = await chromium.open({});
    const { server } = chromium;
    const card = fromBot(1, { text: 'Looking for the cause' });
    server.emit({ type: 'message', message: card });
    await page.getByText('Looking for the cause').waitFor();
    server.emit({ type: 'message_changed', message: { ...card, text: 'Found it', edited: true } });
    await page.getByText('Found it').waitFor();
    await page.getByText('(edited)').waitFor();
    const forMe = { ...fromBot(2, { text: 'psst' }), id: 'E1', forUser: ME.id };
    server.emit({ type: 'ephemeral', ephemeral: forMe });
    await page.getByRole('article').filter({ hasText: 'psst' }).getByText('Only visible to you').waitFor();
    server.emit({ type: 'ephemeral_deleted', id: 'E1' });
    await page.getByText('psst').waitFor({ state: 'detached' });
    server.emit({ type: 'message_deleted', channel: CHANNEL, ts: card.ts });
    await page.getByText('Found it').waitFor({ state: 'detached' });
    server.state = { ...emptyScene(), messages: [fromBot(3, { text: 'said in the meantime' })] };
    server.cut();
    await page.getByText('said in the meantime').waitFor();
  });

  it('marks a channel where something new was said until it is shown', async () => {
    const old = { ...fromBot(1, { text: 'old' }), channel: 'C2' };
    const page = await chromium.open({ messages: [old] });
    await page.getByRole('button', { name: 'random', exact: true }).waitFor();
    chromium.server.emit({ type: 'message', message: { ...fromBot(2, { text: 'fresh' }), channel: 'C0' } });
    const general = page.getByRole('button', { name: 'general new' });
    await general.click();
    await page.getByText('fresh').waitFor();
    await general.waitFor({ state: 'detached' });
  });

  it('opens a thread, replies there, and gives the focus back', async () => {
    const root = fromBot(1, { text: 'the alert', replyCount: 1, latestReply: tsAt(2) });
    const reply = fromBot(2, { text: 'the verdict', threadTs: root.ts, files: [PICTURE, TEXT] });
    const page = await chromium.open({ messages: [root, reply] });
    expect(await page.getByText('the verdict').count()).toBe(0);
    const link = page.getByRole('button', { name: '1 reply' });
    await link.click();
    const thread = page.getByRole('complementary', { name: 'Thread' });
    await thread.getByText('the verdict').waitFor();
    await thread.getByText('line 7').waitFor();
    expect(await thread.getByText('line 8').count()).toBe(0);
    await thread.getByRole('button', { name: 'Show all' }).click();
    await page.getByRole('dialog', { name: 'Log lines' }).getByText('line 29').waitFor();
    await page.keyboard.press('Escape');
    await thread.getByRole('button', { name: 'It rose to 3.4 s' }).press('Enter');
    await page.getByRole('dialog', { name: 'Response time' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await thread.getByRole('textbox', { name: 'Reply' }).fill('on it');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => chromium.server.posted.at(-1)?.body)
      .toEqual({
        channel: CHANNEL,
        threadTs: root.ts,
        text: 'on it',
      });
    await page.keyboard.press('Escape');
    await thread.waitFor({ state: 'detached' });
    expect(await page.locator(':focus').textContent()).toContain('1 reply');
  });

  it('never makes markup of what others wrote', async () => {
    const evil = '<img src=x onerror=alert(1)> </div><script>alert(2)</script> <javascript:alert(3)|click>';
    const text = { type: 'mrkdwn', text: evil };
    const page = await chromium.open({
      messages: [
        { channel: CHANNEL, ts: tsAt(1), user: BOT.id, text: evil },
        fromBot(2, {
          blocks: [
            { type: 'section', text, fields: [text] },
            { type: 'section', text: { type: 'mrkdwn', text: '&lt;img src=x onerror=alert(4)&gt;' } },
            { type: 'header', text: { type: 'plain_text', text: evil } },
            {
              type: 'actions',
              elements: [
                {
                  type: 'button',
                  action_id: 'a',
                  text: { type: 'plain_text', text: evil },
                  url: 'javascript:alert(5)',
                },
              ],
            },
            {
              type: 'rich_text',
              elements: [
                {
                  type: 'rich_text_section',
                  elements: [{ type: 'link', url: 'data:text/html,x', text: 'bad' }],
                },
              ],
            },
            { type: 'table', rows: [[{ type: 'raw_text', text: evil }]] },
          ],
        }),
      ],
    });
    await page.getByText('bad').waitFor();
    const log = page.getByRole('log');
    expect(await log.locator('script, img, a').count()).toBe(0);
    expect(await log.getByText('<img src=x onerror=alert(4)>', { exact: true }).count()).toBe(1);
  });

  it('asks nothing of others and breaks no rule of the browser', () => {
    expect(chromium.problems.filter((problem) => !problem.includes('ERR_'))).toEqual([]);
  });
});
