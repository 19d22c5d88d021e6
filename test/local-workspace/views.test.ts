import type { SlackViewAction, ViewOutput } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BoltApp, startBoltApp } from './support/recording-app.ts';
import { GENERAL, type RunningWorkspace, refusal, startWorkspace } from './support/start-workspace.ts';

const plain = (text: string) => ({ type: 'plain_text', text });
const modal = (title: string, more: Record<string, unknown> = {}) => ({
  type: 'modal',
  title: plain(title),
  blocks: [{ type: 'section', text: plain(title) }],
  ...more,
});
const form = modal('Form', {
  submit: plain('Send'),
  notify_on_close: true,
  blocks: [
    {
      type: 'input',
      block_id: 'reason',
      label: plain('Reason'),
      element: { type: 'plain_text_input', action_id: 'text' },
    },
  ],
});

let running: RunningWorkspace;
let bolt: BoltApp;
let clock: number;
let triggers: string[];
let submitted: SlackViewAction[];
let opened: object[];
let answer: Record<string, unknown> | undefined;

beforeEach(async () => {
  clock = Date.now();
  triggers = [];
  submitted = [];
  opened = [];
  answer = undefined;
  running = await startWorkspace({ now: () => clock });
  bolt = await startBoltApp(running, (app) => {
    app.command('/perf', async ({ command, ack }) => {
      triggers.push(command.trigger_id);
      await ack();
    });
    app.view({ callback_id: /.*/, type: 'view_submission' }, async ({ ack, body }) => {
      submitted.push(body);
      await (ack as (answer?: Record<string, unknown>) => Promise<void>)(answer);
    });
    app.event('app_home_opened', async ({ event }) => void opened.push(event));
    app.view({ callback_id: /.*/, type: 'view_closed' }, async ({ ack, body }) => {
      submitted.push(body);
      await ack();
    });
  });
});
afterEach(async () => {
  await bolt.close();
  await running.close();
});

async function trigger(): Promise<string> {
  await running.post('messages', { channel: GENERAL, text: '/perf' });
  return triggers.at(-1) ?? '';
}
const call = async (method: string, args: Record<string, unknown>) =>
  (await running.slack.apiCall(method, args)) as unknown as { view: ViewOutput };
const open = async (view: unknown) => (await call('views.open', { trigger_id: await trigger(), view })).view;
const titles = async () =>
  (await running.state()).views.map(({ view }) => (view.title as { text: string }).text);
const submit = (id: string, text: string) =>
  running.post(`views/${id}/submit`, {
    state: { reason: { text: { type: 'plain_text_input', value: text } } },
  });

describe('trigger ids', () => {
  it('open one view within three seconds', async () => {
    const view = modal('One');
    const used = await trigger();
    await call('views.open', { trigger_id: used, view });
    expect(await titles()).toEqual(['One']);
    expect(await refusal(call('views.open', { trigger_id: used, view }))).toMatchObject({
      error: 'exchanged_trigger_id',
    });
    const late = await trigger();
    clock += 3_001;
    expect(await refusal(call('views.open', { trigger_id: late, view }))).toMatchObject({
      error: 'expired_trigger_id',
    });
    expect(await refusal(call('views.open', { trigger_id: 'guess', view }))).toMatchObject({
      error: 'invalid_trigger_id',
    });
  });
});

