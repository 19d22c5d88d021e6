import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { toAnyProbe } from '../../../src/engine/any-probe.ts';
import { MONITORED } from '../../../src/engine/monitor/monitored.ts';
import type { Database } from '../../../src/engine/ports/stores.ts';
import { collectEvidence } from '../../../src/engine/runs/collect-evidence.ts';
import { createDatabase, createPool } from '../../../src/storage/database.ts';
import { type TestDatabase, testDatabase } from '../../support/database.ts';
import { probeCatalogue } from '../../support/probe-catalogue.ts';
import { silentLog } from '../../support/silent-log.ts';
import { HOST, harness, playbook } from '../harness.ts';

const LOOK_MS = 400;
const HEAVY = playbook('heavy', {
  title: 'Heavy look',
  description: 'For tests',
  steps: [{ title: 'Load', probes: [{ probe: 'host.heavy', on: 'all' }] }],
});

let test: TestDatabase;
let pools: readonly ReturnType<typeof createPool>[];
let workers: readonly Database[];

beforeAll(async () => {
  test = await testDatabase();
  const { connectionString } = test;
  pools = [3, 3].map((max) => createPool({ connectionString, max, log: silentLog }));
  workers = pools.map((pool) => createDatabase({ pool }));
});
beforeEach(() => test.pool.query('truncate runs, outbox cascade'));
afterAll(async () => {
  for (const pool of pools) await pool.end();
  await test.close();
});

/** A heavy probe that writes down how many of its kind are at the target at once, whichever worker runs them. */
function recordingProbe(timeoutMs: number) {
  const record = { at: 0, most: 0, looks: 0 };
  const probe = toAnyProbe({
    name: 'host.heavy',
    title: 'Heavy',
    targetKind: 'host',
    cost: 'heavy',
    timeoutMs,
    params: z.object({}),
    async collect({ signal }) {
      record.at += 1;
      record.looks += 1;
      record.most = Math.max(record.most, record.at);
      await pause(LOOK_MS, undefined, { signal }).finally(() => {
        record.at -= 1;
      });
      return { metrics: [{ name: 'load', value: 1, unit: 'count' }] };
    },
  });
  return { record, probe };
}

/** Two runs at once, each taken by a worker of its own. */
async function twoRuns(timeoutMs: number) {
  const { record, probe } = recordingProbe(timeoutMs);
  await Promise.all(
    workers.map(async (database, index) => {
      const engine = harness({ database, services: [HOST], probes: [probe], playbooks: [HEAVY] });
      const { clock } = engine;
      await database.runs.create({
        id: `run-${index}`,
        playbook: 'heavy',
        service: undefined,
        trigger: { kind: 'command', userId: 'U1', channel: 'C1' },
        state: 'queued',
        createdAt: clock.at,
        deadlineAt: clock.at + 60_000,
        finishedAt: undefined,
        report: undefined,
        failure: undefined,
      });
      await engine.startRun(`run-${index}`);
      await engine.work();
    }),
  );
  const runs = await Promise.all(['run-0', 'run-1'].map((id) => test.database.runs.get(id)));
  return { record, reports: runs.map((run) => run?.report) };
}

describe('a heavy probe', () => {
  it('never looks at a target that another run looks at, on two workers', async () => {
    const { record, reports } = await twoRuns(30_000);
    expect(record).toEqual({ at: 0, most: 1, looks: 2 });
    expect(reports.map((report) => report?.unavailable)).toEqual([[], []]);
  });

  it('says that another run is looking when its turn does not come in time', async () => {
    const blocker = await workers[1]?.turns.take('host');
    const { record, reports } = await twoRuns(600);
    await blocker?.release();
    expect(record.looks).toBe(0);
    for (const report of reports)
      expect(report?.unavailable).toEqual([
        expect.objectContaining({
          probe: 'host.heavy',
          reason: expect.stringContaining('Another run is looking'),
        }),
      ]);
  });

  it('does not run at all where nobody hands out turns', async () => {
    const { record, probe } = recordingProbe(1000);
    const [target] = HOST.targets;
    if (target === undefined) throw new Error('no target');
    const call = { probe: 'host.heavy', target, params: {}, timeoutMs: 1000 };
    const { signal } = new AbortController();
    const evidence = await collectEvidence(probe, call, { signal, now: Date.now, log: silentLog });
    expect(evidence).toMatchObject({ status: 'unavailable', reason: 'internal', cost: 'heavy' });
    expect(record.looks).toBe(0);
  });

  it('is never what the monitor looks with again and again', async () => {
    const heavy = (await probeCatalogue()).filter(({ cost }) => cost === 'heavy').map(({ name }) => name);
    expect(heavy).toContain('frontend.lighthouse');
    expect(MONITORED.map(({ probe }) => probe).filter((name) => heavy.includes(name))).toEqual([]);
  });
});

describe('turns at a target', () => {
  it('are for one process and one holder at a time, and for each target by itself', async () => {
    const [here, there] = workers;
    const first = await here?.turns.take('http:shop');
    const other = await here?.turns.take('http:other');
    expect(first).toBeDefined();
    expect(other).toBeDefined();
    expect(await here?.turns.take('http:shop')).toBeUndefined();
    expect(await there?.turns.take('http:shop')).toBeUndefined();
    await first?.release();
    await first?.release();
    const next = await there?.turns.take('http:shop');
    expect(next).toBeDefined();
    expect(await here?.turns.take('http:shop')).toBeUndefined();
    await next?.release();
    await other?.release();
    expect(pools.map(({ totalCount, idleCount }) => totalCount - idleCount)).toEqual([0, 0]);
  });

  it('are free again as soon as the connection of their holder is gone, and the holder hears of it', async () => {
    const [here, there] = workers;
    const turn = await here?.turns.take('http:shop');
    await test.pool.query(
      // Other test files have locks on the same server.
      `select pg_terminate_backend(pid) from pg_locks
       where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`,
    );
    await expect.poll(() => turn?.lost.aborted, { timeout: 10_000 }).toBe(true);
    const next = await there?.turns.take('http:shop');
    expect(next).toBeDefined();
    await next?.release();
    await turn?.release();
    const again = await here?.turns.take('http:shop');
    expect(again).toBeDefined();
    await again?.release();
  });
});
