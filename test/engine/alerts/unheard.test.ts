import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseMatchers } from '../../../src/core/alert/matcher.ts';
import { type TestDatabase, testDatabase } from '../../support/database.ts';
import { API, alert, batch, type Harness, HOST, harness, START } from '../harness.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TOLD = 'Not heard of for 24 h: counted as ended, not known to be resolved';

let test: TestDatabase;
let engine: Harness;
beforeAll(async () => {
  test = await testDatabase();
});
beforeEach(async () => {
  await test.pool.query(
    'truncate deliveries, alert_occurrences, alert_groups, runs, outbox, channel_budgets, silences, held_alerts, upkeep cascade',
  );
  engine = harness({ database: test.database, services: [API, HOST] });
  await engine.endUnheard();
});
afterAll(() => test.close());

type Overrides = Parameters<typeof batch>[1];
async function arrive(alerts: Parameters<typeof batch>[0], overrides: Overrides = {}): Promise<void> {
  await engine.accept(batch(alerts, overrides));
  await engine.work();
}
/** Time in which perfbot listens and nobody speaks. */
async function quiet(ms: number): Promise<void> {
  engine.pass(ms);
  await test.database.upkeep.done('unheard alerts', engine.clock.at - MINUTE);
}
const groups = () => test.database.groups.recent({ limit: 10 });
const states = async () => (await groups()).map(({ state, unheardMs }) => [state, unheardMs]);
async function told(): Promise<readonly string[]> {
  await engine.tell();
  return engine.slack.messages
    .filter(({ channel }) => channel === '#alerts')
    .map(({ content }) => content.text);
}

