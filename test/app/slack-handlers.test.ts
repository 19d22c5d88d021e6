import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createChecklistHandlers } from '../../src/app/checklist-handlers.ts';
import { createDiagnoseHandlers } from '../../src/app/diagnose-handlers.ts';
import { createHistoryHandlers } from '../../src/app/history-handlers.ts';
import { createLoadTestHandlers } from '../../src/app/load-test-handlers.ts';
import { createSlackHandlers } from '../../src/app/slack-handlers.ts';
import { checkView } from '../../src/core/block-kit/rules.ts';
import { ACTIONS } from '../../src/slack/blocks/action-value.ts';
import { createRoundRenderer } from '../../src/slack/checklist/create-round-renderer.ts';
import { createLoadTestRenderer } from '../../src/slack/loadtest/create-load-test-renderer.ts';
import type { ActionAnswer } from '../../src/slack/receiver/handlers.ts';
import { API, alert, batch, type Harness, HOST, harness, LOOK } from '../engine/harness.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { loadProfilesOf } from '../support/load-profiles.ts';
import { silentLog } from '../support/silent-log.ts';

let test: TestDatabase;
let engine: Harness;
let triggers = 0;
beforeAll(async () => {
  test = await testDatabase();
});
beforeEach(async () => {
  await test.pool.query(
    'truncate deliveries, alert_occurrences, alert_groups, runs, outbox, channel_budgets cascade',
  );
  const status = { ...LOOK, name: 'status', triggers: { alerts: [], symptoms: [], fallback: true } };
  engine = harness({ database: test.database, services: [API, HOST], playbooks: [LOOK, status] });
});
afterAll(() => test.close());

function handlers(invited = true) {
  const checklistHandlers = createChecklistHandlers({
    ...engine,
    rounds: createRoundRenderer({ timezone: 'UTC' }),
    checklists: {
      all: () => [],
      schedules: () => [],
      scheduleDefaults: () => ({ timezone: 'UTC', remindAfterMs: undefined, holidays: [] }),
      problems: () => [],
    },
    timezone: 'UTC',
    canPost: async () => invited,
    channelId: async (channel) => channel,
    log: silentLog,
  });
  const historyHandlers = createHistoryHandlers({
    ...engine,
    charts: { render: async () => [] },
    timezone: 'UTC',
    log: silentLog,
  });
  return createSlackHandlers({
    ...engine,
    checklistHandlers,
    diagnoseHandlers: createDiagnoseHandlers(engine),
    loadTestHandlers: createLoadTestHandlers({
      ...engine,
      loadProfiles: loadProfilesOf(),
      loadTestRenderer: createLoadTestRenderer(),
    }),
    historyHandlers,
    homeHandlers: { onHome: async () => {}, onAction: async () => undefined, changed: async () => {} },
    timezone: 'UTC',
    canPost: async () => invited,
  });
}

function request(overrides: Record<string, string> = {}) {
  triggers += 1;
  return {
    text: '',
    userId: 'U1',
    channelId: 'C1',
    triggerId: `t${triggers}`,
    responseUrl: 'https://example.com/',
    ...overrides,
  };
}

const type = (text: string, overrides: Record<string, string> = {}) =>
  handlers().onCommand(request({ text, ...overrides }));
const press = (actionId: string, value: object, overrides: Record<string, string> = {}) =>
  handlers().onAction({
    ...request(overrides),
    actionId,
    value: JSON.stringify(value),
    messageTs: '1.0',
  });
const textOf = (answer: ActionAnswer) => (answer.kind === 'ephemeral' ? answer.message.text : '');
const runs = () => test.database.runs.recent({ limit: 10 });

