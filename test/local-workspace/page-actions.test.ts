import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../support/requirements.ts';
import { type PageBrowser, startPageBrowser } from './support/page-browser.ts';
import { CHANNEL, fromBot, KINDS, ME, MODAL, tsAt } from './support/page-scene.ts';

const golden = (name: string) =>
  JSON.parse(readFileSync(new URL(`../slack/golden/${name}.json`, import.meta.url), 'utf8'));
const SCHEDULE_FORM = golden('schedule-form');
const SCHEDULE_LIST = golden('schedule-list');

describeWith(['chromium'], 'what can be pressed on the page', () => {
  let chromium: PageBrowser;
  beforeAll(async () => {
    chromium = await startPageBrowser();
  });
  afterAll(() => chromium?.close());

  const posted = () => chromium.server.posted;
  const kinds = () => chromium.open({ messages: [fromBot(1, { blocks: KINDS })] });
  const here = { channel: CHANNEL, ts: tsAt(1) };

  it('sends a button with its value and what the inputs of the message hold', async () => {
    const page = await kinds();
    await page.getByRole('button', { name: 'Go', exact: true }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => posted().length).toBe(1);
    expect(posted()[0]).toMatchObject({
      path: '/local/actions',
      body: { ...here, blockId: 'k8', actionId: 'go', value: 'go-value' },
    });
    expect(posted()[0]?.body.state).toMatchObject({
      k8: {
        pick: { type: 'static_select', selected_option: null },
        day: { type: 'datepicker', selected_date: '2026-11-23' },
      },
      k9: { ticks: { type: 'checkboxes', selected_options: [{ value: 'dashboards reviewed' }] } },
    });
  });

  it('asks first where the button wants it', async () => {
    const page = await kinds();
    await page.getByRole('button', { name: 'Drop' }).click();
    const question = page.getByRole('dialog', { name: 'Drop it?' });
    await question.getByText('It cannot be undone.').waitFor();
    await page.keyboard.press('Escape');
    await question.waitFor({ state: 'detached' });
    expect(posted()).toEqual([]);
    await page.getByRole('button', { name: 'Drop' }).click();
    await question.getByRole('button', { name: 'Yes, drop' }).click();
    await expect.poll(() => posted()[0]?.body.value).toBe('drop-value');
  });

  it('chooses from menus with the keyboard', async () => {
    const page = await kinds();
    await page.getByRole('button', { name: 'Details of a service' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitemradio', { name: 'Shop' }).and(page.locator(':focus')).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(() => posted()[0]?.body.selectedOption).toMatchObject({ value: 'mailer' });
    expect(posted()[0]?.body.state).toMatchObject({ k8: { pick: { selected_option: { value: 'mailer' } } } });
    await page.getByRole('button', { name: 'Details of a service: Mailer' }).waitFor();
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Hide' }).click();
    await expect
      .poll(() => posted()[1]?.body)
      .toMatchObject({ actionId: 'more', selectedOption: { value: 'hide' } });
  });

  it('sends all that is ticked, and a day', async () => {
    const page = await kinds();
    await page.getByRole('checkbox', { name: 'Slow queries' }).check();
    await expect
      .poll(() => posted()[0]?.body)
      .toMatchObject({
        actionId: 'ticks',
        selectedOptions: [{ value: 'dashboards reviewed' }, { value: 'slow queries' }],
      });
    await page.getByLabel('A day').fill('2026-12-24');
    await expect.poll(() => posted()[1]?.body).toMatchObject({ actionId: 'day', value: '2026-12-24' });
  });

  it('says so where an action fails', async () => {
    const page = await kinds();
    chromium.server.answer = () => ({ ok: false, error: 'perfbot did not take it.' });
    await page.getByRole('button', { name: 'Go', exact: true }).click();
    const note = page.getByRole('article').filter({ hasText: 'perfbot did not take it.' });
    await note.getByText('Only visible to you').waitFor();
  });

  it('sends actions of what only you see by its id', async () => {
    const ephemeral = { ...fromBot(1, { blocks: KINDS }), id: 'E7', forUser: ME.id };
    const page = await chromium.open({ ephemerals: [ephemeral] });
    await page.getByRole('button', { name: 'Look' }).click();
    await expect
      .poll(() => posted()[0]?.body)
      .toMatchObject({ ephemeralId: 'E7', actionId: 'look', value: 'v1' });
    expect(posted()[0]?.body).not.toHaveProperty('ts');
  });

  it('submits a modal, shows what is wrong beside its input, and keeps what was typed', async () => {
    const page = await chromium.open({});
    const { server } = chromium;
    server.answer = () => ({ ok: true, errors: { reason: 'Say why, please.' } });
    server.emit({ type: 'view_opened', view: MODAL });
    const modal = page.getByRole('dialog', { name: 'Silence an alert' });
    const reason = modal.getByLabel('Reason');
    await expect.poll(() => reason.evaluate('document.activeElement?.tagName')).toBe('INPUT');
    await page.keyboard.type('deploy');
    await modal.getByLabel('How long').selectOption('4h');
    await modal.getByLabel('Not after').fill('2026-12-01');
    await modal.getByRole('checkbox', { name: 'Warning' }).check();
    await reason.press('Enter');
    await modal.getByText('Say why, please.').waitFor();
    expect(await reason.getAttribute('aria-invalid')).toBe('true');
    expect(posted()[0]).toMatchObject({
      path: '/local/views/V1/submit',
      body: {
        state: {
          reason: { text: { type: 'plain_text_input', value: 'deploy' } },
          length: { select: { selected_option: { value: '4h' } } },
          until: { date: { type: 'datepicker', selected_date: '2026-12-01' } },
          also: { boxes: { selected_options: [{ value: 'warning' }] } },
        },
      },
    });
    server.emit({ type: 'view_updated', view: { ...MODAL, hash: 'h2' } });
    expect(await reason.inputValue()).toBe('deploy');
    server.emit({ type: 'view_closed', id: 'V1' });
    await modal.waitFor({ state: 'detached' });
  });

  it('leads to what is wrong in a long modal on a phone, and begins the next one at its top', async () => {
    const view = { id: 'V2', hash: 'h1', view: SCHEDULE_FORM };
    const page = await chromium.open({ views: [view] }, { viewport: { width: 390, height: 700 } });
    const modal = page.getByRole('dialog', { name: 'Edit the schedule' });
    chromium.server.answer = () => ({ ok: true, errors: { days: 'Tick at least one day.' } });
    await modal.getByLabel('No rounds before').scrollIntoViewIfNeeded();
    expect(await modal.getByLabel('Holidays').locator('option').allTextContents()).toContain(
      'germany: next Fri 25 Dec, Sat 26 Dec',
    );
    await modal.getByLabel('Remind after').fill('2h');
    await modal.getByRole('button', { name: 'Save' }).click();
    const inSight = async (text: string) => {
      const { y = -1, height = 0 } = (await modal.getByText(text).boundingBox()) ?? {};
      return y >= 0 && y + height <= 700;
    };
    await expect.poll(() => inSight('Tick at least one day.')).toBe(true);
    // The frame stays where it is: title and buttons are in sight too.
    expect(await inSight('Edit the schedule')).toBe(true);
    expect(posted()[0]?.body.state).toMatchObject({
      reminder: { reminder: { selected_option: { value: 'channel' } } },
      remind_after: { remind_after: { value: '2h' } },
      holidays: { holidays: { selected_option: { value: 'germany' } } },
    });
    await modal.getByLabel('No rounds before').scrollIntoViewIfNeeded();
    const scrolled = () => page.evaluate('document.querySelector(".modal-content").scrollTop');
    expect(await scrolled()).toBeGreaterThan(0);
    chromium.server.emit({ type: 'view_updated', view: { ...view, hash: 'h2', view: SCHEDULE_LIST } });
    const list = page.getByRole('dialog', { name: 'Checklist schedules' });
    await list.waitFor();
    expect(await scrolled()).toBe(0);
  });

  it('closes a modal with Esc', async () => {
    const page = await chromium.open({ views: [MODAL] });
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => posted().map(({ path }) => path)).toEqual(['/local/views/V1/close']);
  });

  it('sends a sample alert', async () => {
    const page = await chromium.open({});
    await page.getByRole('button', { name: 'Send a sample alert' }).click();
    await page.getByRole('menuitem', { name: 'High response time' }).last().click();
    await expect
      .poll(() => posted())
      .toEqual([{ path: '/local/sample-alert', body: { kind: 'response_time', status: 'resolved' } }]);
    await page.getByRole('status').filter({ hasText: 'Sent: High response time, resolved' }).waitFor();
  });

  it('breaks no rule of the browser', () => {
    expect(chromium.problems).toEqual([]);
  });
});