describe('an alert that nobody speaks of', () => {
  it('counts as ended after 24 h, once by several workers, and says that nobody knows', async () => {
    await arrive([alert()]);
    await told();
    await quiet(DAY);
    await engine.endUnheard();
    expect(await states()).toEqual([['firing', undefined]]);
    await quiet(MINUTE);
    const others = [1, 2].map(() => harness({ database: test.database }));
    for (const other of others) other.clock.at = engine.clock.at;
    await Promise.all([engine, ...others].map((worker) => worker.endUnheard()));
    const [group] = await groups();
    expect(group).toMatchObject({
      state: 'resolved',
      firing: 0,
      unheardMs: DAY,
      resolvedAt: START,
      version: 2,
    });
    const [card, ...thread] = await told();
    expect(card).toContain('Not heard of · High cpu · api');
    expect(card).toContain(TOLD);
    expect(card).not.toContain('Resolved');
    expect(thread.filter((text) => text.includes(TOLD))).toHaveLength(1);
    expect(await test.database.groups.recent({ state: 'firing', limit: 10 })).toEqual([]);
    const week = { from: START - DAY, to: engine.clock.at, limit: 10 };
    expect(await test.database.weeks.incidents(week)).toMatchObject([{ resolvedAt: START }]);
    await quiet(MINUTE);
    await engine.endUnheard();
    expect((await groups())[0]?.version).toBe(2);
  });

  it('goes on firing while its sender repeats it', async () => {
    for (let repeat = 0; repeat < 8; repeat += 1) {
      await arrive([alert()]);
      await quiet(4 * HOUR);
      await engine.endUnheard();
    }
    expect(await states()).toEqual([['firing', undefined]]);
  });

  it('opens as usual when it comes again, also with the same start, and is resolved as usual', async () => {
    await arrive([alert()]);
    await quiet(DAY + MINUTE);
    await engine.endUnheard();
    await arrive([alert()]);
    expect(await states()).toEqual(
      expect.arrayContaining([
        ['firing', undefined],
        ['resolved', DAY],
      ]),
    );
    const [open] = await test.database.groups.recent({ state: 'firing', limit: 10 });
    expect(open?.lastRunId).toBeDefined();
    await arrive([alert({ status: 'resolved', endsAt: engine.clock.at })]);
    expect(await test.database.groups.get(open?.id ?? '')).toMatchObject({ state: 'resolved', resolved: 1 });
  });

  it('is not lost when its sender speaks in the same moment', async () => {
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const mine = { groupKey: `group ${attempt}` };
      const one = alert({ fingerprint: `f${attempt}` });
      await arrive([one], mine);
      await quiet(DAY + MINUTE);
      await Promise.all([engine.accept(batch([one], mine)), engine.endUnheard()]);
      await engine.work();
      const firing = await test.database.groups.recent({ state: 'firing', limit: 10 });
      expect(firing, `attempt ${attempt}`).toHaveLength(1);
      await arrive([{ ...one, status: 'resolved', endsAt: engine.clock.at }], mine);
    }
  });

  it('leaves the others of its group alone', async () => {
    const other = alert({ fingerprint: 'f2' });
    await arrive([alert(), other]);
    for (let repeat = 0; repeat < 7; repeat += 1) {
      await quiet(4 * HOUR);
      await arrive([other]);
    }
    await engine.endUnheard();
    expect(await groups()).toMatchObject([{ state: 'firing', firing: 1, resolved: 0 }]);
    expect((await told()).filter((text) => text.includes(`1 of 2 alerts: ${TOLD}`))).toHaveLength(1);
    await arrive([alert(), other]);
    expect(await groups()).toMatchObject([{ state: 'firing', firing: 2, resolved: 0 }]);
  });

  it('may be one that its sender left out of the delivery for want of room', async () => {
    await arrive([alert(), alert({ fingerprint: 'f2' })], { truncatedAlerts: 3 });
    for (let repeat = 0; repeat < 7; repeat += 1) {
      await quiet(4 * HOUR);
      await arrive([alert()], { truncatedAlerts: 4 });
    }
    await engine.endUnheard();
    expect(await groups()).toMatchObject([{ state: 'firing', firing: 2 }]);
    await quiet(DAY + MINUTE);
    await engine.endUnheard();
    expect(await states()).toEqual([['resolved', DAY]]);
  });

  it('of a sender that was never heard to repeat itself waits a week', async () => {
    await arrive([alert()], { sender: 'generic' });
    await quiet(6 * DAY);
    await engine.endUnheard();
    expect(await states()).toEqual([['firing', undefined]]);
    await quiet(DAY + MINUTE);
    await engine.endUnheard();
    expect(await states()).toEqual([['resolved', 7 * DAY]]);
    expect((await told())[0]).toContain('Not heard of for 7 d: counted as ended, not known to be resolved');
  });

  it('of a sender that has repeated it waits 24 h, whoever it is', async () => {
    await arrive([alert()], { sender: 'generic' });
    await arrive([alert()], { sender: 'generic' });
    await quiet(DAY + MINUTE);
    await engine.endUnheard();
    expect(await states()).toEqual([['resolved', DAY]]);
  });

  it('of the monitor itself is left to the monitor', async () => {
    await arrive([alert()], { sender: 'perfbot' });
    await quiet(30 * DAY);
    await engine.endUnheard();
    expect(await states()).toEqual([['firing', undefined]]);
  });

  it('is not missed for the time that perfbot was away', async () => {
    await arrive([alert()]);
    engine.pass(3 * DAY);
    await engine.endUnheard();
    await quiet(DAY - MINUTE);
    await engine.endUnheard();
    expect(await states()).toEqual([['firing', undefined]]);
    await quiet(2 * MINUTE);
    await engine.endUnheard();
    expect(await states()).toEqual([['resolved', DAY]]);
  });

  it('is not told at the end of a silence either', async () => {
    const matchers = parseMatchers('service=api');
    if ('problem' in matchers) throw new Error(matchers.problem);
    const wish = { id: 's1', durationMs: 3 * DAY, userId: 'U012AB3CD', channel: 'C1', reason: 'deploy' };
    await engine.silences.add({ ...wish, matchers });
    await arrive([alert(), alert({ fingerprint: 'f2' })]);
    await quiet(2 * DAY);
    await arrive([alert({ fingerprint: 'f2' })]);
    await engine.endUnheard();
    expect(await test.database.silences.heldCount()).toBe(1);
    await quiet(DAY);
    await engine.endSilences();
    await engine.work();
    expect(await groups()).toMatchObject([{ state: 'firing', firing: 1 }]);
  });
});
