import { afterEach, expect, it } from 'vitest';
import type { Message } from '../../src/local-workspace/protocol.ts';
import { testDatabase } from '../support/database.ts';
import { startPrometheus } from '../support/prometheus.ts';
import { describeWith } from '../support/requirements.ts';
import { alertRules, startQuickAlertmanager } from './support/alertmanager.ts';
import { eventually } from './support/eventually.ts';
import { allText, expectMarked } from './support/marks.ts';
import { type Perfbot, startPerfbot } from './support/perfbot.ts';
import { startShop } from './support/shop.ts';
import { SHOP_RULES } from './support/shop-rules.ts';
import { markOf } from './support/workspace-client.ts';

const TOKEN = 'webhook-token-of-the-test';

describeWith(['docker', 'prometheus', 'alertmanager'], 'a fault in a container', () => {
  const cleanUps: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });

  /** perfbot without an inventory: what Docker shows is all that it knows. */
  async function open(): Promise<Perfbot> {
    const database = await testDatabase();
    cleanUps.push(() => database.close());
    const perfbot = await startPerfbot({
      env: { DATABASE_URL: database.connectionString, ALERT_WEBHOOK_TOKEN: TOKEN },
    });
    cleanUps.push(() => perfbot.stop());
    return perfbot;
  }

  async function watch(
    perfbot: Perfbot,
    scraped: string,
    rule: Parameters<typeof alertRules>[0][number],
    senders = 1,
  ): Promise<void> {
    const alertmanagers = await Promise.all(
      Array.from({ length: senders }, () =>
        startQuickAlertmanager(perfbot.url, { token: TOKEN, groupBy: ['alertname'] }),
      ),
    );
    cleanUps.push(...alertmanagers.map((server) => () => server.close()));
    const prometheus = await startPrometheus({
      scrapes: [{ job: 'shop', targets: [scraped] }],
      rules: alertRules([rule]),
      alertmanagers: alertmanagers.map(({ port }) => `127.0.0.1:${port}`),
    });
    cleanUps.push(() => prometheus.close());
  }

  const reported = (perfbot: Perfbot) =>
    eventually(
      'an alert message with a report in its thread',
      async () => {
        for (const card of await perfbot.channelMessages()) {
          const thread = await perfbot.thread(card.ts);
          const parts = thread.map((message) => markOf(message, 'part'));
          const verdict = thread[parts.indexOf('verdict')]?.text;
          // A message of files gets its mark a moment after it is there.
          const complete = parts.includes('evidence') && !parts.includes(undefined);
          if (verdict !== undefined && complete) return { card, thread, verdict };
        }
        return undefined;
      },
      150_000,
    );

  const filesOf = (thread: readonly Message[]) => thread.filter(({ files }) => (files?.length ?? 0) > 0);

  it('CPU: names container and process, shows charts, and the same message turns resolved', async () => {
    const perfbot = await open();
    const shop = await startShop({ cpus: 0.5 });
    cleanUps.push(() => shop.remove());
    await watch(perfbot, shop.address, SHOP_RULES.cpu({ container: shop.name }));
    await shop.call('POST', '/burn');

    const { card, thread, verdict } = await reported(perfbot);
    expect(card.text).toContain(shop.name);
    expect(card.metadata?.event_type).toBe('perfbot_alert');
    expect(verdict).toContain(shop.name);
    expect(verdict).toMatch(/CPU/);
    expect(allText(thread)).toContain('/app/shop.mjs');
    expectMarked([card, ...thread]);

    const withFiles = filesOf(thread);
    expect(withFiles).toHaveLength(1);
    const files = withFiles[0]?.files ?? [];
    expect(files.length).toBeGreaterThan(1);
    for (const { mimetype, alt, ready, url } of files) {
      expect({ mimetype, ready }).toEqual({ mimetype: 'image/png', ready: true });
      expect(alt.length).toBeGreaterThan(20);
      expect((await perfbot.file(url)).subarray(1, 4).toString()).toBe('PNG');
    }

    await shop.call('DELETE', '/burn');
    const resolved = await eventually(
      'the message turns resolved',
      async () => (await perfbot.channelMessages()).find(({ text }) => /resolved/i.test(text)),
      120_000,
    );
    expect(resolved.ts).toBe(card.ts);
    expect(await perfbot.channelMessages()).toHaveLength(1);
  }, 360_000);

  it('memory: names the container that is close to its limit', async () => {
    const perfbot = await open();
    const shop = await startShop({ memory: '176m' });
    cleanUps.push(() => shop.remove());
    await watch(perfbot, shop.address, SHOP_RULES.memory({ container: shop.name }));
    for (let mib = 0; mib < 120; mib += 10) await shop.call('POST', '/leak?mib=10');

    const { card, verdict } = await reported(perfbot);
    expect(card.text).toContain(shop.name);
    expect(verdict).toContain(shop.name);
    expect(verdict).toMatch(/memory/i);
    expect(await shop.container.inspect('{{.State.Running}} {{.State.OOMKilled}}')).toBe('true false');
  }, 240_000);

  it('two Alertmanagers that do not know each other: one message, and the rest is counted as duplicates', async () => {
    const perfbot = await open();
    const always = { alert: 'Watchdog', expr: 'vector(1)', labels: { service: 'host' }, summary: 'Always' };
    await watch(perfbot, '127.0.0.1:9', always, 2);

    await reported(perfbot);
    const counted = await eventually('both deliveries are counted', async () => {
      const metrics = await perfbot.get('metrics');
      const count = (duplicate: boolean) =>
        Number(
          new RegExp(
            `perfbot_alerts_received_total\\{sender="alertmanager",duplicate="${duplicate}"\\} (\\d+)`,
          ).exec(metrics)?.[1] ?? 0,
        );
      return count(true) > 0 && { accepted: count(false), duplicates: count(true) };
    });
    // An Alertmanager that gets its answer late sends once more.
    expect(counted.accepted).toBe(1);
    expect(counted.duplicates).toBeGreaterThanOrEqual(1);
    expect(await perfbot.channelMessages()).toHaveLength(1);
    const runs = (await perfbot.state()).messages.filter((message) => markOf(message, 'part') === 'verdict');
    expect(runs).toHaveLength(1);
  }, 240_000);
});
