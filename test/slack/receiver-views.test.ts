import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSlackApp, type SlackApp } from '../../src/slack/receiver/create-slack-app.ts';
import type { ActionRequest, ViewAnswer, ViewRequest } from '../../src/slack/receiver/handlers.ts';
import { silentLog } from '../support/silent-log.ts';
import { type FakeSlack, startFakeSlack } from './support/fake-slack.ts';
import { actionForm, SIGNING_SECRET, sendSigned } from './support/signed-request.ts';

let slack: FakeSlack;
let app: SlackApp;
let server: Server;
let url: string;
let actions: ActionRequest[];
let views: ViewRequest[];
let homes: string[];
let wrong: () => Promise<ViewAnswer>;

beforeEach(async () => {
  slack = await startFakeSlack();
  slack.answers('auth.test', { ok: true, user_id: 'UBOT', bot_id: 'BBOT', team_id: 'T1' });
  actions = [];
  views = [];
  homes = [];
  wrong = async () => undefined;
  app = createSlackApp({
    botToken: 'xoxb-test',
    signingSecret: SIGNING_SECRET,
    apiUrl: slack.apiUrl,
    handlers: {
      onCommand: async () => ({ kind: 'silent' }),
      onAction: async (request) => {
        actions.push(request);
        return { kind: 'modal', view: { type: 'modal', callback_id: 'ours' } };
      },
      onHome: async (userId) => void homes.push(userId),
      onView: (request) => {
        views.push(request);
        return wrong();
      },
    },
    log: silentLog,
    now: Date.now,
  });
  await app.start();
  server = createServer((request, response) => app.requestListener(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`;
});
afterEach(async () => {
  await app.close({ drainMs: 500 });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await slack.close();
});

function submission(values: object) {
  const payload = {
    type: 'view_submission',
    team: { id: 'T1' },
    user: { id: 'U012AB3CD' },
    api_app_id: 'A1',
    view: { id: 'V1', type: 'modal', callback_id: 'ours', private_metadata: 'round-1', state: { values } },
  };
  return sendSigned(url, new URLSearchParams({ payload: JSON.stringify(payload) }).toString());
}

const VALUES = {
  item: { item: { type: 'static_select', selected_option: { value: '3' } } },
  text: { text: { type: 'plain_text_input', value: 'hello' } },
  boxes: { boxes: { type: 'checkboxes', selected_options: [{ value: 'a' }, { value: 'b' }] } },
  owner: { owner: { type: 'users_select', selected_user: 'U012AB3CD' } },
  nobody: { nobody: { type: 'users_select', selected_user: null } },
  where: { where: { type: 'conversations_select', selected_conversation: 'C012AB3CD' } },
  day: { day: { type: 'datepicker', selected_date: '2026-12-01' } },
  time: { time: { type: 'timepicker', selected_time: '09:00' } },
  empty: { empty: { type: 'plain_text_input', value: null } },
};

describe('dialogues', () => {
  it('open for the one who pressed, and ticks come with the name of their block', async () => {
    const ticks = {
      type: 'checkboxes',
      block_id: 'checklist:r:0:1:01',
      action_id: 'perfbot_checklist_tick',
      selected_options: [{ value: '0' }, { value: '1' }],
    };
    await sendSigned(url, actionForm({ actions: [ticks] }));
    await app.close();
    expect(actions[0]).toMatchObject({ ticked: ['0', '1'], blockId: 'checklist:r:0:1:01' });
    expect(slack.calls('views.open')[0]?.args).toMatchObject({
      trigger_id: 'trigger-a',
      view: { callback_id: 'ours' },
    });
  });

  it('hand over what was filled in, and close', async () => {
    const answer = await submission(VALUES);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe('');
    expect(views).toEqual([
      {
        callbackId: 'ours',
        privateMetadata: 'round-1',
        values: {
          item: '3',
          text: 'hello',
          owner: 'U012AB3CD',
          where: 'C012AB3CD',
          day: '2026-12-01',
          time: '09:00',
        },
        choices: { boxes: ['a', 'b'] },
        userId: 'U012AB3CD',
        viewId: 'V1',
      },
    ]);
  });

  it('give way to another one, after a press inside and after they were sent', async () => {
    const inside = {
      view: { id: 'V1', type: 'modal' },
      actions: [{ type: 'button', action_id: 'x', value: '' }],
    };
    await sendSigned(url, actionForm(inside));
    wrong = async () => ({ view: { type: 'modal', callback_id: 'next' } });
    expect(await (await submission(VALUES)).json()).toEqual({
      response_action: 'update',
      view: { type: 'modal', callback_id: 'next' },
    });
    await app.close();
    expect(actions[0]).toMatchObject({ viewId: 'V1' });
    expect(slack.calls('views.open')).toEqual([]);
    expect(slack.calls('views.update')[0]?.args).toMatchObject({
      view_id: 'V1',
      view: { callback_id: 'ours' },
    });
  });

  it('stay open with what is wrong, also when the handler fails', async () => {
    wrong = async () => ({ item: 'No such item.' });
    expect(await (await submission(VALUES)).json()).toEqual({
      response_action: 'errors',
      errors: { item: 'No such item.' },
    });
    wrong = async () => {
      throw new Error('broken, with a secret');
    };
    const answer = await (await submission(VALUES)).text();
    expect(answer).toContain('"errors":{"item"');
    expect(answer).not.toContain('secret');
  });
});

it('tells of App Home when its Home tab is opened, once for an event', async () => {
  const event = (tab: string) =>
    sendSigned(
      url,
      JSON.stringify({
        type: 'event_callback',
        team_id: 'T1',
        api_app_id: 'A1',
        event_id: `Ev-${tab}`,
        event_time: 1,
        authorizations: [{ team_id: 'T1', user_id: 'UBOT', is_bot: true, is_enterprise_install: false }],
        event: { type: 'app_home_opened', user: 'U012AB3CD', channel: 'D1', tab, event_ts: '1.0' },
      }),
      { type: 'application/json' },
    );
  for (const tab of ['home', 'home', 'messages']) expect((await event(tab)).status).toBe(200);
  await app.close();
  expect(homes).toEqual(['U012AB3CD']);
});
