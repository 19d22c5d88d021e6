import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { describeWith } from '../support/requirements.ts';
import { eventually } from './support/eventually.ts';
import { type Perfbot, removeDirectory, startPerfbot } from './support/perfbot.ts';
import { quickPlaybooks } from './support/quick-playbook.ts';
import { alertmanagerBody, sendUntilAccepted } from './support/send-alert.ts';
import { type SlackStandIn, startSlackStandIn } from './support/slack-stand-in.ts';
import { allSettled, expectToldOnce } from './support/told.ts';

const SETTLE_MS = 120_000;

for (const queue of ['postgres', 'redis'] as const) {
  describeWith(queue === 'redis' ? ['redis'] : [], `one web and two workers on one queue in ${queue}`, () => {
    let slack: SlackStandIn;
    let database: TestDatabase;
    let redis: TestRedis | undefined;
    let web: Perfbot;
    let workers: readonly Perfbot[] = [];
    const playbooks = quickPlaybooks();

    beforeAll(async () => {
      slack = await startSlackStandIn();
      database = await testDatabase();
      redis = queue === 'redis' ? await startRedis() : undefined;
      const env = {
        ...slack.env,
        PERFBOT_PLAYBOOKS: playbooks,
        DATABASE_URL: database.connectionString,
        ...(redis && { REDIS_URL: redis.url }),
      };
      web = await startPerfbot({ env: { ...env, PERFBOT_ROLE: 'web' } });
      slack.deliverTo(web.url);
      workers = [
        await startPerfbot({ env: { ...env, PERFBOT_ROLE: 'worker' } }),
        await startPerfbot({ env: { ...env, PERFBOT_ROLE: 'worker' } }),
      ];
    }, 150_000);

    afterAll(async () => {
      const ended = await Promise.all([...workers, ...(web ? [web] : [])].map((perfbot) => perfbot.stop()));
      await slack?.close();
      await database?.close();
      await redis?.stop();
      removeDirectory(playbooks);
      expect(ended.at(-1)?.code).toBe(0);
    }, 60_000);

    it('answers the front, works behind it, and finishes what a killed worker held', async () => {
      const names = ['First', 'Second', 'Third', 'Fourth', 'Fifth', 'Sixth'];
      for (const alertname of names) await sendUntilAccepted(web.url, alertmanagerBody({ alertname }));
      await eventually('a worker has begun', async () => (await slack.channelMessages()).length > 0);
      await workers[0]?.kill9();
      await slack.say('/perf run quick-look');
      await allSettled(slack, names, SETTLE_MS);
      await expectToldOnce(slack, names);
      const asked = await eventually('the report that was asked for', async () =>
        (await slack.channelMessages()).find(
          ({ metadata, text }) => metadata?.event_type === 'perfbot_report' && !text.includes('⏳ Looking'),
        ),
      );
      expect(asked.text).toContain('Quick look');
      expect(workers[1]?.log()).toContain('run finished');
    }, 300_000);

    it('a worker takes no alerts and a web does no work', async () => {
      const refused = await fetch(`${workers[1]?.url}alerts/alertmanager`, { method: 'POST', body: '{}' });
      expect(refused.status).toBe(404);
      expect(web.log()).not.toContain('run finished');
    });
  });
}
