import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createChecklistHandlers } from '../../src/app/checklist-handlers.ts';
import { checkView } from '../../src/core/block-kit/rules.ts';
import { ACTIONS } from '../../src/slack/blocks/action-value.ts';
import { ASSIGN_MODAL } from '../../src/slack/checklist/assign-modal.ts';
import { SCHEDULE_FORM } from '../../src/slack/checklist/form-field.ts';
import { NOTE_MODAL } from '../../src/slack/checklist/note-modal.ts';
import type { ActionAnswer, ViewAnswer } from '../../src/slack/receiver/handlers.ts';
import { checklistHarness, DAILY, schedulesOf } from '../engine/checklists/checklist-harness.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

let test: TestDatabase;
let engine: ReturnType<typeof checklistHarness>;
let triggers = 0;
const HOUR = 3_600_000;
beforeAll(async () => {
  test = await testDatabase();
});
beforeEach(async () => {
  await test.pool.query(
    'truncate checklist_rounds, checklist_schedules, checklist_presses, checklist_edits, runs, outbox, channel_budgets cascade',
  );
  const schedules = schedulesOf({ checklist: 'daily', on: 'every_day', at: '09:00' });
  engine = checklistHarness({
    database: test.database,
    at: '2026-11-02T08:00:00Z',
    schedules,
    checklists: [DAILY, { ...DAILY, name: 'weekly' }],
  });
});
afterAll(() => test.close());

/** Channels whose names are known; perfbot is in all but one. */
const slack = {
  channelId: async (channel: string) =>
    channel === '#ops' ? 'C0000000OPS' : channel === '#leads' ? 'C0000LEADS' : channel,
  canPost: async (channel: string) => channel !== 'C000PRIVATE',
};
const handlers = () => createChecklistHandlers({ ...engine, ...slack, timezone: 'UTC' });
function base() {
  triggers += 1;
  return { userId: 'U1', channelId: 'C1', triggerId: `t${triggers}`, responseUrl: 'https://example.com/' };
}
const type = (checklist?: string, mode?: 'now' | 'pause' | 'resume' | 'skip' | 'edit') =>
  handlers().onCommand({ checklist, mode }, { ...base(), text: '' });
const textOf = (answer: ActionAnswer | undefined) =>
  answer?.kind === 'ephemeral' ? answer.message.text : answer?.kind;
const recent = () => test.database.checklists.recent({ limit: 10 });

async function posted() {
  await type('daily');
  await engine.settle();
  await engine.tell();
  const message = engine.slack.messages.find(({ threadTs }) => threadTs === undefined);
  const elements = (message?.content.blocks ?? []).flatMap(({ block_id, elements: inside }) =>
    ((inside as Record<string, unknown>[] | undefined) ?? []).map((element) => ({ block_id, ...element })),
  ) as Record<string, string>[];
  return { message, elements };
}