describe('diagnose', () => {
  const submit = (symptoms: readonly string[], service?: string) =>
    handlers().onView?.({
      callbackId: 'perfbot_diagnose',
      privateMetadata: '{"channel":"C1"}',
      values: service === undefined ? {} : { service },
      choices: { symptoms },
      userId: 'U1',
      viewId: 'V7',
    });

  it('opens a dialogue that Slack takes, with the service that was typed', async () => {
    const answer = await type('diagnose api');
    const view = answer.kind === 'modal' ? answer.view : {};
    expect(checkView(view)).toEqual([]);
    expect(JSON.stringify(view)).toContain('"initial_option":{"text":{"type":"plain_text","text":"api"');
    expect(textOf(await type('diagnose apii'))).toContain('Did you mean `api`?');
  });

  it('runs the playbooks of all ticked symptoms as one run, once', async () => {
    engine.list.push(
      { ...LOOK, name: 'cpu', triggers: { alerts: [], symptoms: ['high_cpu'], fallback: false } },
      { ...LOOK, name: 'memory', triggers: { alerts: [], symptoms: ['memory_exhaustion'], fallback: false } },
    );
    expect(await submit(['high_cpu', 'memory_exhaustion'], 'api')).toBeUndefined();
    expect(await submit(['high_cpu', 'memory_exhaustion'], 'api')).toBeUndefined();
    expect(await runs()).toMatchObject([{ playbook: 'cpu+memory', service: 'api', state: 'queued' }]);
  });

  it('stays open when nothing is ticked, nothing fits, or the service is not known', async () => {
    expect(await submit([])).toEqual({ symptoms: 'Tick at least one symptom.' });
    expect(await submit(['network'])).toEqual({
      symptoms: expect.stringContaining('No playbook names Network'),
    });
    engine.list.push({
      ...LOOK,
      name: 'cpu',
      triggers: { alerts: [], symptoms: ['high_cpu'], fallback: false },
    });
    expect(await submit(['high_cpu'], 'nope')).toEqual({ service: expect.stringContaining('"nope"') });
    expect(await runs()).toEqual([]);
  });

  it('answers within the three seconds of Slack while Docker hangs', async () => {
    const inventory = { ...engine.inventory, services: () => new Promise<never>(() => {}) };
    const hanging = createDiagnoseHandlers({ ...engine, inventory });
    const answer = await hanging.onCommand({ service: 'api' }, { channelId: 'C1' });
    expect(checkView(answer.kind === 'modal' ? answer.view : {})).toEqual([]);
    expect(JSON.stringify(answer)).toContain('"initial_value":"api"');
    engine.list.push({
      ...LOOK,
      name: 'cpu',
      triggers: { alerts: [], symptoms: ['high_cpu'], fallback: false },
    });
    const errors = await hanging.onView({
      callbackId: 'perfbot_diagnose',
      privateMetadata: '{"channel":"C1"}',
      values: { service: 'api' },
      choices: { symptoms: ['high_cpu'] },
      userId: 'U1',
      viewId: 'V8',
    });
    expect(errors).toEqual({ service: expect.stringContaining('Press the button again') });
    expect(await runs()).toEqual([]);
  }, 3000);
});

