import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../support/requirements.ts';
import { type PageBrowser, startPageBrowser } from './support/page-browser.ts';
import { CHANNEL, fromBot, golden, KINDS, ME, MODAL, tsAt, withIds } from './support/page-scene.ts';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const PHONE = { viewport: { width: 390, height: 800 } };

/** What axe finds wrong: rule and place. */
async function faults(page: Page): Promise<unknown> {
  await page.evaluate(axe.source);
  // A colour on its way to another is no colour to judge.
  await page.evaluate('Promise.allSettled(document.getAnimations().map(({ finished }) => finished))');
  return page.evaluate(`axe.run({ runOnly: ${JSON.stringify(RULES)} }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html)))`);
}

const MARKED_IS_IN_SIGHT = `(() => {
  const option = document.querySelector('.hints [aria-selected="true"]');
  const own = option.getBoundingClientRect();
  const list = option.parentElement.getBoundingClientRect();
  return option === option.parentElement.lastElementChild && own.top >= list.top && own.bottom <= list.bottom;
})()`;

const card = golden('alert-diagnosed');
const root = fromBot(2, {
  text: card.text,
  blocks: withIds(card.blocks, 'card'),
  replyCount: 1,
  latestReply: tsAt(3),
  edited: true,
  reactions: [{ name: 'eyes', users: [ME.id], count: 1 }],
});
const SCENE = {
  messages: [
    { channel: CHANNEL, ts: tsAt(0), user: ME.id, text: 'why is *shop-api* slow?' },
    fromBot(1, { blocks: KINDS }),
    root,
    fromBot(3, { threadTs: root.ts, text: 'the verdict' }),
  ],
  ephemerals: [{ ...fromBot(4, { text: 'only `you`' }), id: 'E1', forUser: ME.id }],
};

describeWith(['chromium'], 'the page for everybody', () => {
  let chromium: PageBrowser;
  beforeAll(async () => {
    chromium = await startPageBrowser();
  });
  afterAll(() => chromium?.close());

  it.each(['light', 'dark'] as const)('has labels and contrast in %s', async (colorScheme) => {
    const page = await chromium.open(SCENE, { colorScheme });
    await page.getByRole('button', { name: '1 reply' }).click();
    await page.getByRole('complementary', { name: 'Thread' }).waitFor();
    expect(await faults(page)).toEqual([]);
    await page.getByRole('textbox', { name: 'Message or command' }).fill('/perf');
    await page.keyboard.press('ArrowDown');
    expect(await faults(page)).toEqual([]);
    await page.keyboard.press('ArrowUp');
    await expect.poll(() => page.evaluate(MARKED_IS_IN_SIGHT)).toBe(true);
  });

  it.each(['light', 'dark'] as const)(
    'has labels and contrast in a modal and on a phone, %s',
    async (colorScheme) => {
      const page = await chromium.open({ ...SCENE, views: [MODAL] }, { ...PHONE, colorScheme });
      chromium.server.answer = () => ({ ok: true, errors: { reason: 'Say why, please.' } });
      await page.getByRole('button', { name: 'Silence', exact: true }).click();
      await page.getByText('Say why, please.').waitFor();
      expect(await faults(page)).toEqual([]);
    },
  );

  it('keeps the colours that somebody chose', async () => {
    const page = await chromium.open({}, { colorScheme: 'light' });
    const back = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const light = await back();
    await page.getByText('Dark', { exact: true }).click();
    const dark = await back();
    expect(dark).not.toBe(light);
    await page.reload();
    await page.getByRole('main').waitFor();
    expect(await back()).toBe(dark);
  });

  it('fits a phone: no sideways scrolling, the sidebar on demand, the thread above the channel', async () => {
    const page = await chromium.open(SCENE, PHONE);
    const overflow = () => page.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect(await overflow()).toBe(0);
    const wide =
      'document.querySelector(".message-scroller").scrollWidth - document.querySelector(".message-scroller").clientWidth';
    expect(await page.evaluate(wide)).toBe(0);
    const random = page.getByRole('button', { name: 'random', exact: true });
    expect(await random.isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Channels' }).click();
    await random.click();
    await page.getByText('perfbot is not in this channel').waitFor();
    expect(await random.isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Channels' }).click();
    await page.getByRole('button', { name: 'incidents', exact: true }).click();
    await page.getByRole('button', { name: '1 reply' }).click();
    const box = await page.getByRole('complementary', { name: 'Thread' }).boundingBox();
    expect(box).toMatchObject({ x: 0, width: 390 });
  });

  it('reads new messages out and stays at the end of the list', async () => {
    const many = Array.from({ length: 40 }, (_, index) => fromBot(index, { text: `line ${index}` }));
    const page = await chromium.open({ messages: many });
    const log = page.getByRole('log');
    expect(await log.getAttribute('aria-live')).toBe('polite');
    await expect.poll(() => page.getByText('line 39').isVisible()).toBe(true);
    chromium.server.emit({ type: 'message', message: fromBot(50, { text: 'the newest' }) });
    await page.getByText('the newest').waitFor();
    const gap =
      '(() => { const box = document.querySelector(".message-scroller"); return box.scrollHeight - box.scrollTop - box.clientHeight; })()';
    expect(await page.evaluate(gap)).toBeLessThan(2);
    await page.mouse.move(600, 300);
    await page.mouse.wheel(0, -600);
    await expect.poll(() => page.evaluate(gap)).toBeGreaterThan(300);
    chromium.server.emit({ type: 'message', message: fromBot(51, { text: 'one more' }) });
    await page.getByRole('button', { name: 'New messages' }).click();
    await expect.poll(() => page.evaluate(gap)).toBeLessThan(2);
  });
});
