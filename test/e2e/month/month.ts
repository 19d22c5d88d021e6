import { mkdtempSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stableId } from '../../../src/core/alert/fingerprint.ts';
import { type BullJobQueue, createJobQueue } from '../../../src/queue/job-queue.ts';
import { chance } from '../../support/chance.ts';
import { type TestDatabase, testDatabase } from '../../support/database.ts';
import { startRedis, type TestRedis } from '../../support/redis.ts';
import { describeWith } from '../../support/requirements.ts';
import { silentLog } from '../../support/silent-log.ts';
import { eventually } from '../support/eventually.ts';
import { repeatedKeys } from '../support/marks.ts';
import { type Perfbot, removeDirectory, startPerfbot } from '../support/perfbot.ts';
import { type SlackStandIn, startSlackStandIn } from '../support/slack-stand-in.ts';
import { markOf } from '../support/workspace-client.ts';
import { calendar, type Due, FROM, UNTIL, WEEKLY } from './calendar.ts';
import { drawKills } from './kills.ts';
import { setClock } from './set-clock.ts';
import { writeSetUp } from './set-up.ts';

const WORKER = join(import.meta.dirname, 'worker.ts');
const WORKERS = 3;
/** Rounds and moments are drawn from it; `MONTH_SEED=… npx vitest run test/e2e/month` draws others. */
const SEED = Number(process.env.MONTH_SEED ?? 20_261_003);
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const OUTAGE = { from: Date.parse('2026-10-14T10:00:00Z'), minutes: 5 };

/** What is left of the month at its end: raw samples of the last days, roll-ups of all of it. */
async function history({ pool }: TestDatabase): Promise<unknown> {
  const { rows } = await pool.query(
    `select
       (select min(at) from samples) > $2::bigint - 9 * $3::bigint as raw_is_fresh,
       (select min(at) from samples_5m) < $1::bigint + $3 and (select max(at) from samples_5m) > $2 - 7 * $3
         as five_minutes_whole,
       (select min(lowest) from samples_1h join sample_series on id = series
        where metric = 'availability' and at = $4) = 0 as outage_seen`,
    [FROM, UNTIL, DAY_MS, OUTAGE.from],
  );
  return rows[0];
}

