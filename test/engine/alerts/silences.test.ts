import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseMatchers } from '../../../src/core/alert/matcher.ts';
import { type TestDatabase, testDatabase } from '../../support/database.ts';
import { API, alert, batch, type Harness, HOST, harness, START } from '../harness.ts';

const HOUR = 3_600_000;
let test: TestDatabase;
let engine: Harness;
let silenced = 0;
beforeAll(async () => {
  test = await testDatabase();
});
beforeEach(async () => {
  await test.pool.query(
    'truncate deliveries, alert_occurrences, alert_groups, runs, outbox, channel_budgets, silences, held_alerts cascade',
  );
  engine = harness({ database: test.database, services: [API, HOST] });
});
afterAll(() => test.close());

async function silence(text: string, durationMs = HOUR): Promise<void> {
  const matchers = parseMatchers(text);
  if ('problem' in matchers) throw new Error(matchers.problem);
  silenced += 1;
  const wish = { id: `s${silenced}`, durationMs, userId: 'U012AB3CD', channel: 'C1', reason: 'deploy' };
  await engine.silences.add({ ...wish, matchers });
}
const arrive = async (...alerts: Parameters<typeof batch>[0]) => {
  await engine.accept(batch(alerts));
  await engine.work();
};
const groups = () => test.database.groups.recent({ limit: 10 });
const told = async () => {
  await engine.tell();
  return engine.slack.messages
    .filter(({ channel }) => channel === '#alerts')
    .map(({ content }) => content.text);
};

describe('silenced alerts', () => {
  it('are stored, but open no message and no run, whatever the sender calls the service', async () => {
    await silence('service=api');
    await arrive(alert({ labels: { alertname: 'HighCpu', container: 'api-1' } }));
    expect(await groups()).toEqual([]);
    expect(engine.drops).toEqual(['silenced 1']);
    expect(await test.database.silences.heldCount()).toBe(1);
    expect(await told()).toEqual([]);
  });

  it('are told once when the silence is over and they still fire, also by two workers at once', async () => {
    await silence('service=api');
    await arrive(alert());
    // The sender repeats what still fires; it is a duplicate.
    await arrive(alert());
    engine.pass(HOUR);
    await Promise.all([engine.endSilences(), engine.endSilences()]);
    await engine.work();
    expect(await groups()).toMatchObject([{ title: 'High cpu', state: 'firing', firing: 1 }]);
    const [card, ...thread] = await told();
    expect(card).toContain('High cpu');
    expect(thread.filter((text) => text.includes('It was silenced until now'))).toHaveLength(1);
    await engine.endSilences();
    await engine.work();
    expect(await groups()).toHaveLength(1);
  });

  it('that are over before the silence are never told', async () => {
    await silence('alertname=HighCpu');
    await arrive(alert(), alert({ fingerprint: 'f2' }));
    await arrive(alert({ status: 'resolved', endsAt: START + 1 }));
    expect(await test.database.silences.heldCount()).toBe(1);
    await arrive(alert({ fingerprint: 'f2', status: 'resolved', endsAt: START + 1 }));
    engine.pass(HOUR);
    await engine.endSilences();
    await engine.work();
    expect(await groups()).toEqual([]);
    expect(engine.drops).toEqual(['silenced 2', 'resolved_without_firing 1', 'resolved_without_firing 1']);
  });

  it('wait while another silence holds them', async () => {
    await silence('service=api');
    await silence('severity=warning', 3 * HOUR);
    await arrive(alert());
    engine.pass(2 * HOUR);
    await engine.endSilences();
    await engine.work();
    expect(await groups()).toEqual([]);
    engine.pass(2 * HOUR);
    await engine.endSilences();
    await engine.work();
    expect(await groups()).toHaveLength(1);
  });

  it('wait while news of them have not been handled, for they may be over', async () => {
    await silence('service=api');
    await arrive(alert());
    await engine.accept(batch([alert({ status: 'resolved', endsAt: START + 1 })]));
    engine.pass(HOUR);
    await engine.endSilences();
    expect(await test.database.silences.heldCount()).toBe(1);
    await engine.work();
    await engine.endSilences();
    await engine.work();
    expect(await groups()).toEqual([]);
    expect(await test.database.silences.heldCount()).toBe(0);
  });

  it('are told also when they were held back while their silence ended', async () => {
    await silence('service=api');
    await arrive(alert());
    const [active] = await test.database.silences.active(engine.clock.at);
    await test.database.silences.end(active?.id ?? '', 'U045EF6GH', engine.clock.at);
    // As a worker leaves it that saw the end, but not yet the alert of another worker.
    await test.database.silences.settle(active?.id ?? '', engine.clock.at);
    await engine.endSilences();
    await engine.work();
    expect(await groups()).toHaveLength(1);
  });

  it('leave other alerts of the same delivery alone', async () => {
    await silence('severity=warning');
    await arrive(
      alert(),
      alert({ fingerprint: 'f2', labels: { alertname: 'HighCpu', service: 'api', severity: 'critical' } }),
    );
    expect(await groups()).toMatchObject([{ firing: 1, severity: 'critical' }]);
  });
});

describe('a message that is there already', () => {
  it('says that more like it are silenced, resolves by an edit, and says when the silence is over', async () => {
    await arrive(alert());
    await silence('service=api');
    const [group] = await groups();
    expect((await told())[0]).toMatch(/🔕 Silenced until .* by <@U012AB3CD> · Reason: deploy/);
    await arrive(alert({ fingerprint: 'f2' }));
    expect(await groups()).toMatchObject([{ firing: 1, lastRunId: group?.lastRunId }]);
    engine.pass(HOUR);
    await engine.endSilences();
    await engine.work();
    const texts = await told();
    expect(texts[0]).not.toContain('Silenced');
    expect(texts).toContainEqual(expect.stringContaining('The silence is over; it still fires.'));
    expect(await groups()).toMatchObject([{ firing: 2 }]);
  });

  it('ends with a press, and says who pressed', async () => {
    await arrive(alert());
    const [group] = await groups();
    const wish = {
      id: 'g1',
      groupId: group?.id ?? '',
      durationMs: HOUR,
      userId: 'U012AB3CD',
      channel: '#alerts',
    };
    expect(await engine.silences.addForGroup(wish)).toEqual({ kind: 'silenced' });
    expect(await engine.silences.addForGroup({ ...wish, id: 'g2' })).toMatchObject({ kind: 'already' });
    expect(await engine.silences.endForGroup(wish.groupId, 'U045EF6GH')).toBe(true);
    await engine.work();
    expect(await told()).toContainEqual(expect.stringContaining('Silence ended by <@U045EF6GH>'));
    await arrive(alert({ status: 'resolved', endsAt: START + 1 }));
    expect(await engine.silences.addForGroup({ ...wish, id: 'g3' })).toEqual({
      kind: 'impossible',
      reason: 'resolved',
    });
  });
});