describe('what people type', () => {
  it('posts a round, once a day, or again with now', async () => {
    expect(await type('daily')).toEqual({ kind: 'silent' });
    expect(textOf(await type('DAILY'))).toContain('/perf checklist daily now');
    expect(await recent()).toHaveLength(1);
    expect(await type('daily', 'now')).toEqual({ kind: 'silent' });
    expect(await recent()).toHaveLength(2);
  });

  it('lists what there is', async () => {
    expect(textOf(await type())).toMatch(/daily: .*next .*#ops/);
    expect(textOf(await type())).toMatch(/weekly: .*not scheduled/);
  });

  it('names the nearest checklist for an unknown one', async () => {
    expect(textOf(await type('dayly'))).toContain('Did you mean `daily`');
  });

  it('changes the schedule', async () => {
    expect(textOf(await type('daily', 'pause'))).toContain('paused');
    expect(textOf(await type())).toContain('paused in #ops');
    expect(textOf(await type('daily', 'resume'))).toContain('again');
    expect(textOf(await type('daily', 'skip'))).toContain('left out');
    expect(textOf(await type('weekly', 'pause'))).toContain('not scheduled');
  });
});

describe('what people press', () => {
  it('ticks an item for everybody', async () => {
    const { elements } = await posted();
    const box = elements.find(({ action_id }) => action_id === ACTIONS.tick);
    const answer = await handlers().onAction({
      ...base(),
      actionId: ACTIONS.tick,
      value: '',
      messageTs: '1.0',
      blockId: box?.block_id ?? '',
      ticked: ['0', '1'],
    });
    expect(answer).toEqual({ kind: 'silent' });
    const [round] = await recent();
    expect(round?.items.map(({ checkedBy }) => checkedBy)).toEqual([undefined, 'U1']);
    await engine.tell();
    expect(engine.slack.messages[0]?.content.text).toContain('2 of 2 done, 1 by perfbot');
  });

  it('says so when a newer round has taken over', async () => {
    const { elements } = await posted();
    await type('daily', 'now');
    const box = elements.find(({ action_id }) => action_id === ACTIONS.tick);
    const press = { ...base(), value: '', messageTs: '1.0', blockId: box?.block_id ?? '', ticked: ['1'] };
    expect(textOf(await handlers().onAction({ ...press, actionId: ACTIONS.tick }))).toContain('newer round');
  });

  it('leaves other presses to others, and ignores what is not ours', async () => {
    const press = { ...base(), value: '', messageTs: '1.0' };
    expect(await handlers().onAction({ ...press, actionId: ACTIONS.acknowledge })).toBeUndefined();
    expect(await handlers().onAction({ ...press, actionId: ACTIONS.tick, blockId: 'x', ticked: [] })).toEqual(
      {
        kind: 'silent',
      },
    );
  });

  it('opens a dialogue whose note everybody sees', async () => {
    const { elements } = await posted();
    const note = elements.find(({ action_id }) => action_id === ACTIONS.note);
    const answer = await handlers().onAction({
      ...base(),
      actionId: ACTIONS.note,
      value: note?.value ?? '',
      messageTs: '1.0',
    });
    expect(answer?.kind).toBe('modal');
    const view = answer?.kind === 'modal' ? answer.view : {};
    const send = (values: Record<string, string>) =>
      handlers().onView({
        callbackId: NOTE_MODAL.callbackId,
        privateMetadata: String(view.private_metadata),
        values,
        choices: {},
        userId: 'U2',
        viewId: 'V1',
      });
    expect(await send({ item: '1', text: ' done tomorrow ' })).toBeUndefined();
    const [round] = await recent();
    expect(round?.items[1]).toMatchObject({ note: 'done tomorrow', notedBy: 'U2' });
    await send({ item: '1' });
    expect((await recent())[0]?.items[1]).toMatchObject({ note: undefined, notedBy: undefined });
    await type('daily', 'now');
    expect(await send({ item: '1', text: 'late' })).toEqual({ item: expect.stringContaining('newer round') });
  });

  it('gives an item to somebody, told in the thread, the later one wins', async () => {
    const { elements, message } = await posted();
    const assign = elements.find(({ action_id }) => action_id === ACTIONS.assign);
    const press = { ...base(), actionId: ACTIONS.assign, value: assign?.value ?? '', messageTs: '1.0' };
    const answer = await handlers().onAction(press);
    const view = answer?.kind === 'modal' ? answer.view : {};
    expect(view.callback_id).toBe(ASSIGN_MODAL.callbackId);
    const send = (userId: string, owner?: string) =>
      handlers().onView({
        callbackId: ASSIGN_MODAL.callbackId,
        privateMetadata: String(view.private_metadata),
        values: { item: '1', ...(owner !== undefined && { owner }) },
        choices: {},
        userId,
        viewId: 'V1',
      });
    const told = async () => {
      await engine.tell();
      return engine.slack.messages
        .filter(({ key }) => key.includes('/owner/'))
        .map(({ content, threadTs }) => threadTs === message?.ts && content.text);
    };
    // Who takes it oneself knows of it.
    expect(await send('U000000001', 'U000000001')).toBeUndefined();
    expect(await told()).toEqual([]);
    expect(await send('U000000002', 'U000000003')).toBeUndefined();
    expect((await recent())[0]?.items[1]).toMatchObject({ owner: 'U000000003', ownerBy: 'U000000002' });
    expect(await told()).toEqual([
      '<@U000000003> takes care of “Write it down” now, before it was <@U000000001> (changed by <@U000000002>).',
    ]);
    await send('U000000003');
    expect((await recent())[0]?.items[1]).toMatchObject({ owner: undefined, ownerBy: 'U000000003' });
    expect(await told()).toHaveLength(1);
    await type('daily', 'now');
    expect(await send('U000000001', 'U000000001')).toEqual({ item: expect.stringContaining('newer round') });
  });
});

describe('the schedule editor', () => {
  const OPS = 'C0000000OPS';
  const press = (actionId: string, value = '{}') =>
    handlers().onAction({ ...base(), channelId: OPS, actionId, value, messageTs: '', viewId: 'V1' });
  const viewOf = (answer: ActionAnswer | undefined) =>
    answer?.kind === 'modal' ? answer.view : { blocks: [] };
  const textIn = (view: Readonly<Record<string, unknown>>) => JSON.stringify(view.blocks);
  const valueIn = (view: Readonly<Record<string, unknown>>, actionId: string, nth = 0) => {
    const found = (view.blocks as Record<string, unknown>[]).flatMap((block) =>
      [block.accessory, ...((block.elements as unknown[] | undefined) ?? [])]
        .map((element) => element as Record<string, unknown> | undefined)
        .filter((element) => element?.action_id === actionId),
    );
    return String(found[nth]?.value);
  };
  const send = (
    view: Readonly<Record<string, unknown>>,
    values: Record<string, string>,
    choices: Record<string, string[]> = {},
    userId = 'U000000001',
  ) =>
    handlers().onView({
      callbackId: SCHEDULE_FORM.callbackId,
      privateMetadata: String(view.private_metadata),
      values: {
        when: 'days',
        time: '10:30',
        zone: 'Europe/Berlin',
        reminder: 'off',
        holidays: 'default',
        ...values,
      },
      choices: { days: ['mon'], ...choices },
      userId,
      viewId: 'V1',
    });
  const saved = (answer: ViewAnswer) => {
    if (typeof answer?.view !== 'object') throw new Error(`not saved: ${JSON.stringify(answer)}`);
    return answer.view;
  };
  const form = async () => {
    const list = viewOf(await press(ACTIONS.schedules));
    return viewOf(await press(ACTIONS.scheduleEdit, valueIn(list, ACTIONS.scheduleEdit)));
  };

  it('opens from the command and from buttons, with the next three rounds', async () => {
    for (const answer of [
      await type(undefined, 'edit'),
      await type('daily', 'edit'),
      await press(ACTIONS.schedules),
    ]) {
      expect(checkView(viewOf(answer))).toEqual([]);
      expect(textIn(viewOf(answer))).toMatch(
        /#ops.*Every day at 09:00, UTC.*Mon 2 Nov, 09:00 UTC · Tue 3 Nov, 09:00 UTC · Wed 4 Nov, 09:00 UTC.*As in checklists.yaml/,
      );
    }
    const list = await handlers().onCommand(
      { checklist: undefined, mode: undefined },
      { ...base(), text: '' },
    );
    expect(list.kind === 'ephemeral' && JSON.stringify(list.message.blocks)).toContain(ACTIONS.schedules);
  });

  it('saves, shows what is in force, and goes back to the file', async () => {
    const view = saved(await send(await form(), {}));
    expect(checkView(view)).toEqual([]);
    expect(textIn(view)).toMatch(/Saved: .*Monday at 10:30, Europe\/Berlin.*Mon 2 Nov, 10:30 CET/);
    expect(textIn(view)).toContain('Set in Slack by <@U000000001>');
    expect(textIn(view)).toContain('checklists.yaml says every day at 09:00');
    expect(textOf(await type())).toContain('(set in Slack)');
    const again = await form();
    const reset = viewOf(await press(ACTIONS.scheduleReset, valueIn(again, ACTIONS.scheduleReset)));
    expect(textIn(reset)).toMatch(/Saved: .*every day at 09:00, UTC/);
    expect(textIn(reset)).toContain('As in checklists.yaml');
  });

  it('says what is wrong beside its field', async () => {
    expect(await send(await form(), { zone: 'Berlin' })).toEqual({
      zone: expect.stringContaining('Did you mean Europe/Berlin?'),
    });
    expect(await send(await form(), { when: 'cron', cron: 'every day' })).toEqual({
      cron: expect.stringContaining('five fields'),
    });
    expect(await test.database.checklists.edits()).toEqual([]);
  });

  it('of two people at once the later one wins, and is told', async () => {
    const [mine, theirs] = [await form(), await form()];
    saved(await send(theirs, { time: '11:00' }, {}, 'U000000002'));
    const text = textIn(saved(await send(mine, { time: '12:00' })));
    expect(text).toMatch(/Somebody had changed it meanwhile.*Monday at 11:00.*Set in Slack by <@U000000002>/);
    expect(await test.database.checklists.edits()).toMatchObject([
      { cron: '0 12 * * 1', editedBy: 'U000000001' },
    ]);
  });

  it('pauses, leaves out and turns off', async () => {
    saved(await send(await form(), { pause: '2026-11-20' }, { days: ['mon', 'wed'], skip: ['skip'] }));
    expect(JSON.stringify(await form())).toContain('2026-11-20');
    expect(textIn(await form())).toContain('~Mon 23 Nov, 10:30 CET~ (left out) · Wed 25 Nov, 10:30 CET');
    const off = await send(await form(), { when: 'off' });
    expect(textIn(saved(off))).toContain('Off: no rounds');
    expect(textOf(await type())).toContain('paused in #ops');
  });

  it('sets the reminder: it comes once, where it was told to', async () => {
    const same = { time: '09:00', zone: 'UTC' };
    const every = { days: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] };
    const wanted = { ...same, reminder: 'channel', remind_after: '2h', remind_in: 'C0000LEADS' };
    const view = saved(await send(await form(), wanted, every));
    expect(textIn(view)).toContain('Reminder after 2h in <#C0000LEADS>');
    expect(textIn(view)).toContain('says every day at 09:00, UTC · No reminder');
    const reminders = async () => {
      await engine.settle();
      await engine.tell();
      return engine.slack.messages.filter(({ key }) => key.endsWith('/reminder'));
    };
    engine.pass(HOUR);
    expect(await reminders()).toEqual([]);
    engine.pass(2 * HOUR + 1);
    expect(await reminders()).toMatchObject([{ channel: 'C0000LEADS', threadTs: undefined }]);
    engine.pass(HOUR);
    expect(await reminders()).toHaveLength(1);
    // Off again: the next round has none.
    expect(textIn(saved(await send(await form(), same, every)))).toContain('No reminder');
    expect(await test.database.checklists.edits()).toEqual([]);
    engine.pass(21 * HOUR);
    await engine.settle();
    expect(await recent()).toMatchObject([{ remindAt: undefined }, {}]);
  });

  it('says beside its field what is wrong with a reminder', async () => {
    const wrong = { reminder: 'channel', remind_after: 'soon', remind_in: 'C000PRIVATE' };
    expect(await send(await form(), wrong)).toEqual({ remind_after: expect.stringContaining('45m, 4h') });
    expect(await send(await form(), { ...wrong, remind_after: '4h' })).toEqual({
      remind_in: expect.stringContaining('/invite'),
    });
    expect(await test.database.checklists.edits()).toEqual([]);
  });

  it('leaves what the file says to the file', async () => {
    const daily = { checklist: 'daily', on: 'every_day', at: '09:00' };
    engine.lists.schedules = schedulesOf({ ...daily, remind_after: '4h', remind_in: '#leads' });
    const view = await form();
    expect(checkView(view)).toEqual([]);
    expect(textIn(view)).toContain('"initial_value":"4h"');
    expect(textIn(view)).toContain('"initial_conversation":"C0000LEADS"');
    const asShown = { reminder: 'channel', remind_after: '4h', remind_in: 'C0000LEADS' };
    saved(await send(view, asShown));
    expect(await test.database.checklists.edits()).toMatchObject([{ reminder: undefined, keeps: undefined }]);
    engine.lists.schedules = schedulesOf({ ...daily, remind_after: '6h' });
    expect(textIn(await form())).toContain('Reminder after 6h in the thread');
  });

  it('lets one choose a list of holidays, and shows the days that are next in its zone', async () => {
    const lists = { germany: ['2026-11-02', '2026-11-03', '2026-12-25'], usa: ['2026-11-26'] };
    engine.lists.defaults = { ...engine.lists.defaults, holidays: { usual: [], lists } };
    // Still the second there, still the second in UTC.
    expect(textIn(await form())).toContain('germany: next Mon 2 Nov, Tue 3 Nov');
    const chosen = { zone: 'Pacific/Kiritimati', holidays: 'germany' };
    const all = { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] };
    const view = saved(await send(await form(), chosen, all));
    expect(textIn(view)).toContain('Holidays: germany, next Mon 2 Nov 2026, Tue 3 Nov 2026');
    expect(textIn(view)).toContain('Next: Wed 4 Nov, 10:30 GMT+14');
    // 11:00 in UTC is 1:00 of the third there; in Pago Pago the second has just begun.
    engine.pass(3 * HOUR);
    expect(textIn(await form())).toContain('germany: next Tue 3 Nov, Fri 25 Dec');
    const west = saved(await send(await form(), { ...chosen, zone: 'Pacific/Pago_Pago' }, all));
    expect(textIn(west)).toContain('Holidays: germany, next Mon 2 Nov 2026, Tue 3 Nov 2026');
    expect(textIn(west)).toContain('Next: Wed 4 Nov, 10:30 GMT-11');
    const open = await form();
    engine.lists.defaults = { ...engine.lists.defaults, holidays: { usual: [], lists: {} } };
    expect(await send(open, chosen)).toEqual({ holidays: expect.stringContaining('not in checklists.yaml') });
    expect(textIn(await form())).toContain('germany is not in checklists.yaml any more');
  });

  it('adds a schedule where there is none, and removes it', async () => {
    const list = viewOf(await press(ACTIONS.schedules));
    const add = async () => viewOf(await press(ACTIONS.scheduleAdd, valueIn(list, ACTIONS.scheduleAdd)));
    expect(checkView(await add())).toEqual([]);
    // The file writes the same channel by its name.
    expect(await send(await add(), { checklist: 'daily', channel: OPS })).toEqual({
      channel: expect.stringContaining('edit that one'),
    });
    expect(await send(await add(), { checklist: 'daily', channel: 'C000PRIVATE' })).toEqual({
      channel: expect.stringContaining('/invite'),
    });
    expect(await send(await add(), { checklist: 'gone', channel: OPS })).toEqual({
      checklist: expect.stringContaining('no such'),
    });
    const added = saved(await send(await add(), { checklist: 'weekly', channel: OPS }));
    expect(textIn(added)).toContain('<#C0000000OPS>');
    const edit = valueIn(added, ACTIONS.scheduleEdit, 1);
    const again = viewOf(await press(ACTIONS.scheduleEdit, edit));
    const removed = viewOf(await press(ACTIONS.scheduleReset, valueIn(again, ACTIONS.scheduleReset)));
    expect(textIn(removed)).toContain('does not come any more');
    // Somebody else still has the form open: what they save brings it back, and they hear of it.
    expect(textIn(viewOf(await press(ACTIONS.scheduleEdit, edit)))).toContain('not there any more');
    expect(textIn(saved(await send(again, {})))).toContain('brought it back');
  });
});
