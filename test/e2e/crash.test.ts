import { afterAll, beforeAll, describe, it } from 'vitest';
import { testDatabase } from '../support/database.ts';
import { type Perfbot, removeDirectory, startPerfbot } from './support/perfbot.ts';
import { quickPlaybooks } from './support/quick-playbook.ts';
import { alertmanagerBody, sendUntilAccepted } from './support/send-alert.ts';
import { type SlackStandIn, startSlackStandIn } from './support/slack-stand-in.ts';
import { allSettled, expectToldOnce } from './support/told.ts';

const KILLS = 20;
/** About as long as an alert takes from the webhook to the last message of its thread. */
const LIFE_MS = 4000;
const SETTLE_MS = 120_000;

describe('perfbot that dies and a Slack that misbehaves', () => {
  let slack: SlackStandIn;
  const playbooks = quickPlaybooks();
  beforeAll(async () => {
    slack = await startSlackStandIn();
  });
  afterAll(async () => {
    await slack.close();
    removeDirectory(playbooks);
  });

  it(`loses no accepted alert and tells nothing twice when it is killed at ${KILLS} moments`, async () => {
    const env = { ...slack.env, PERFBOT_PLAYBOOKS: playbooks };
    let perfbot: Perfbot = await startPerfbot({ env });
    const { directory, port, url } = perfbot;
    const names = Array.from({ length: KILLS }, (_, round) => `Killed${String(round).padStart(2, '0')}`);
    const sent: Promise<unknown>[] = [];
    for (const [round, alertname] of names.entries()) {
      sent.push(sendUntilAccepted(url, alertmanagerBody({ alertname, size: 3 })));
      await new Promise((resolve) => setTimeout(resolve, ((round + Math.random()) / KILLS) * LIFE_MS));
      await perfbot.kill9();
      perfbot = await startPerfbot({ env, directory, port });
    }
    await Promise.all(sent);
    await allSettled(slack, names, SETTLE_MS).finally(() => perfbot.stop());
    await expectToldOnce(slack, names);
  }, 420_000);

  it('tells everything once although Slack limits, fails and loses answers', async () => {
    const database = await testDatabase();
    const perfbot = await startPerfbot({
      env: { ...slack.env, PERFBOT_PLAYBOOKS: playbooks, DATABASE_URL: database.connectionString },
    });
    const names = ['Limited', 'Lost', 'Broken', 'Unlucky'];
    await slack.misbehave({ kind: 'rate_limit', method: 'chat.postMessage', times: 1, retryAfterSeconds: 1 });
    await slack.misbehave({ kind: 'lose_answer', method: 'chat.postMessage', times: 2 });
    await slack.misbehave({ kind: 'fail', method: 'chat.postMessage', times: 2, status: 503 });
    await slack.misbehave({ kind: 'lose_answer', method: 'chat.update', times: 2 });
    await slack.misbehave({ kind: 'fail', method: 'files.getUploadURLExternal', times: 1, status: 500 });
    await slack.misbehave({ kind: 'lose_answer', method: 'files.completeUploadExternal', times: 2 });
    await slack.misbehave({ kind: 'files_not_ready', polls: 1 });
    try {
      for (const alertname of names) {
        await sendUntilAccepted(perfbot.url, alertmanagerBody({ alertname }));
      }
      await allSettled(slack, names, SETTLE_MS);
    } finally {
      await perfbot.stop();
      await database.close();
    }
    await expectToldOnce(slack, names);
  }, 240_000);
});
