import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createChecklistHandlers } from '../../src/app/checklist-handlers.ts';
import { createDiagnoseHandlers } from '../../src/app/diagnose-handlers.ts';
import { createHistoryHandlers } from '../../src/app/history-handlers.ts';
import { createLoadTestHandlers } from '../../src/app/load-test-handlers.ts';
import { createSilenceHandlers } from '../../src/app/silence-handlers.ts';
import { createSlackHandlers } from '../../src/app/slack-handlers.ts';
import { checkView } from '../../src/core/block-kit/rules.ts';
import { planCharts } from '../../src/core/chart-plan/plan-charts.ts';
import type { Table } from '../../src/core/evidence.ts';
import type { Service } from '../../src/core/inventory/service.ts';
import type { Probe } from '../../src/engine/ports/probe.ts';
import { ACTIONS } from '../../src/slack/blocks/action-value.ts';
import { createRoundRenderer } from '../../src/slack/checklist/create-round-renderer.ts';
import { createLoadTestRenderer } from '../../src/slack/loadtest/create-load-test-renderer.ts';
import type { ActionAnswer } from '../../src/slack/receiver/handlers.ts';
import { API, alert, batch, type Harness, HOST, harness, LOOK, playbook } from '../engine/harness.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { loadProfilesOf } from '../support/load-profiles.ts';
import { silentLog } from '../support/silent-log.ts';

/** A real CPU profile (scripts/flame-picture.ts). */
const FLAME = JSON.parse(readFileSync(new URL('../fixtures/flame.json', import.meta.url), 'utf8')) as Table;