describe('what people type', () => {
  it.each([
    ['', /status/],
    ['help', /status/],
    ['playbooks', /Look at it/],
    ['alerts', /./],
    ['history', /./],
    ['stauts', /Did you mean `status`/],
    ['run lokk', /Did you mean `look`/],
    ['run look ap', /Did you mean `api`/],
    ['status nobody-at-all', /don't know the service/],
    ['history nobody-at-all', /don't know the service/],
    ['show ffffff', /no run/],
    ['ack ffffff', /no alert/],
    ['ack %', /no alert/],
  ])('%s is answered to the one who asked', async (text, expected) => {
    const answer = await type(text);
    expect(answer.kind).toBe('ephemeral');
    expect(textOf(answer)).toMatch(expected);
    expect(await runs()).toEqual([]);
  });

  it.each([
    ['status', { playbook: 'status', service: undefined }],
    ['status API', { playbook: 'status', service: 'api' }],
    ['status api-1', { playbook: 'status', service: 'api' }],
    ['run look', { playbook: 'look', service: undefined }],
    ['run LOOK api', { playbook: 'look', service: 'api' }],
  ])('%s starts a run', async (text, expected) => {
    expect(await type(text)).toEqual({ kind: 'silent' });
    expect(await runs()).toMatchObject([
      { ...expected, trigger: { kind: 'command', userId: 'U1', channel: 'C1' } },
    ]);
    await engine.tell();
    expect(engine.slack.messages).toMatchObject([{ channel: 'C1' }]);
  });

  it('starts one run when Slack repeats the command', async () => {
    const again = request({ text: 'status' });
    await Promise.all([1, 2, 3].map(() => handlers().onCommand(again)));
    expect(await runs()).toHaveLength(1);
    await engine.work();
    await engine.tell();
    expect(engine.slack.thread()).toHaveLength(1);
  });

  it('asks to be invited where it may not post', async () => {
    const answer = await handlers(false).onCommand(request({ text: 'status' }));
    expect(textOf(answer)).toContain('/invite @perfbot');
    expect(await runs()).toEqual([]);
  });

  it('shows a finished run again, and says when there is nothing to show', async () => {
    await type('run look');
    const [queued] = await runs();
    expect(textOf(await type(`show ${queued?.id.slice(0, 8)}`))).toContain('no report');
    await engine.work();
    expect(await type(`show ${queued?.id.slice(0, 8).toUpperCase()}`)).toEqual({ kind: 'silent' });
    await engine.tell();
    expect(engine.slack.thread()).toHaveLength(2);
  });
});

describe('who acknowledges', () => {
  async function firing() {
    await engine.accept(batch([alert()]));
    await engine.work();
    const [group] = await test.database.groups.recent({ limit: 1 });
    if (!group) throw new Error('there is no group');
    return group;
  }

  it('is the first of many who press at once', async () => {
    const { id } = await firing();
    const answers = await Promise.all(
      ['U1', 'U2', 'U3', 'U4'].map((userId) => press(ACTIONS.acknowledge, { groupId: id }, { userId })),
    );
    expect(answers.filter(({ kind }) => kind === 'silent')).toHaveLength(1);
    expect(answers.filter((answer) => /already/.test(textOf(answer)))).toHaveLength(3);
    await engine.tell();
    expect(engine.slack.messages.filter(({ key }) => key.endsWith('/note/acknowledged'))).toHaveLength(1);
  });

  it('may type the beginning of the id', async () => {
    const { id } = await firing();
    expect(textOf(await type(`ack ${id.slice(0, 6)}`))).toContain('Acknowledged');
    expect(textOf(await type(`ack ${id}`))).toContain('already');
    expect(textOf(await press(ACTIONS.acknowledge, { groupId: 'gone' }))).toContain('not known');
  });
});

describe('a press', () => {
  it('on "run again" of an alert runs in the same message', async () => {
    await engine.accept(batch([alert()]));
    await engine.work();
    engine.pass(1000);
    const [group] = await test.database.groups.recent({ limit: 1 });
    await press(ACTIONS.runAgain, { groupId: group?.id, playbook: 'look', service: 'api' });
    await engine.work();
    await engine.tell();
    expect(await runs()).toHaveLength(2);
    expect(engine.slack.thread()).toHaveLength(1);
    expect((await test.database.groups.recent({ limit: 1 }))[0]?.lastRunId).toBe((await runs())[0]?.id);
  });

  it('on "run again" of a run runs in its message', async () => {
    await type('run look api');
    await engine.work();
    const [first] = await runs();
    engine.pass(1000);
    await press(ACTIONS.runAgain, { runId: first?.id, playbook: 'look', service: 'api' });
    await engine.work();
    await engine.tell();
    expect(await runs()).toHaveLength(2);
    expect(engine.slack.thread()).toHaveLength(1);
  });

  it.each([
    [ACTIONS.details, { service: 'api' }, undefined, { playbook: 'status', service: 'api' }],
    [ACTIONS.runPlaybook, { service: 'api' }, { playbook: 'look' }, { playbook: 'look', service: 'api' }],
  ])('on %s starts what was chosen', async (actionId, value, selected, expected) => {
    const chosen = selected && { selected: JSON.stringify(selected) };
    expect(await press(actionId, value, chosen)).toEqual({ kind: 'silent' });
    expect(await runs()).toMatchObject([expected]);
  });

  it.each([
    [ACTIONS.runPlaybook, { playbook: 'removed' }],
    [ACTIONS.runAgain, { playbook: 'look', service: 'removed' }],
  ])('on %s says what is not there any more', async (actionId, value) => {
    expect(textOf(await press(actionId, value))).toContain("I don't know");
  });

  it('with a value that is not ours does nothing', async () => {
    expect(await handlers().onAction({ ...request(), actionId: 'x', value: '{', messageTs: '' })).toEqual({
      kind: 'silent',
    });
  });
});