/** Lives through a month with three workers on one queue, some of them killed, and looks at what was told. */
export function describeMonth(kind: 'postgres' | 'redis'): void {
  describeWith(kind === 'redis' ? ['redis'] : [], `a month on one queue in ${kind}`, () => {
    const directory = mkdtempSync(join(tmpdir(), 'perfbot-month-'));
    const clock = join(directory, 'clock.json');
    let shopAnswers = 200;
    let shop: Server;
    let slack: SlackStandIn;
    let test: TestDatabase;
    let redis: TestRedis | undefined;
    let queue: BullJobQueue;
    const workers: Perfbot[] = [];

    const startWorker = () =>
      startPerfbot({
        directory,
        program: ['--import', import.meta.resolve('tsx'), WORKER, clock],
        env: {
          ...slack.env,
          PERFBOT_ROLE: 'worker',
          PERFBOT_PLAYBOOKS: join(directory, 'playbooks'),
          PERFBOT_SAMPLE_INTERVAL: '1s',
          PERFBOT_MONITOR_ALERTS: 'on',
          DOCKER_HOST: `unix://${join(directory, 'no-docker.sock')}`,
          DATABASE_URL: test.connectionString,
          ...(redis && { REDIS_URL: redis.url }),
        },
      });

    beforeAll(async () => {
      slack = await startSlackStandIn();
      test = await testDatabase();
      redis = kind === 'redis' ? await startRedis() : undefined;
      queue = await createJobQueue({
        backEnd: redis
          ? { kind: 'redis', url: redis.url }
          : { kind: 'postgres', connectionString: test.connectionString },
        log: silentLog,
      });
      shop = createServer((_request, response) => response.writeHead(shopAnswers).end());
      await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
      writeSetUp(directory, `http://127.0.0.1:${(shop.address() as AddressInfo).port}`);
      setClock(clock, FROM);
      for (let index = 0; index < WORKERS; index += 1) workers.push(await startWorker());
    }, 120_000);

    afterAll(async () => {
      await Promise.all(workers.map((worker) => worker.stop({ keep: true })));
      await queue?.close(1000);
      await slack?.close();
      shop?.close();
      await test?.close();
      await redis?.stop();
      removeDirectory(directory);
    }, 60_000);

    const rounds = () => test.database.checklists.recent({ limit: 1000 });
    const isSettled = async () => {
      const open = (await rounds()).some(({ state }) => state === 'filling');
      return !open && (await test.database.outbox.nextDueAt(Number.MAX_SAFE_INTEGER)) === undefined;
    };
    /** Kills a worker while it works and puts another in its place. */
    const replaceWorker = async (afterMs: number) => {
      await pause(afterMs);
      await workers.shift()?.kill9();
      workers.push(await startWorker());
    };

    const isPosted = async ({ list, at }: Due) => {
      const round = (await rounds()).find((one) => one.checklist === list && one.dueAt === at);
      if (round === undefined || list !== WEEKLY.name) return round !== undefined;
      // In this order: what the report says is put into the outbox when it is there.
      return (await test.database.runs.exists(stableId('weekly-report', round.id))) && isSettled();
    };
    /** The moment has come: what the scheduler of the queue does every 30 s is done now, until everything is there. */
    const reach = async (due: Due) => {
      setClock(clock, due.at);
      let asked = 0;
      await eventually(`everything of ${due.list} at ${due.wall}`, async () => {
        if (asked % 8 === 0) await queue.enqueue('checklist', {});
        asked += 1;
        return isPosted(due);
      });
    };
    /** Half minutes that the monitor gets to look in. */
    const watch = async (from: number, minutes: number) => {
      for (let step = 0; step < minutes * 2; step += 1) {
        setClock(clock, from + (step * MINUTE_MS) / 2);
        await pause(1500);
      }
    };
    /** What the monitor always has: a look, and an upkeep. */
    const keepHistory = async (since: number) => {
      await queue.enqueue('sample', {});
      await eventually('a sample', async () => {
        const { rowCount } = await test.pool.query('select from samples where at >= $1 limit 1', [since]);
        return rowCount === 1;
      });
      await queue.enqueue('upkeep', {});
    };
    const breakShop = async () => {
      shopAnswers = 503;
      await watch(OUTAGE.from, OUTAGE.minutes);
      shopAnswers = 200;
      await watch(OUTAGE.from + OUTAGE.minutes * MINUTE_MS, 3);
      await eventually('the outage is told', isSettled);
    };

    const liveThrough = async (due: readonly Due[], kills: ReadonlyMap<Due, number>) => {
      for (const [index, next] of due.entries()) {
        const killAfterMs = kills.get(next);
        await Promise.all([reach(next), killAfterMs === undefined ? undefined : replaceWorker(killAfterMs)]);
        if (next.list === 'berlin' && index % 5 === 0) await keepHistory(next.at);
      }
      await eventually('everything is told', isSettled);
    };

    const expectRoundsInTheirHour = async (due: readonly Due[]) => {
      const posted = (await rounds()).map(({ checklist, dueAt: at }) => ({ list: checklist, at }));
      const order = (a: { at: number; list: string }, b: { at: number; list: string }) =>
        a.at - b.at || a.list.localeCompare(b.list);
      expect([...posted].sort(order)).toEqual(due.map(({ list, at }) => ({ list, at })).sort(order));
      for (const round of await rounds()) {
        expect(round.createdAt - round.dueAt).toBeGreaterThanOrEqual(0);
        expect(round.createdAt - round.dueAt).toBeLessThan(30_000);
        expect(round.missed).toBe(0);
      }
    };

    const expectPostedOnce = async (due: readonly Due[]) => {
      const { messages } = await slack.state();
      expect(repeatedKeys(messages)).toEqual([]);
      const cards = messages.filter((message) => markOf(message, 'key')?.match(/^checklist\/[^/]+\/card$/));
      expect(cards).toHaveLength(due.length);
      const mondays = (await rounds()).filter(({ checklist }) => checklist === WEEKLY.name);
      const reports = messages.filter(
        ({ text, threadTs, ts }) => /Weekly report/.test(text) && (threadTs ?? ts) === ts,
      );
      expect(reports.map((message) => markOf(message, 'run_id')).sort()).toEqual(
        mondays.map(({ id }) => stableId('weekly-report', id)).sort(),
      );
      expect(reports).toHaveLength(5);
    };

    const expectOutageTold = async () => {
      const { messages } = await slack.state();
      // In its first line: the weekly report names it further down.
      const outages = messages.filter(({ text }) => /^.*Low availability.*shop/.test(text));
      expect(outages.map(({ text }) => text)).toEqual([
        expect.stringMatching(/Resolved[\s\S]*Lasted [5-8] min/),
      ]);
      const thread = messages.filter(({ threadTs, ts }) => threadTs === outages[0]?.ts && threadTs !== ts);
      expect(thread.map((message) => markOf(message, 'part'))).toContain('verdict');
    };

    const expectHistoryKept = async () => {
      setClock(clock, UNTIL);
      await queue.enqueue('upkeep', {});
      await expect
        .poll(() => history(test), { timeout: 60_000 })
        .toEqual({ raw_is_fresh: true, five_minutes_whole: true, outage_seen: true });
    };

    it('posts every round once and in its hour, sees the outage, and keeps the history', async () => {
      const due = calendar();
      expect(due.length).toBeGreaterThan(95);
      const kills = drawKills(due, chance(SEED));
      const killed = [...kills.keys()].map(({ list, wall }) => `${list} ${wall}`);
      console.info(`MONTH_SEED=${SEED} kills a worker at ${killed.join(', ')}`);
      await liveThrough(
        due.filter(({ at }) => at <= OUTAGE.from),
        kills,
      );
      await breakShop();
      await liveThrough(
        due.filter(({ at }) => at > OUTAGE.from),
        kills,
      );
      await expectRoundsInTheirHour(due);
      await expectPostedOnce(due);
      await expectOutageTold();
      await expectHistoryKept();
    }, 480_000);
  });
}
