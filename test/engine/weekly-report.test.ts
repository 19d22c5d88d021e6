import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHistoryHandlers } from '../../src/app/history-handlers.ts';
import { createChartRenderer } from '../../src/charts/chart-renderer.ts';
import { stableId } from '../../src/core/alert/fingerprint.ts';
import { roundKey } from '../../src/core/checklist/round.ts';
import { OTHERS } from '../../src/core/monitor/statement-deltas.ts';
import type { Report } from '../../src/core/report.ts';
import { cardKey } from '../../src/core/run.ts';
import { reportWeek } from '../../src/core/weekly-report/report-week.ts';
import { postReports } from '../../src/engine/checklists/post-reports.ts';
import { workOnChecklists } from '../../src/engine/checklists/work-on-checklists.ts';
import type { AlertGroup } from '../../src/engine/ports/group-store.ts';
import { readWeek } from '../../src/engine/weekly-report/read-week.ts';
import { expectGoodMessage } from '../slack/support/message-promises.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { silentLog } from '../support/silent-log.ts';
import { checklistHarness, checklistOf, schedulesOf } from './checklists/checklist-harness.ts';
import { API } from './harness.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** The Monday on which the round is due. */
const MONDAY = '2026-11-23T10:00:00Z';
const WEEK = reportWeek(Date.parse(MONDAY), 'Europe/Berlin');

const WEEKLY = {
  ...checklistOf('weekly', [{ id: 'read', title: 'Read the report' }]),
  report: 'week',
} as const;
const SCHEDULES = schedulesOf({
  checklist: 'weekly',
  on: ['mon'],
  at: '11:00',
  timezone: 'Europe/Berlin',
});

let test: TestDatabase;
const charts = createChartRenderer({ timezone: 'UTC', log: silentLog });
beforeAll(async () => {
  test = await testDatabase();
  await test.database.samples.add([...history()]);
  await test.database.samples.rollUp(Date.parse(MONDAY));
  for (let at = WEEK.before.from; at < WEEK.to; at += 60 * MINUTE) await addStatements(at);
  await test.database.groups.save(GROUP);
  for (const [id, wait] of [
    ['first', 80_000],
    ['again', 40 * MINUTE],
  ] as const) {
    await saveRun(id, GROUP.startedAt + wait);
  }
});
afterAll(async () => {
  await charts.close();
  await test.close();
});

/** Two weeks of a container whose CPU doubled, and of a disk that fills up. */
function* history() {
  for (let at = WEEK.before.from; at < WEEK.to; at += 5 * MINUTE) {
    const api = { target: 'container:api', service: 'api', at, unit: 'ratio' } as const;
    yield { ...api, metric: 'cpu_ratio', value: at < WEEK.from ? 0.4 : 0.9 };
    yield { ...api, metric: 'running', value: at >= WEEK.from && at < WEEK.from + 60 * MINUTE ? 0 : 1 };
    const days = (at - WEEK.before.from) / DAY;
    const host = { target: 'host:machine', service: 'machine', at, unit: 'ratio' } as const;
    yield { ...host, metric: 'disk_used_ratio', value: 0.4 + 0.02 * days };
    if (at < WEEK.from) yield { ...host, metric: 'cpu_busy_ratio', value: 0.1 };
    yield { ...host, metric: 'disk_used_ratio', label: '/', value: 0.4 + 0.02 * days };
    yield { ...host, metric: 'disk_used_ratio', label: '/var/lib', value: 0.1 };
    const web = {
      target: 'http:api',
      service: 'api',
      at,
      unit: 'ms',
      metric: 'response_time_p50_ms',
    } as const;
    yield { ...web, label: 'GET /items', value: at < WEEK.from ? 100 : 300 };
    yield { ...web, label: 'GET /orders', value: 50 };
  }
}

/** Each hour a quarter for one statement and half for the others; from this week on a new one takes its half from them. */
async function addStatements(at: number): Promise<void> {
  const done = (queryid: string, totalMs: number) => ({
    database: 'shop',
    queryid,
    calls: 10,
    totalMs,
    rows: 10,
  });
  await test.database.statements.makeRoom(at, at);
  await test.database.statements.add({
    target: 'postgres:db',
    service: 'db',
    at,
    statements: [
      done('1', 5000),
      done(OTHERS, at < WEEK.from ? 15_000 : 5000),
      ...(at < WEEK.from ? [] : [done('2', 10_000)]),
    ],
    texts: new Map([
      ['1', 'select * from orders where customer = $1'],
      ['2', 'select * from carts where owner = $1'],
    ]),
  });
}

