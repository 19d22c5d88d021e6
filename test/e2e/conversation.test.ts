import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Message } from '../../src/local-workspace/protocol.ts';
import { eventually } from './support/eventually.ts';
import { expectMarked, repeatedKeys } from './support/marks.ts';
import { type Perfbot, startPerfbot } from './support/perfbot.ts';
import { alertmanagerBody, sendUntilAccepted } from './support/send-alert.ts';
import { markOf } from './support/workspace-client.ts';

const INVENTORY = `services:
  shop-api:
    url: http://127.0.0.1:9
    health: /api/health
`;
const STOP_WITHIN_MS = 10_000;

describe('a conversation with perfbot as it starts without any configuration', () => {
  let perfbot: Perfbot;

  beforeAll(async () => {
    perfbot = await startPerfbot({ servicesYaml: INVENTORY });
  }, 150_000);
  afterAll(() => perfbot.stop());

  /** Channel messages that were not there before. */
  const newMessages = async (before: readonly Message[]) =>
    (await perfbot.channelMessages()).filter(({ ts }) => !before.some((known) => known.ts === ts));

  /** The new channel message, once it shows a result. */
  const finishedCard = (before: readonly Message[]) =>
    eventually('one finished report in the channel', async () => {
      const [card, another] = await newMessages(before);
      if (another) throw new Error(`two messages for one request: ${card?.text} / ${another.text}`);
      return card && !isRunning(card) && card;
    });

  it('/perf status: one message that names every service', async () => {
    const before = await perfbot.channelMessages();
    expect(await perfbot.say('/perf status')).toMatchObject({ ok: true });
    const card = await finishedCard(before);
    expect(card.text).toMatch(/shop-api/);
    expect(card.text).toMatch(/host/);
    expectMarked([card]);
    expect(card.metadata?.event_type).toBe('perfbot_report');
  }, 180_000);

  it('/perf run <playbook> <service>: one message with its report in the thread', async () => {
    const before = await perfbot.channelMessages();
    await perfbot.say('/perf run high-response-time shop-api');
    const card = await finishedCard(before);
    const thread = await eventually('the thread', async () => {
      const replies = await perfbot.thread(card.ts);
      // A message of files gets its mark a moment after it is there.
      const complete = ['verdict', 'full_report'].every((part) =>
        replies.some((reply) => markOf(reply, 'part') === part),
      );
      return complete && replies.every(({ metadata }) => metadata !== undefined) && replies;
    });
    expect(card.text).toContain('shop-api');
    expect(thread[0]?.text).toMatch(/shop-api/);
    expectMarked([card, ...thread]);
    expect(new Set([card, ...thread].map((message) => markOf(message, 'run_id'))).size).toBe(1);
  }, 180_000);

  it.each([
    ['/perf statsu', /don't know the word `statsu`.*`status`/s],
    ['/perf run high-cpuu', /don't know the playbook `high-cpuu`.*`high-cpu`/s],
    ['/perf status shop-apu', /don't know the service `shop-apu`.*`shop-api`/s],
    ['/perf run', /needs more/],
    ['/perf ack zzz', /There is no alert `zzz`/],
    ['/perf help', /playbooks/],
    ['/perf playbooks', /high-response-time/],
    ['/perf history', /high-response-time/i],
  ])(
    '%s answers to the person alone',
    async (typed, answer) => {
      const before = await perfbot.channelMessages();
      expect(await perfbot.answerTo(() => perfbot.say(typed))).toMatch(answer);
      expect(await newMessages(before)).toEqual([]);
    },
    150_000,
  );

  it('a command that is delivered three times is one run', async () => {
    const before = await perfbot.channelMessages();
    await perfbot.misbehave({ kind: 'deliver_again', times: 2 });
    await perfbot.say('/perf status');
    await finishedCard(before);
    expect(await newMessages(before)).toHaveLength(1);
  }, 180_000);

  it('Acknowledge and Run again: the message of the alert says so, and the new report joins its thread', async () => {
    const before = await perfbot.channelMessages();
    const body = alertmanagerBody({ alertname: 'HighResponseTime', labels: { service: 'shop-api' } });
    expect(await sendUntilAccepted(perfbot.url, body)).toEqual({ accepted: 1, duplicates: 0 });
    const card = await finishedCard(before);
    const late = await perfbot.answerTo(() =>
      Promise.all([1, 2].map(() => perfbot.press(card, 'perfbot_acknowledge'))),
    );
    expect(late).toContain('acknowledged it already');
    const taken = await eventually('the message says who has it', async () =>
      (await newMessages(before)).find(({ text }) => /acknowledged by/i.test(text)),
    );
    expect(taken.ts).toBe(card.ts);

    const firstRun = markOf(taken, 'run_id');
    await perfbot.press(taken, 'perfbot_run_again');
    const again = await eventually('another report in the same thread', async () => {
      const verdicts = (await perfbot.thread(card.ts)).filter((reply) => markOf(reply, 'part') === 'verdict');
      return verdicts.length === 2 && verdicts;
    });
    expect(markOf(again[0] as Message, 'run_id')).toBe(firstRun);
    expect(markOf(again[1] as Message, 'run_id')).not.toBe(firstRun);
    expect(await newMessages(before)).toHaveLength(1);
  }, 360_000);

  it('a restart in the middle of a run: stops in time with 0, and the run ends in the message that it had', async () => {
    const before = await perfbot.channelMessages();
    await perfbot.say('/perf run high-cpu shop-api');
    const card = await eventually('the message of the run', async () => (await newMessages(before))[0]);
    expect(isRunning(card)).toBe(true);
    const { directory, port } = perfbot;
    const { code, ms } = await perfbot.stop({ keep: true });
    expect(code).toBe(0);
    expect(ms).toBeLessThan(STOP_WITHIN_MS);
    perfbot = await startPerfbot({ directory, port });
    const finished = await finishedCard(before);
    expect(finished.ts).toBe(card.ts);
    await eventually('the thread of the run', async () =>
      (await perfbot.thread(card.ts)).some((reply) => markOf(reply, 'part') === 'verdict'),
    );
    expect(repeatedKeys((await perfbot.state()).messages)).toEqual([]);
  }, 360_000);

  it('stops with nothing to warn of', async () => {
    const { code } = await perfbot.stop();
    const [, stopping = ''] = perfbot.log().split('"msg":"stopping"');
    expect(code).toBe(0);
    expect(stopping).toContain('embedded PostgreSQL stopped');
    expect(stopping.split('\n').filter((line) => /"level":"(?:warn|error)"/.test(line))).toEqual([]);
  });
});

/** A message that says how long the run may still take is not finished. */
function isRunning({ text }: Message): boolean {
  return text.includes('⏳ Looking');
}
