import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { roundKey } from '../../../src/core/checklist/round.ts';
import { askForRound } from '../../../src/engine/checklists/ask-for-round.ts';
import { assignItem, pressTicks, writeNote } from '../../../src/engine/checklists/change-item.ts';
import { linkEvidence } from '../../../src/engine/checklists/link-evidence.ts';
import { setSchedules } from '../../../src/engine/checklists/set-schedule.ts';
import { type TestDatabase, testDatabase } from '../../support/database.ts';
import { checklistHarness, checklistOf, DAILY, schedulesOf } from './checklist-harness.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase();
});
beforeEach(async () => {
  await test.pool.query(
    'truncate checklist_rounds, checklist_schedules, checklist_presses, checklist_edits, runs, outbox, channel_budgets cascade',
  );
});
afterAll(() => test.close());

const NINE = schedulesOf({ checklist: 'daily', on: 'weekdays', at: '09:00', remind_after: '4h' });
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
// A Monday, an hour before the checklist is due.
const engineAt = (at = '2026-11-02T08:00:00Z', schedules = NINE) =>
  checklistHarness({ database: test.database, at, schedules });
const recent = () => test.database.checklists.recent({ limit: 50 });
const newest = async () => {
  const [round] = await recent();
  if (round === undefined) throw new Error('no round');
  return round;
};