describe('views', () => {
  it('are refused when they break the rules, without using the trigger up', async () => {
    const id = await trigger();
    const data = await refusal(call('views.open', { trigger_id: id, view: modal('x'.repeat(25)) }));
    expect(data).toMatchObject({ error: 'invalid_arguments' });
    expect(data?.response_metadata?.messages?.join()).toContain('/view/title');
    await call('views.open', { trigger_id: id, view: modal('Fine') });
  });

  it('are updated by hash, pushed up to three', async () => {
    const { id, hash } = await open(modal('One'));
    await call('views.update', { view_id: id, hash, view: modal('Two') });
    expect(await refusal(call('views.update', { view_id: id, hash, view: modal('Three') }))).toMatchObject({
      error: 'hash_conflict',
    });
    for (const title of ['A', 'B'])
      await call('views.push', { trigger_id: await trigger(), view: modal(title) });
    expect(await titles()).toEqual(['Two', 'A', 'B']);
    const fourth = call('views.push', { trigger_id: await trigger(), view: modal('C') });
    expect(await refusal(fourth)).toMatchObject({ error: 'push_limit_reached' });
    expect(await refusal(call('views.update', { view_id: 'V1', view: modal('x') }))).toMatchObject({
      error: 'not_found',
    });
  });

  it('hand what was entered to the app and close', async () => {
    const { id } = await open(form);
    expect(await submit(id, '')).toEqual({
      ok: false,
      errors: { reason: 'Please complete this required field.' },
    });
    expect(await submit(id, 'because')).toEqual({ ok: true });
    expect(submitted).toMatchObject([
      {
        type: 'view_submission',
        view: { id, state: { values: { reason: { text: { value: 'because' } } } } },
      },
    ]);
    expect(await titles()).toEqual([]);
  });

  it('do what the app answers: errors, update, push, clear', async () => {
    const { id } = await open(form);
    answer = { response_action: 'errors', errors: { reason: 'Not good enough' } };
    expect(await submit(id, 'x')).toEqual({ ok: false, errors: { reason: 'Not good enough' } });
    answer = { response_action: 'update', view: form };
    expect(await submit(id, 'x')).toEqual({ ok: true });
    answer = { response_action: 'push', view: modal('On top') };
    await submit(id, 'x');
    expect(await titles()).toEqual(['Form', 'On top']);
    answer = { response_action: 'update', view: { type: 'modal' } };
    expect(await submit(id, 'x')).toEqual({ ok: false, error: 'invalid_arguments' });
    answer = { response_action: 'clear' };
    await submit(id, 'x');
    expect(await titles()).toEqual([]);
  });

  it('tell of their closing when they asked for it', async () => {
    const quietView = await open(modal('Quiet'));
    await running.post(`views/${quietView.id}/close`, {});
    const view = await open(form);
    await running.post(`views/${view.id}/close`, {});
    expect(submitted).toMatchObject([{ type: 'view_closed', view: { id: view.id }, is_cleared: false }]);
  });

  it('of the home tab are kept apart from modals', async () => {
    const home = { type: 'home', blocks: [{ type: 'divider' }] };
    const { view } = await call('views.publish', { user_id: 'U0YOU00001', view: home });
    expect(view).toMatchObject({ type: 'home', bot_id: 'B0PERFBOT1' });
    const [shown, ...modals] = (await running.state()).views;
    expect(shown?.view).toMatchObject(home);
    expect(modals).toEqual([]);
    await call('views.publish', { user_id: 'U0TEAMMATE', view: home });
    expect((await running.state()).views).toHaveLength(1);
  });

  it('of the home tab are asked for when it is opened, also with what was there', async () => {
    expect(await running.post('home', {})).toEqual({ ok: true });
    const home = { type: 'home', blocks: [{ type: 'divider' }] };
    const { view } = await call('views.publish', { user_id: 'U0YOU00001', view: home });
    await running.post('home', {});
    expect(opened).toMatchObject([
      { user: 'U0YOU00001', tab: 'home' },
      { user: 'U0YOU00001', tab: 'home', view: { id: view.id, type: 'home' } },
    ]);
    expect(opened[0]).not.toHaveProperty('view');
  });

  it('of messages have addresses in the form of Slack, which lead to the page', async () => {
    const { ts = '' } = await running.slack.chat.postMessage({ channel: GENERAL, text: 'here' });
    const answer = await fetch(`${running.base}/archives/${GENERAL}/p${ts.replace('.', '')}`, {
      redirect: 'manual',
    });
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toBe(`/?channel=${GENERAL}&ts=${ts}`);
    const other = await fetch(`${running.base}/archives/${GENERAL}/p12`, { redirect: 'manual' });
    expect(other.status).toBe(404);
  });
});