let test: TestDatabase;
let engine: Harness;
let triggers = 0;
beforeAll(async () => {
  test = await testDatabase();
});
beforeEach(async () => {
  await test.pool.query(
    'truncate deliveries, alert_occurrences, alert_groups, runs, outbox, channel_budgets, silences, held_alerts cascade',
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
      scheduleDefaults: () => ({
        timezone: 'UTC',
        remindAfterMs: undefined,
        holidays: { usual: [], lists: {} },
      }),
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
    silenceHandlers: createSilenceHandlers({ ...engine, timezone: 'UTC' }),
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

describe('silence', () => {
  const active = () => test.database.silences.active(engine.clock.at);

  it('takes a service under its proper name and answers in the channel', async () => {
    expect(await type('silence api-1 1h deploy of <search>')).toEqual({ kind: 'silent' });
    expect(await active()).toMatchObject([
      {
        matchers: [{ label: 'service', op: '=', value: 'api' }],
        reason: 'deploy of <search>',
        createdBy: 'U1',
        endsAt: engine.clock.at + 3_600_000,
      },
    ]);
    await engine.tell();
    expect(engine.slack.messages.map(({ content }) => content.text)).toEqual([
      expect.stringMatching(/Silenced until .*service="api".*\nReason: deploy of &lt;search&gt;/),
    ]);
  });

  it('refuses what it cannot understand, and says how to mend it', async () => {
    expect(textOf(await type('silence apii 1h'))).toContain('Did you mean `api`?');
    expect(textOf(await type('silence service=api'))).toContain('needs a duration');
    expect(textOf(await type('silence service=api soon'))).toContain('`soon` is not a duration');
    expect(textOf(await type('silence service=api 1s'))).toContain('at least a minute');
    expect(textOf(await type('silence alertname=~".*" 1h'))).toContain('every alert');
    expect(await active()).toEqual([]);
  });

  it('lists what is silenced, and ends it by a button, once', async () => {
    expect(textOf(await type('silence'))).toContain('Nothing is silenced');
    await type('silence service=api 1h');
    expect(textOf(await type('silence'))).toContain('service="api"');
    const [silence] = await active();
    const end = () => press(ACTIONS.silenceEnd, { silenceId: silence?.id });
    expect((await end()).kind).toBe('silent');
    expect(textOf(await end())).toContain('over already');
    expect(await active()).toEqual([]);
  });

  it('silences from the menu of a card: the first of two people wins', async () => {
    await engine.accept(batch([alert()]));
    await engine.work();
    const [group] = await test.database.groups.recent({ limit: 1 });
    const choose = (userId: string) =>
      handlers().onAction({
        ...request({ userId }),
        actionId: ACTIONS.silence,
        value: '',
        selected: JSON.stringify({ groupId: group?.id, duration: '4h' }),
        messageTs: '1.0',
      });
    const answers = await Promise.all([choose('U1'), choose('U2')]);
    expect(answers.map(({ kind }) => kind).sort()).toEqual(['ephemeral', 'silent']);
    expect(await active()).toMatchObject([
      {
        onCard: true,
        matchers: [
          { label: 'alertname', op: '=', value: 'HighCpu' },
          { label: 'service', op: '=', value: 'api' },
        ],
      },
    ]);
    expect((await press(ACTIONS.silenceEnd, { groupId: group?.id })).kind).toBe('silent');
    expect(await active()).toEqual([]);
  });

  it('shows silenced alerts apart in the list of alerts', async () => {
    await engine.accept(batch([alert()]));
    await engine.work();
    await type('silence service=api 1h');
    await engine.accept(batch([alert({ fingerprint: 'f9', startsAt: engine.clock.at })]));
    await engine.work();
    expect(textOf(await type('alerts'))).toMatch(/🔕 silenced until .*\n.*One more is held back/s);
  });
});

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
  }, 15_000);
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

describe('profile', () => {
  const service = (name: string, role: Service['role'], inspect?: boolean): Service => ({
    ...API,
    name,
    role,
    aliases: [],
    targets: [
      ...API.targets.map((target) => ({ ...target, id: `container:${name}`, service: name })),
      ...(inspect === undefined
        ? []
        : [
            {
              kind: 'node' as const,
              id: `node:${name}`,
              service: name,
              zone: 'default',
              container: { name: `${name}-1` },
              inspect,
            },
          ]),
    ],
  });
  const windows: unknown[] = [];
  const probe: Probe<'node', { window: number }> = {
    name: 'node.cpu_profile',
    title: 'CPU of Node',
    targetKind: 'node',
    cost: 'moderate',
    timeoutMs: 20_000,
    params: z.strictObject({ window: z.number().default(1500) }),
    mayLookAt: ({ inspect }) => inspect,
    async collect({ params }) {
      windows.push(params.window);
      return { metrics: [{ name: 'samples', value: 3000, unit: 'count' }], tables: [FLAME] };
    },
  };
  const cpuProfile = playbook('cpu-profile', {
    title: 'CPU profile',
    description: 'For tests',
    steps: [{ title: 'Profile', probes: [{ probe: probe.name, on: 'service', with: { window: 1000 } }] }],
  });
  beforeEach(() => {
    windows.length = 0;
    engine = harness({
      database: test.database,
      services: [
        service('shop', 'node', true),
        service('worker', 'node', false),
        service('db', 'postgres'),
        service('tool', 'other'),
        HOST,
      ],
      playbooks: [cpuProfile],
      probes: [probe as Probe],
      planCharts,
      charts: {
        render: async (charts) =>
          charts.map(({ id, title, alt }) => ({ id, title, alt, png: new Uint8Array([1]) })),
      },
    });
  });

  it('runs the playbook for as long as somebody asks, and again for as long', async () => {
    expect(await type('profile SHOP cpu 10s')).toEqual({ kind: 'silent' });
    await engine.work();
    const [first] = await runs();
    expect(first).toMatchObject({ playbook: 'cpu-profile', service: 'shop', state: 'finished' });
    engine.pass(1000);
    const again = { runId: first?.id, playbook: 'cpu-profile', service: 'shop' };
    await press(ACTIONS.runAgain, again);
    await engine.work();
    engine.pass(1000);
    const second = (await runs())[0]?.id;
    expect(second).not.toBe(first?.id);
    await press(ACTIONS.runAgain, { ...again, runId: second });
    await engine.work();
    expect(windows).toEqual([10_000, 10_000, 10_000]);
    await engine.tell();
    expect(engine.slack.thread()).toHaveLength(1);
  });

  it('takes the window of the playbook when nobody names one', async () => {
    await type('profile shop cpu');
    await engine.work();
    expect(windows).toEqual([1000]);
  });

  it('answers with the finding, the picture, and no list of frames', async () => {
    await type('profile shop cpu');
    await engine.work();
    const [run] = await runs();
    expect(run?.report?.charts).toMatchObject([{ kind: 'flame', id: 'flame-node.cpu_profile-shop' }]);
    expect(run?.report?.tables).toEqual([]);
    await engine.tell();
    const texts = engine.slack.messages.map(({ content }) => content.text);
    expect(texts[0]).toMatch(/shop: \d+(\.\d+)? % of the CPU time in findRule prices\.mjs:\d+/);
    expect(texts.join('\n')).toMatch(/called by priceItem/);
    expect(engine.slack.messages.flatMap(({ fileIds }) => fileIds)).toHaveLength(1);
  });

  it.each([
    ['profile shob cpu', /don't know the service `shob`. Did you mean `shop`\?/, /perf status/],
    ['profile worker cpu', /does not allow me to look into the Node process of `worker`/, /`container: api`/],
    ['profile worker cpu', /services.yaml/, /`worker` needs .* `node: { inspect: true }`/],
    ['profile db cpu', /no Node process in `db`/, /These run Node: `shop`, `worker`/],
    ['profile tool heap', /no Node process in `tool`/, /`tool` needs .* `node: { inspect: true }`/],
    ['profile shop heap', /don't know the playbook `heap-profile`/, /perf playbooks/],
    ['profile shop cpu 1m', /takes 1 s to 10 s, not `1m`/, /profile shop-api cpu 10s/],
  ])('%s is refused to the one who asked, in two lines', async (text, problem, mend) => {
    const answer = await type(text);
    expect(answer.kind).toBe('ephemeral');
    const lines = textOf(answer).split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(problem);
    expect(lines[1]).toMatch(mend);
    expect(await runs()).toEqual([]);
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
