import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tellRecoveries } from '../../../src/engine/alerts/tell-recoveries.ts';
import type { ChartRenderer } from '../../../src/engine/ports/renderer.ts';
import { type TestDatabase, testDatabase } from '../../support/database.ts';
import { API, alert, batch, cpuSamples, type Harness, harness, START } from '../harness.ts';

const MINUTE = 60_000;
const charts: ChartRenderer = {
  render: async (specs) =>
    specs.map(({ id, title, alt }) => ({
      id,
      title,
      alt,
      png: Buffer.from('a picture'),
      width: 1,
      height: 1,
    })),
};

let test: TestDatabase;
let engine: Harness;
beforeAll(async () => {
  test = await testDatabase();
});
beforeEach(async () => {
  await test.pool.query(
    'truncate deliveries, alert_occurrences, alert_groups, runs, outbox, channel_budgets, samples, sample_series cascade',
  );
  engine = harness({ database: test.database, services: [API], charts });
});
afterAll(() => test.close());

/** Every half minute from an hour before the alert. */
async function measure(until: number, value: (at: number) => number): Promise<void> {
  const span = { from: START - 60 * MINUTE, until: until + 1, everyMs: MINUTE / 2 };
  await test.database.samples.add(cpuSamples(span, value));
}

/** Fires for ten minutes. */
async function fireAndResolve(): Promise<void> {
  await engine.accept(batch([alert()]));
  await engine.work();
  engine.pass(10 * MINUTE);
  await engine.accept(batch([alert({ status: 'resolved', endsAt: engine.clock.at })]));
  await engine.work();
}
const worker = () => tellRecoveries({ ...engine, charts, timezone: 'UTC' });
const thread = async () => {
  await engine.tell();
  const messages = engine.slack.messages.filter(({ channel }) => channel === '#alerts');
  return messages
    .filter(({ content }) => /Back to normal|not back/.test(content.text))
    .map(({ content }) => content.text);
};

describe('after an alert', () => {
  it('tells once in its thread that the service is as it was, by whichever of two workers', async () => {
    await fireAndResolve();
    await measure(START + 14 * MINUTE, (at) => (at < START + 9 * MINUTE && at > START - MINUTE ? 0.97 : 0.2));
    await worker()();
    expect(await thread()).toEqual([]);
    engine.pass(4 * MINUTE);
    await Promise.all([worker()(), worker()()]);
    engine.pass(MINUTE);
    await worker()();
    const told = await thread();
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('Back to normal: CPU of api is 20 %, after 97 % at its worst');
    const [group] = await test.database.groups.recent({ limit: 1 });
    expect(told[0]).toContain('CPU: 20 % now, 97 % at its worst, 20 % before, target 80 %');
    expect(engine.slack.messages.find(({ fileIds }) => fileIds.length === 1)?.content.text).toContain(
      'CPU of api, before and after',
    );
    expect(group).toMatchObject({ state: 'resolved' });
  });

  it('says that it is not over when it is not', async () => {
    await fireAndResolve();
    await measure(START + 14 * MINUTE, (at) => (at > START - MINUTE ? 0.97 : 0.2));
    engine.pass(4 * MINUTE);
    await worker()();
    expect(await thread()).toEqual([
      expect.stringContaining('Resolved, but not back: CPU of api is still 97 %, target 80 %'),
    ]);
  });

  it('says nothing of what fires again, nor without values', async () => {
    await fireAndResolve();
    engine.pass(4 * MINUTE);
    await worker()();
    await measure(START + 14 * MINUTE, () => 0.97);
    await engine.accept(batch([alert({ startsAt: engine.clock.at })]));
    await engine.work();
    await worker()();
    expect(await thread()).toEqual([]);
  });
});
