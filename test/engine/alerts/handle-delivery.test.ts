import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../support/database.ts';
import { API, alert, batch, type Harness, HOST, harness, LOOK, START } from '../harness.ts';

let test: TestDatabase;
let engine: Harness;
beforeAll(async () => {
  test = await testDatabase();
});
beforeEach(async () => {
  await test.pool.query(
    'truncate deliveries, alert_occurrences, alert_groups, runs, outbox, channel_budgets cascade',
  );
  engine = harness({ database: test.database, services: [API, HOST] });
});
afterAll(() => test.close());

const MINUTE = 60_000;
const groups = () => test.database.groups.recent({ limit: 100 });
const runs = () => test.database.runs.recent({ limit: 100 });
/** Hands all intake jobs over, but not the runs they start. */
async function intake() {
  for (const job of engine.jobs.splice(0)) if (job.name === 'intake') await engine.run(job);
}
async function send(...alerts: Parameters<typeof batch>[0]) {
  const counts = await engine.accept(batch(alerts));
  await intake();
  return counts;
}
const resolved = (overrides = {}) => alert({ status: 'resolved', endsAt: engine.clock.at, ...overrides });

describe('alerts', () => {
  it('become one group, one run and one message', async () => {
    expect(await send(alert(), alert({ fingerprint: 'f2' }))).toEqual({ accepted: 2, duplicates: 0 });
    expect(await groups()).toMatchObject([
      { title: 'High cpu', state: 'firing', service: 'api', playbook: 'look', firing: 2, channel: '#alerts' },
    ]);
    expect(await runs()).toMatchObject([{ state: 'queued', playbook: 'look', service: 'api' }]);
    await engine.tell();
    expect(engine.slack.messages).toHaveLength(1);
    expect(engine.slack.messages[0]).toMatchObject({
      channel: '#alerts',
      content: { metadata: { event_type: 'perfbot_alert' } },
    });
  });

  it('find a container that has just started', async () => {
    engine = harness({ database: test.database, services: [HOST], started: [API] });
    await send(alert());
    expect(await groups()).toMatchObject([{ service: 'api' }]);
    expect(await runs()).toMatchObject([{ service: 'api' }]);
  });

  it('are taken in when the queue is down, and found by the sweep', async () => {
    const working = engine.queue.enqueue;
    engine.queue.enqueue = async () => {
      throw new Error('down');
    };
    expect(await engine.accept(batch([alert()]))).toEqual({ accepted: 1, duplicates: 0 });
    engine.queue.enqueue = working;
    await engine.sweep();
    expect(engine.jobs).toEqual([]);
    engine.pass(5001);
    await engine.sweep();
    expect(engine.jobs.map(({ name }) => name)).toEqual(['intake']);
    engine.jobs.length = 0;
    await engine.sweep();
    expect(engine.jobs).toEqual([]);
  });

  it('lose their secrets before they are stored', async () => {
    await send(alert({ annotations: { summary: 'very-secret-value leaks', url: 'http://u:hunter22@db/x' } }));
    const { rows } = await test.pool.query('select alerts::text as text from deliveries');
    expect(JSON.stringify([rows, await groups()])).not.toMatch(/very-secret|hunter22/);
  });

  it('are dropped with a reason when they are repeated', async () => {
    await send(alert());
    expect(await send(alert())).toEqual({ accepted: 0, duplicates: 1 });
    expect(engine.drops).toEqual(['duplicate 1']);
    expect(await groups()).toHaveLength(1);
    expect(await runs()).toHaveLength(1);
  });

  it('of a highly available pair become one group, whoever handles them at once', async () => {
    await engine.accept(batch([alert(), alert({ fingerprint: 'f2' })]));
    await engine.accept(batch([alert({ fingerprint: 'f2' }), alert()]));
    await engine.accept(batch([alert({ fingerprint: 'f3' })]));
    const jobs = engine.jobs.splice(0);
    await Promise.all([...jobs, ...jobs].map((job) => engine.run(job)));
    expect(await groups()).toMatchObject([{ firing: 3 }]);
    expect(await runs()).toHaveLength(1);
    await engine.tell();
    expect(engine.slack.thread()).toHaveLength(1);
  });

  it('resolve in the same message with a line in its thread', async () => {
    await send(alert(), alert({ fingerprint: 'f2' }));
    await send(resolved());
    expect(await groups()).toMatchObject([{ state: 'firing', firing: 1, resolved: 1 }]);
    engine.pass(MINUTE);
    await send(resolved({ fingerprint: 'f2' }));
    expect(await groups()).toMatchObject([{ state: 'resolved', firing: 0, resolvedAt: START + MINUTE }]);
    await engine.tell();
    expect(engine.slack.messages).toHaveLength(2);
    expect(engine.slack.messages[1]).toMatchObject({ threadTs: engine.slack.messages[0]?.ts });
  });

  it('that end in the queue before they began are still told as over', async () => {
    await engine.accept(batch([alert()]));
    await engine.accept(batch([resolved()]));
    const [first, second] = engine.jobs.splice(0);
    if (!first || !second) throw new Error('two jobs');
    await engine.run(second);
    await engine.run(first);
    expect(await groups()).toMatchObject([{ state: 'resolved', firing: 0, resolved: 1 }]);
    expect(engine.drops).toEqual([]);
  });

  it('go on when an earlier delivery of their group cannot be handled', async () => {
    await engine.accept(batch([alert()]));
    await test.pool.query(`update deliveries set alerts = '"broken"'`);
    await engine.accept(batch([alert({ fingerprint: 'f2' })]));
    await engine.run(engine.jobs.splice(0)[1] as (typeof engine.jobs)[number]);
    expect(await groups()).toMatchObject([{ firing: 1 }]);
  });

  it('open the same message again within a quarter of an hour, another one later', async () => {
    await send(alert());
    await send(resolved());
    engine.pass(10 * MINUTE);
    await send(alert({ startsAt: engine.clock.at }));
    expect(await groups()).toMatchObject([{ state: 'firing', reopened: 1 }]);
    expect(await runs()).toHaveLength(2);
    await send(resolved({ startsAt: engine.clock.at }));
    engine.pass(16 * MINUTE);
    await send(alert({ startsAt: engine.clock.at }));
    expect(await groups()).toHaveLength(2);
  });

  it('go to the episode that was opened last, whatever the clock of the sender says', async () => {
    await send(alert());
    await send(resolved());
    engine.pass(20 * MINUTE);
    const late = { fingerprint: 'late', startsAt: START - 60 * MINUTE };
    await send(alert(late));
    await send(resolved(late));
    expect((await groups()).map(({ state }) => state)).toEqual(['resolved', 'resolved']);
    expect(engine.drops).toEqual([]);
  });

  it('of a sender that never says it is over fire anew in a message of their own', async () => {
    await send(alert());
    engine.pass(120 * MINUTE);
    await send(alert({ startsAt: engine.clock.at }));
    expect((await groups()).map(({ state }) => state).sort()).toEqual(['firing', 'resolved']);
    await engine.tell();
    expect(engine.slack.thread()).toHaveLength(2);
    expect(await runs()).toHaveLength(2);
  });

  it('raise the severity of their group, and never lower it', async () => {
    await send(alert());
    const labels = { alertname: 'HighCpu', service: 'api', severity: 'critical' };
    await send(alert({ fingerprint: 'f2', labels }));
    await send(alert({ fingerprint: 'f3' }));
    expect(await groups()).toMatchObject([{ severity: 'critical' }]);
  });

  it('that resolve without having fired change nothing', async () => {
    await send(resolved());
    expect(engine.drops).toEqual(['resolved_without_firing 1']);
    expect(await groups()).toEqual([]);
  });

  it('of one delivery without a group key become several groups', async () => {
    const of = (name: string, service: string) =>
      alert({ fingerprint: `${name}${service}`, labels: { alertname: name, service } });
    const { groupKey: _, ...ungrouped } = batch([of('A', 'x'), of('A', 'y'), of('B', 'x')]);
    await engine.accept(ungrouped);
    await engine.accept({ ...ungrouped, alerts: [of('B', 'x'), of('A', 'y'), of('A', 'x')] });
    const jobs = engine.jobs.splice(0);
    await Promise.all(jobs.map((job) => engine.run(job)));
    expect(await groups()).toHaveLength(3);
  });

  it('of an unknown service are looked at all the same', async () => {
    await send(alert({ labels: { alertname: 'HighCpu', service: 'nobody-knows' } }));
    const [group] = await groups();
    expect(group?.service).toBeUndefined();
    expect(await runs()).toHaveLength(1);
  });

  it('that no playbook matches are told without a run, or looked at by the fallback', async () => {
    await send(alert({ labels: { alertname: 'Strange' } }));
    expect(await runs()).toHaveLength(0);
    await engine.tell();
    expect(engine.slack.messages).toHaveLength(1);
    engine.list.push({ ...LOOK, name: 'status', triggers: { alerts: [], symptoms: [], fallback: true } });
    await engine.accept(
      batch([alert({ fingerprint: 's2', labels: { alertname: 'Stranger' } })], { groupKey: 'g2' }),
    );
    await intake();
    expect(await runs()).toMatchObject([{ playbook: 'status' }]);
  });

  it('by the thousand in one delivery are one message', async () => {
    const many = Array.from({ length: 1000 }, (_, index) => alert({ fingerprint: `m${index}` }));
    const startedAt = Date.now();
    await send(...many);
    expect(Date.now() - startedAt).toBeLessThan(15_000);
    expect(await groups()).toMatchObject([{ firing: 1000 }]);
    await engine.tell();
    expect(engine.slack.messages).toHaveLength(1);
  });

  it('are never half handled', async () => {
    const renderer = engine.renderer.alertCard;
    await engine.accept(batch([alert()]));
    const [job] = engine.jobs.splice(0);
    if (!job) throw new Error('a job');
    engine.renderer.alertCard = () => {
      throw new Error('cannot draw');
    };
    await expect(engine.run(job)).rejects.toThrow('cannot draw');
    expect(await groups()).toEqual([]);
    engine.renderer.alertCard = renderer;
    await engine.run(job);
    await engine.run(job);
    expect(await groups()).toHaveLength(1);
    expect(await runs()).toHaveLength(1);
  });
});
