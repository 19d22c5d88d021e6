import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createHomeHandlers } from '../../src/app/home-handlers.ts';
import { checkView } from '../../src/core/block-kit/rules.ts';
import { requestRun } from '../../src/engine/commands/request-run.ts';
import { ACTIONS } from '../../src/slack/blocks/action-value.ts';
import { checklistHarness } from '../engine/checklists/checklist-harness.ts';
import { LOOK } from '../engine/harness.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase();
});
beforeEach(async () => {
  await test.pool.query('truncate checklist_rounds, runs, outbox cascade');
  published.length = 0;
  invited = true;
});
afterAll(() => test.close());

const published: { readonly userId: string; readonly text: string }[] = [];
let invited = true;

function handlers() {
  const engine = checklistHarness({ database: test.database, at: '2026-11-02T08:00:00Z' });
  engine.list.push({ ...LOOK, name: 'status' });
  return createHomeHandlers({
    ...engine,
    requestRun: requestRun(engine),
    diagnoseHandlers: {
      onCommand: async (_command, { channelId }) => ({ kind: 'modal', view: { channelId } }),
      onView: async () => undefined,
    },
    publishHome: async (userId, view) => {
      expect(checkView(view)).toEqual([]);
      published.push({ userId, text: JSON.stringify(view) });
    },
    linkTo: async () => {
      throw new Error('nobody knows');
    },
    canPost: async () => invited,
    channel: '#ops',
    timezone: 'UTC',
    staleAfterMs: () => 300_000,
  });
}
const press = (actionId: string, triggerId = 't1') => ({
  actionId,
  value: '{}',
  userId: 'U1',
  channelId: '',
  messageTs: '',
  triggerId,
  responseUrl: '',
});

it('is shown when it is opened, and follows what its reader does', async () => {
  const home = handlers();
  await home.changed('U1');
  expect(published).toEqual([]);
  await home.onHome('U1');
  await home.changed('U1');
  await home.changed('U2');
  expect(published.map(({ userId }) => userId)).toEqual(['U1', 'U1']);
});

it('runs a status in its channel, once, and says so', async () => {
  const home = handlers();
  expect(await home.onAction(press(ACTIONS.homeStatus))).toEqual({ kind: 'silent' });
  await home.onAction(press(ACTIONS.homeStatus));
  expect(await test.database.runs.recent({ limit: 9 })).toMatchObject([
    { playbook: 'status', trigger: { kind: 'command', userId: 'U1', channel: '#ops' } },
  ]);
  expect(published[0]?.text).toContain('on its way');
  expect(published[0]?.text).toContain('Running *status*');
});

it('opens the diagnosis for its channel, or says why not', async () => {
  const home = handlers();
  expect(await home.onAction(press(ACTIONS.homeDiagnose))).toEqual({
    kind: 'modal',
    view: { channelId: '#ops' },
  });
  invited = false;
  expect(await home.onAction(press(ACTIONS.homeDiagnose))).toEqual({ kind: 'silent' });
  expect(published[0]?.text).toContain('/invite @perfbot');
});

it('is refreshed on demand, and leaves other presses to others', async () => {
  const home = handlers();
  expect(await home.onAction(press(ACTIONS.homeRefresh))).toEqual({ kind: 'silent' });
  expect(published).toHaveLength(1);
  expect(await home.onAction(press(ACTIONS.acknowledge))).toBeUndefined();
});