const GROUP: AlertGroup = {
  id: 'g1',
  identity: 'perfbot/cpu',
  sender: 'perfbot',
  title: 'HighCPUUsage',
  severity: 'critical',
  service: 'api',
  playbook: 'high-cpu',
  state: 'resolved',
  channel: '#ops',
  labels: {},
  annotations: {},
  links: [],
  firing: 0,
  resolved: 1,
  truncated: 0,
  startedAt: WEEK.from + DAY,
  resolvedAt: WEEK.from + DAY + 45 * MINUTE,
  acknowledgedBy: undefined,
  acknowledgedAt: undefined,
  reopened: 0,
  lastRunId: 'again',
  version: 1,
};

async function saveRun(id: string, finishedAt: number): Promise<void> {
  const cause = {
    id: 'container.cpu_throttled',
    title: `CPU limit too low (${id})`,
    service: 'api',
    summary: '',
    confidence: 0.9,
    evidence: [],
    against: [],
    advice: [],
  };
  await test.database.runs.create({
    id,
    playbook: 'high-cpu',
    service: 'api',
    trigger: { kind: 'alert', groupId: 'g1' },
    state: 'queued',
    createdAt: finishedAt - 5000,
    deadlineAt: finishedAt,
    finishedAt: undefined,
    report: undefined,
    failure: undefined,
  });
  await test.database.runs.finish(id, { causes: [cause] } as unknown as Report, finishedAt);
}

function engineWith({ weeks = test.database.weeks }: { readonly weeks?: typeof test.database.weeks } = {}) {
  const engine = checklistHarness({
    database: test.database,
    at: '2026-11-23T09:00:00Z',
    checklists: [WEEKLY],
    schedules: SCHEDULES,
  });
  const read = (runId: string, service?: string) =>
    readWeek(
      { ...engine, ...test.database, weeks, timezone: 'UTC' },
      { runId, at: Date.parse(MONDAY), timezone: 'Europe/Berlin', service, services: [API] },
    );
  const post = postReports({ ...engine, charts, weeklyReport: (_round, runId) => read(runId) });
  return { engine, read, look: workOnChecklists(engine, [post]) };
}