describe('a round', () => {
  it('arrives with the work done and its evidence in the thread', async () => {
    const engine = engineAt();
    await engine.settle();
    expect(await recent()).toEqual([]);
    engine.pass(HOUR + 10_000);
    await engine.settle();
    const round = await newest();
    expect(round).toMatchObject({ state: 'open', missed: 0, dueAt: Date.parse('2026-11-02T09:00:00Z') });
    expect(round.items).toMatchObject([
      { id: 'cpu', checked: true, filling: { severity: 'ok', numbers: [{ value: 0.5 }] } },
      { id: 'write', checked: false },
    ]);
    expect(round.items[0]?.checkedBy).toBeUndefined();
    await engine.tell();
    const card = engine.slack.messages.find(({ key }) => key === roundKey(round.id));
    expect(card?.content.metadata.event_type).toBe('perfbot_checklist');
    expect(card?.content.text).toContain('1 of 2 done by perfbot');
    const thread = engine.slack.messages.filter(({ threadTs }) => threadTs === card?.ts);
    const linkTo = async ({ ts }: { ts: string }) => `https://slack.example/${ts}`;
    await linkEvidence({ ...engine, linkTo })();
    expect((await newest()).items[0]?.filling?.evidence).toEqual([
      { title: 'Look at it', url: `https://slack.example/${thread[0]?.ts}` },
    ]);
    // Several reports stand in one thread: each says what it is.
    expect(thread[0]?.content.text).toMatch(/^Look/);
    expect(engine.slack.messages.filter(({ threadTs }) => threadTs === undefined)).toHaveLength(1);
  });

  it('leaves open what is off, and what could not be measured', async () => {
    const engine = engineAt();
    await engine.settle();
    engine.load.value = 0.95;
    engine.pass(HOUR);
    await engine.settle();
    expect((await newest()).items[0]).toMatchObject({ checked: false, filling: { severity: 'critical' } });
    engine.load.value = undefined;
    engine.pass(DAY);
    await engine.settle();
    expect((await newest()).items[0]).toMatchObject({ checked: false, filling: { severity: 'unknown' } });
  });

  it('is filled by a probe alone, with the checks that a playbook has for it', async () => {
    const items = [
      { id: 'load', title: 'Load', fill: { probes: ['host.load'] } },
      { id: 'gone', title: 'Gone', fill: { probes: ['host.nothing'] } },
    ];
    const engine = checklistHarness({
      database: test.database,
      at: '2026-11-02T08:00:00Z',
      schedules: NINE,
      checklists: [checklistOf('daily', items)],
    });
    await engine.settle();
    engine.load.value = 0.95;
    engine.pass(HOUR);
    await engine.settle();
    expect(await newest()).toMatchObject({
      state: 'open',
      runs: [{ playbook: 'host.load' }],
      items: [
        { filling: { severity: 'critical', numbers: [{ value: 0.95, threshold: 0.9 }] } },
        { filling: { severity: 'unknown', remarks: [expect.stringContaining('The probe host.nothing')] } },
      ],
    });
  });

  it('compares with the last one and carries over what was open', async () => {
    const engine = engineAt();
    await engine.settle();
    engine.pass(HOUR);
    await engine.settle();
    const first = await newest();
    await writeNote(engine)({ roundId: first.id, position: 1, text: 'tomorrow', userId: 'U1' });
    engine.load.value = 0.6;
    engine.pass(DAY);
    await engine.settle();
    const second = await newest();
    expect(second.items).toMatchObject([
      { filling: { numbers: [{ value: 0.6, before: 0.5 }] } },
      { openSince: first.dueAt, note: 'tomorrow', notedBy: 'U1' },
    ]);
    expect(second.items[0]?.openSince).toBeUndefined();
    expect(await test.database.checklists.round(first.id)).toMatchObject({ state: 'replaced' });
    engine.pass(DAY);
    await engine.settle();
    expect((await newest()).items[1]?.openSince).toBe(first.dueAt);
  });

  it('has the owners of its checklist, and whom people gave open items to', async () => {
    const owned = checklistOf('daily', [
      { id: 'gone', title: 'Done by its owner', owner: 'U000000001' },
      { id: 'kept', title: 'Left open', owner: 'U000000001' },
      { id: 'free', title: 'Taken from its owner', owner: 'U000000001' },
    ]);
    const engine = checklistHarness({
      database: test.database,
      at: '2026-11-02T08:00:00Z',
      schedules: NINE,
      checklists: [owned],
    });
    await engine.settle();
    engine.pass(HOUR);
    await engine.settle();
    const first = await newest();
    expect(first.items.map(({ owner }) => owner)).toEqual(['U000000001', 'U000000001', 'U000000001']);
    const give = (position: number, owner?: string) =>
      assignItem(engine)({ roundId: first.id, position, owner, userId: 'U000000009' });
    expect(await give(0, 'U000000002')).toBe('changed');
    expect(await give(0, 'U000000002')).toBe('same');
    await give(1, 'U000000002');
    await give(2);
    await pressTicks(engine)({
      roundId: first.id,
      element: 'e',
      positions: [0],
      shown: [],
      ticked: [0],
      userId: 'U1',
    });
    engine.pass(DAY);
    await engine.settle();
    expect((await newest()).items.map(({ owner }) => owner)).toEqual(['U000000001', 'U000000002', undefined]);
  });

  it('is made up for once after downtime, late, and says so', async () => {
    const engine = engineAt();
    await engine.settle();
    engine.pass(2 * DAY + 4 * HOUR);
    await engine.settle();
    await engine.settle();
    const rounds = await recent();
    expect(rounds).toHaveLength(1);
    expect(rounds[0]).toMatchObject({ missed: 2, dueAt: Date.parse('2026-11-04T09:00:00Z') });
    await engine.tell();
    const [card] = engine.slack.messages;
    expect(card?.content.text).toMatch(/Late: it was due .* 3 h later/);
    expect(card?.content.text).toContain('2 earlier rounds were missed');
  });

  it('is posted at nothing but its time, also when its schedule is new', async () => {
    const engine = engineAt('2026-11-02T15:00:00Z');
    await engine.settle();
    await engine.settle();
    expect(await recent()).toEqual([]);
  });

  it('ends also when a run is lost or its playbook is gone', async () => {
    const engine = engineAt();
    await engine.settle();
    engine.pass(HOUR);
    await engine.look();
    const round = await newest();
    expect(round.state).toBe('filling');
    const [run] = round.runs;
    await test.database.runs.fail(run?.runId ?? '', 'nobody could', engine.clock.at);
    await engine.look();
    expect(await newest()).toMatchObject({
      state: 'open',
      items: [{ filling: { severity: 'unknown', remarks: [expect.stringContaining('nobody could')] } }, {}],
    });
    engine.list.length = 0;
    engine.pass(DAY);
    await engine.settle();
    expect((await newest()).items[0]?.filling?.remarks.join()).toContain('no such playbook');
  });
});

