import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHistoryHandlers } from '../../src/app/history-handlers.ts';
import { createChartRenderer } from '../../src/charts/chart-renderer.ts';
import type { Command } from '../../src/core/command.ts';
import { API, type Harness, harness } from '../engine/harness.ts';
import { expectGoodMessage } from '../slack/support/message-promises.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { silentLog } from '../support/silent-log.ts';

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;

let test: TestDatabase;
let h: Harness;
const charts = createChartRenderer({ timezone: 'UTC', log: silentLog });
beforeAll(async () => {
  test = await testDatabase();
  h = harness({ database: test.database, services: [API] });
  const at = h.clock.at;
  const samples = [];
  for (let moment = at - 14 * DAY; moment < at; moment += 5 * 60_000) {
    const base = { target: 'container:api', service: 'api', at: moment } as const;
    samples.push({
      ...base,
      metric: 'cpu_ratio',
      unit: 'ratio',
      value: moment < at - 7 * DAY ? 0.2 : 0.6,
    } as const);
    samples.push({ ...base, metric: 'memory_ratio', unit: 'ratio', value: 0.5 } as const);
  }
  await test.database.samples.add(samples);
});
afterAll(async () => {
  await charts.close();
  await test.close();
});

let asked = 0;
async function ask(command: Extract<Command, { kind: 'baseline' | 'trends' }>) {
  const handlers = createHistoryHandlers({ ...h, charts, timezone: 'UTC', log: silentLog });
  asked += 1;
  h.pass(1000);
  const answer = await handlers.onCommand(command, { triggerId: `t${asked}`, userId: 'U1', channelId: 'C1' });
  const [run] = await test.database.runs.recent({ limit: 1 });
  return { answer, run, handlers };
}

describe('/perf trends and /perf baseline', () => {
  it('tell where the numbers went, with a table and pictures in the thread', async () => {
    const { answer, run } = await ask({ kind: 'trends', days: 7, service: undefined });
    expect(answer).toEqual({ kind: 'silent' });
    expect(run).toMatchObject({ playbook: 'trends-7d', state: 'finished' });
    expect(run?.report?.verdict).toBe(
      'Biggest change in the last 7 days: CPU of api 20 % to 60 % (+40 points).',
    );
    const { from = 0, to = 0 } = run?.report?.span ?? {};
    expect(to - from).toBe(7 * DAY);
    expect(run?.report?.focus).toEqual({ kpi: 'cpu', service: 'api' });
    expect(run?.report?.charts.map(({ title }) => title)).toEqual(['CPU of api', 'Memory of api']);
    expect(
      (await test.database.runs.chart(run?.id ?? '', 'history-cpu_ratio-container-api'))?.png.length,
    ).toBeGreaterThan(1000);
    await h.tell();
    for (const { content } of h.slack.messages) expectGoodMessage(content);
    const [card] = h.slack.messages.filter(({ threadTs }) => threadTs === undefined);
    expect(card?.content.text).toContain('CPU of api 20 % to 60 %');
    const thread = h.slack.messages.filter(({ threadTs }) => threadTs === card?.ts);
    expect(thread.some(({ fileIds }) => fileIds.length === 2)).toBe(true);
    expect(thread.map(({ content }) => content.text).join('\n')).toContain('Median of the last 7 days');
  });

  it('compute usual values when asked, then tell them', async () => {
    const before = await ask({ kind: 'baseline', service: undefined, update: false });
    expect(before.run?.report?.verdict).toMatch(/^Nothing has been measured yet|^Not enough history yet/);
    const updated = await ask({ kind: 'baseline', service: undefined, update: true });
    expect(JSON.stringify(updated.answer)).toContain('2 metrics have a usual value');
    const after = await ask({ kind: 'baseline', service: 'api', update: false });
    expect(after.run?.report?.tables[0]?.rows.map((row) => row[2])).toEqual(['40 %', '50 %']);
    expect(after.run?.report?.charts[0]).toMatchObject({
      kind: 'time',
      band: { label: expect.stringMatching(/^usual/) },
    });
  });

  it('say what is usual beside a trend, and draw it', async () => {
    const { run } = await ask({ kind: 'trends', days: 7, service: 'api' });
    expect(run?.report?.tables[0]?.rows.map((row) => row.slice(1, 5))).toEqual([
      ['CPU', '60 %', '20 %', '40 %'],
      ['Memory', '50 %', '50 %', '50 %'],
    ]);
    expect(run?.report?.charts[1]).toMatchObject({ band: { label: 'usual 50 %' } });
  });

  it('ask back for a service that nobody knows', async () => {
    const { answer } = await ask({ kind: 'trends', days: 30, service: 'apu' });
    expect(JSON.stringify(answer)).toContain('Did you mean `api`');
  });

  it('are asked for again by the button of their message', async () => {
    const { handlers } = await ask({ kind: 'trends', days: 30, service: 'api' });
    h.pass(1000);
    const request = { triggerId: 'again', userId: 'U1', channelId: 'C1' };
    expect(await handlers.again({ playbook: 'high-cpu' }, request)).toBeUndefined();
    expect(await handlers.again({ playbook: 'trends-30d', service: 'api' }, request)).toEqual({
      kind: 'silent',
    });
    expect((await test.database.runs.recent({ limit: 2 })).map(({ playbook }) => playbook)).toEqual([
      'trends-30d',
      'trends-30d',
    ]);
  });
});