describe('the weekly report', () => {
  it('tells the week from what is stored, in the zone of its channel', async () => {
    const { baselines } = test.database;
    const cpu = (await baselines.series()).find(({ metric }) => metric === 'cpu_ratio');
    const usual = { slot: -1, median: 0.65, mad: 0.02, points: 4000, weeks: 2 };
    await baselines.replace(cpu?.id ?? 0, [usual], WEEK.to);
    const report = await engineWith().read('r1');
    expect(report.title).toBe('Weekly report, week 47, 16 to 22 November');
    expect(report.span).toEqual({ from: WEEK.from, to: WEEK.to });
    expect(report.focus).toEqual({ kpi: 'cpu', service: 'api' });
    expect(report.verdict).toBe('6 things got worse this week');
    expect(report.digest?.lines).toEqual([
      'Error budget of api is spent: away 60 min, 10 min allowed (99.4 % available)',
      'Disk / of machine 67.1 % used, full in 16 days (16 to 16)',
      'CPU (p95) of api 90 %, last week 40 %, target 80 %',
      '1 incident, last week 0; worst: HighCPUUsage of api for 45 min, because CPU limit too low (first)',
      'GET /items of api 300 ms, last week 100 ms',
      'New statement takes 50 % of the time of db, mean 1 s: select * from carts where owner = $1',
    ]);
    const tables = Object.fromEntries(report.tables.map(({ name, rows }) => [name, rows]));
    expect(tables.kpis).toEqual([
      ['api', 'CPU (p95)', '90 %', '40 %', '65 %', '+50 points', '80 % missed'],
      ['machine', 'CPU (p95)', 'not measured', '10 %', 'not enough history', 'too little history', '80 %'],
    ]);
    expect(tables.slow_endpoints?.map((row) => row.slice(1, 6))).toEqual([
      ['GET /items', '300 ms', '300 ms', '100 ms', '×3'],
      ['GET /orders', '50 ms', '50 ms', '50 ms', 'same'],
    ]);
    expect(tables.slow_statements?.map((row) => [row[1], row[2], row[3], row[8]])).toEqual([
      ['28 min', '50 %', 'new', 'select * from carts where owner = $1'],
      ['14 min', '25 %', 'same', 'select * from orders where customer = $1'],
    ]);
    expect(tables.capacity?.map((row) => row.slice(1, 3))).toEqual([
      ['Disk /', '67 %'],
      ['Disk /var/lib', '10 %'],
    ]);
    expect(tables.incidents).toEqual([
      ['api', 'HighCPUUsage', '1', '45 min', 'CPU limit too low (first)', '80 s'],
    ]);
    expect(report.charts[0]).toMatchObject({ band: { label: 'usual 59.1 % – 70.9 %' } });
    expect(report.charts.map(({ id }) => id)).toEqual([
      'week-cpu_ratio-container-api',
      'week-error-budget',
      'week-endpoints',
      'week-statements',
      expect.stringMatching(/^forecast-disk_used_ratio-host-machine-h\w{8}$/),
      'week-incidents',
    ]);
    expect(JSON.stringify(report)).not.toMatch(/NaN|Infinity/);
  });

  it('is told of one service when asked for one', async () => {
    const report = await engineWith().read('r2', 'machine');
    expect(report.tables.map(({ name }) => name)).toEqual(['kpis', 'capacity']);
    expect(report.unavailable.map(({ probe }) => probe)).toContain('availability');
  });

  it('says why a part is missing, and tells the others', async () => {
    const broken = {
      ...test.database.weeks,
      incidents: () => Promise.reject(new Error('canceling statement due to statement timeout')),
    };
    const report = await engineWith({ weeks: broken }).read('r3');
    expect(report.unavailable).toContainEqual(
      expect.objectContaining({ probe: 'incidents', reason: expect.stringContaining('log says why') }),
    );
    expect(report.tables.map(({ name }) => name)).toEqual([
      'kpis',
      'availability',
      'slow_endpoints',
      'slow_statements',
      'capacity',
    ]);
  });

  it('is posted once with its round, whatever asks how often', async () => {
    const { engine, look } = engineWith();
    await look();
    engine.pass(60 * MINUTE + 10_000);
    await Promise.all([look(), look(), look()]);
    await look();
    await engine.tell();
    const [round] = await test.database.checklists.recent({ limit: 1 });
    const runId = stableId('weekly-report', round?.id ?? '');
    const roots = engine.slack.messages.filter(({ threadTs }) => threadTs === undefined);
    expect(roots.map(({ key }) => key)).toEqual([roundKey(round?.id ?? ''), cardKey({ kind: 'run', runId })]);
    for (const { content } of engine.slack.messages) expectGoodMessage(content);
    const [, card] = roots;
    expect(card?.content.text).toContain('6 things got worse this week');
    expect(card?.content.blocks.filter(({ type }) => type === 'table')).toHaveLength(1);
    const thread = engine.slack.messages.filter(({ threadTs }) => threadTs === card?.ts);
    // Six pictures; no table is so wide that a file must have the rest.
    expect(thread.flatMap(({ fileIds }) => fileIds)).toHaveLength(6);
    expect(await test.database.runs.get(runId)).toMatchObject({
      playbook: 'trends-week',
      state: 'finished',
      trigger: { kind: 'checklist', roundId: round?.id },
    });
    // A round of yesterday that has no report gets none any more.
    await test.pool.query('delete from runs where id = $1', [runId]);
    engine.pass(DAY + MINUTE);
    await look();
    expect(await test.database.runs.exists(runId)).toBe(false);
  });

  it('comes when somebody asks for it, and again by its button', async () => {
    const { engine } = engineWith();
    const handlers = createHistoryHandlers({
      ...engine,
      charts,
      timezone: 'Europe/Berlin',
    });
    const request = { triggerId: 'w1', userId: 'U1', channelId: 'C1' };
    expect(await handlers.onCommand({ kind: 'weekly_report', service: undefined }, request)).toEqual({
      kind: 'silent',
    });
    expect(await handlers.again({ playbook: 'trends-week' }, { ...request, triggerId: 'w2' })).toEqual({
      kind: 'silent',
    });
    for (const id of ['w1', 'w2']) {
      const run = await test.database.runs.get(stableId('history', id));
      expect(run?.report?.title).toBe('Weekly report, week 47, 16 to 22 November');
    }
  });
});