describe('schedules', () => {
  it('can be paused and resumed without making up for what was missed', async () => {
    const engine = engineAt();
    await engine.settle();
    await setSchedules(engine)({ schedules: NINE, change: 'pause', userId: 'U1' });
    engine.pass(2 * DAY);
    await engine.settle();
    expect(await recent()).toEqual([]);
    await setSchedules(engine)({ schedules: NINE, change: 'resume', userId: 'U1' });
    await engine.settle();
    expect(await recent()).toEqual([]);
    engine.pass(DAY);
    await engine.settle();
    expect(await recent()).toMatchObject([{ missed: 0 }]);
  });

  it('can leave out the next round, once', async () => {
    const engine = engineAt();
    await engine.settle();
    await setSchedules(engine)({ schedules: NINE, change: 'skip', userId: 'U1' });
    engine.pass(HOUR);
    await engine.settle();
    expect(await recent()).toEqual([]);
    engine.pass(DAY);
    await engine.settle();
    expect(await recent()).toHaveLength(1);
    expect(engine.due).toEqual(['skipped', 'posted']);
  });
});

describe('the reminder', () => {
  const reminders = async (engine: ReturnType<typeof engineAt>) => {
    await engine.tell();
    return engine.slack.messages.filter(({ key }) => key.endsWith('/reminder'));
  };

  it('comes once, in the thread, with what is open', async () => {
    const engine = engineAt();
    await engine.settle();
    engine.pass(HOUR);
    await engine.settle();
    engine.pass(4 * HOUR - 60_000);
    await engine.settle();
    expect(await reminders(engine)).toEqual([]);
    engine.pass(HOUR);
    await engine.settle();
    await engine.settle();
    const [reminder, ...more] = await reminders(engine);
    expect(more).toEqual([]);
    expect(reminder?.content.text).toContain('Write it down');
    expect(reminder?.content.text).not.toContain('CPU');
    expect(reminder?.threadTs).toBeDefined();
  });

  it('comes once also when several workers look at once, and not for a round that was replaced', async () => {
    const engine = engineAt();
    await engine.settle();
    engine.pass(HOUR);
    await engine.settle();
    engine.pass(4 * HOUR);
    await Promise.all([engine.look(), engine.look(), engine.look()]);
    expect(await reminders(engine)).toHaveLength(1);
    engine.pass(20 * HOUR);
    await engine.settle();
    const [before] = await recent();
    const request = { checklist: DAILY, channel: '#ops', userId: 'U1', timezone: 'UTC', fresh: true };
    const { round } = await askForRound(engine)({ ...request, id: 'again' });
    expect(round.remindAt).toBe(before?.remindAt);
    engine.pass(10 * HOUR);
    await engine.settle();
    const [, second, ...more] = await reminders(engine);
    expect(second?.key).toContain(round.id);
    expect(more).toEqual([]);
    // Nothing to take over any more: what the schedule of the channel says counts.
    const { round: third } = await askForRound(engine)({ ...request, id: 'third' });
    expect(third.remindAt).toBe(engine.clock.at + 4 * HOUR);
    const { round: elsewhere } = await askForRound(engine)({ ...request, channel: '#other', id: 'fourth' });
    expect(elsewhere.remindAt).toBeUndefined();
  });

  it('does not come when everything is done', async () => {
    const engine = engineAt();
    await engine.settle();
    engine.pass(HOUR);
    await engine.settle();
    const { id } = await newest();
    await pressTicks(engine)({
      roundId: id,
      element: 'e',
      positions: [0, 1],
      shown: [0],
      ticked: [0, 1],
      userId: 'U1',
    });
    engine.pass(5 * HOUR);
    await engine.settle();
    expect(await reminders(engine)).toEqual([]);
  });
});

describe('ticks', () => {
  async function open() {
    const engine = engineAt();
    await engine.settle();
    engine.pass(HOUR);
    await engine.settle();
    const { id } = await newest();
    const press = (userId: string, shown: readonly number[], ticked: readonly number[], element = 'e1') =>
      pressTicks(engine)({ roundId: id, element, positions: [0, 1], shown, ticked, userId });
    const ticked = async () =>
      (await newest()).items.map(({ checked, checkedBy }) => checked && (checkedBy ?? 'bot'));
    return { engine, id, press, ticked };
  }

  it('keep who and when, and change only what was pressed', async () => {
    const { engine, press, ticked } = await open();
    expect(await press('U1', [0], [0, 1])).toBe('changed');
    expect(await ticked()).toEqual(['bot', 'U1']);
    expect((await newest()).items[1]?.checkedAt).toBe(engine.clock.at);
    expect(await press('U1', [0], [0, 1])).toBe('same');
  });

  it('of two people who both look at an old message both count', async () => {
    const { press, ticked } = await open();
    await press('U1', [0], [0, 1]);
    // U2 sees neither tick of U1, and takes away perfbot's.
    await press('U2', [0], []);
    expect(await ticked()).toEqual([false, 'U1']);
  });

  it('of several people in the same moment all count, each one item', async () => {
    const { press, ticked } = await open();
    // The same two boxes, pressed at once from the same view: U1 ticks the second, U2 unticks the first, U3 repeats U1.
    const results = await Promise.all([
      press('U1', [0], [0, 1]),
      press('U2', [0], []),
      press('U3', [0], [0, 1]),
      press('U4', [0], [0]),
    ]);
    expect(results.filter((result) => result === 'changed')).toHaveLength(2);
    const [first, second] = await ticked();
    expect(first).toBe(false);
    expect(['U1', 'U3']).toContain(second);
  });

  it('and notes and owners in the same moment do not undo each other', async () => {
    const { engine, id, press } = await open();
    await Promise.all([
      press('U1', [0], [0, 1]),
      writeNote(engine)({ roundId: id, position: 1, text: 'a note', userId: 'U2' }),
      assignItem(engine)({ roundId: id, position: 1, owner: 'U000000003', userId: 'U3' }),
      engine.look(),
    ]);
    expect((await newest()).items[1]).toMatchObject({
      checked: true,
      checkedBy: 'U1',
      note: 'a note',
      owner: 'U000000003',
    });
  });

  it('of one person who is faster than the message all count', async () => {
    const { press, ticked } = await open();
    await press('U1', [0], [0, 1]);
    await press('U1', [0], [0]);
    expect(await ticked()).toEqual(['bot', false]);
  });

  it('give the message a new revision, and end with the round', async () => {
    const { engine, id, press } = await open();
    const before = await newest();
    await press('U1', [0], [0, 1]);
    expect((await newest()).revision).toBe(before.revision + 1);
    engine.pass(DAY);
    await engine.settle();
    expect(await press('U1', [], [1])).toBe('replaced');
    expect(
      await pressTicks(engine)({
        roundId: 'gone',
        element: 'e',
        positions: [0],
        shown: [],
        ticked: [0],
        userId: 'U',
      }),
    ).toBe('unknown');
    expect(await writeNote(engine)({ roundId: id, position: 0, text: 'x', userId: 'U1' })).toBe('replaced');
  });

  it('of a person stand when the runs end later', async () => {
    const engine = engineAt();
    await engine.settle();
    engine.pass(HOUR);
    await engine.look();
    const { id } = await newest();
    const press = (ticked: readonly number[]) =>
      pressTicks(engine)({ roundId: id, element: 'e', positions: [0, 1], shown: [], ticked, userId: 'U1' });
    await press([0]);
    await press([]);
    await engine.settle();
    expect((await newest()).items[0]).toMatchObject({
      checked: false,
      checkedBy: 'U1',
      filling: { severity: 'ok' },
    });
  });
});

describe('a round that somebody asks for', () => {
  const request = { checklist: DAILY, channel: 'C1', userId: 'U1', timezone: 'UTC' };

  it('is posted once a day, or when a new one is wanted, and once for the same request', async () => {
    const engine = engineAt(undefined, []);
    const ask = askForRound(engine);
    expect(await ask({ ...request, fresh: false, id: 't1' })).toMatchObject({ posted: true });
    expect(await ask({ ...request, fresh: false, id: 't2' })).toMatchObject({ posted: false });
    expect(await ask({ ...request, fresh: true, id: 't3' })).toMatchObject({ posted: true });
    expect(await ask({ ...request, fresh: true, id: 't3' })).toMatchObject({ posted: false });
    expect(await ask({ ...request, channel: 'C2', fresh: false, id: 't4' })).toMatchObject({ posted: true });
    engine.pass(DAY);
    expect(await ask({ ...request, fresh: false, id: 't5' })).toMatchObject({ posted: true });
    expect((await recent()).map(({ channel, state }) => `${channel} ${state}`).sort()).toEqual([
      'C1 filling',
      'C1 replaced',
      'C1 replaced',
      'C2 filling',
    ]);
  });
});
