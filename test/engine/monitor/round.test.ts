import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import type { Metric } from '../../../src/core/evidence.ts';
import type { Service } from '../../../src/core/inventory/service.ts';
import { toAnyProbe } from '../../../src/engine/any-probe.ts';
import { inBatches } from '../../../src/engine/monitor/in-batches.ts';
import { judgeSamples } from '../../../src/engine/monitor/judge-samples.ts';
import { sampleServices } from '../../../src/engine/monitor/sample-services.ts';
import { type TestDatabase, testDatabase } from '../../support/database.ts';
import { API, harness } from '../harness.ts';

const INTERVAL = 30_000;
const DOWN: readonly Metric[] = [{ name: 'running', value: 0, unit: 'count' }];

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase();
});
beforeEach(async () => {
  await test.pool.query(
    'truncate deliveries, alert_occurrences, alert_groups, runs, outbox, monitor_targets, monitor_alerts cascade',
  );
});
afterAll(() => test.close());

function container(name: string): Service {
  const target = {
    kind: 'container',
    id: `container:${name}`,
    service: name,
    zone: 'default',
    container: { name },
  };
  return { ...API, name, targets: [target as Service['targets'][number]] };
}

/** Rounds at services whose looks end as the test says; `docker.stats` and a second probe look at each. */
function looking(names: readonly string[], look: (target: string, signal: AbortSignal) => Promise<void>) {
  const probe = (name: string) =>
    toAnyProbe({
      name,
      title: name,
      targetKind: 'container',
      cost: 'light',
      timeoutMs: 10_000,
      params: z.object({}),
      async collect({ target, signal }) {
        await look(target.id, signal);
        return { metrics: DOWN };
      },
    });
  const probes = [probe('docker.stats'), probe('docker.more')];
  const h = harness({ database: test.database, services: names.map(container), probes, playbooks: [] });
  const sample = sampleServices({
    ...h,
    monitored: probes.map(({ name }) => ({ probe: name, params: {}, metrics: ['running'] })),
    samples: test.database.samples,
    monitor: test.database.monitor,
    zone: 'default',
    intervalMs: INTERVAL,
    spreadMs: 0,
    judge: judgeSamples({ monitor: test.database.monitor, accept: h.accept, now: h.now }),
    limit: (task) => task(),
  });
  return { h, sample };
}

async function leased(): Promise<number> {
  const { rows } = await test.pool.query(
    'select count(*)::int as count from monitor_targets where leased_until > 0',
  );
  return rows[0].count;
}

describe('a round of looks', () => {
  it('judges what was seen while a slow target is still looked at', async () => {
    let letGo = (): void => {};
    const slow = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const { h, sample } = looking(['quick', 'slow'], async (target) => {
      if (target === 'container:slow') await slow;
    });
    const rounds = async () => {
      for (let count = 0; count < 2; count += 1) {
        h.pass(INTERVAL);
        await sample(h.signal);
      }
    };
    h.pass(INTERVAL);
    const first = sample(h.signal);
    await vi.waitFor(async () => expect(await leased()).toBe(2), { timeout: 8000, interval: 50 });
    const { rows } = await test.pool.query(
      'select distinct target from monitor_targets where measured_at is not null',
    );
    expect(rows).toEqual([{ target: 'container:quick' }]);
    letGo();
    await first;
    expect(await leased()).toBe(0);
    await rounds();
    await h.work();
    expect(await h.database.groups.recent({ limit: 5 })).toHaveLength(2);
  });

  it('asks a target one thing at a time, and different targets at once', async () => {
    const open = new Map<string, number>();
    const most = { one: 0, all: 0 };
    const { h, sample } = looking(['a', 'b', 'c'], async (target) => {
      open.set(target, (open.get(target) ?? 0) + 1);
      most.one = Math.max(most.one, ...open.values());
      most.all = Math.max(
        most.all,
        [...open.values()].reduce((sum, count) => sum + count, 0),
      );
      await pause(50);
      open.set(target, (open.get(target) ?? 1) - 1);
    });
    await sample(h.signal);
    expect(most).toEqual({ one: 1, all: 3 });
  });

  it('that is broken off gives back what nobody looked at', async () => {
    const stop = new AbortController();
    const { sample } = looking(['quick', 'slow'], async (target, signal) => {
      if (target === 'container:quick') return;
      await pause(10_000, undefined, { signal });
    });
    const round = sample(stop.signal);
    await vi.waitFor(async () => expect(await leased()).toBe(2), { timeout: 8000, interval: 50 });
    stop.abort(new Error('perfbot stops'));
    await expect(round).rejects.toThrow();
    expect(await leased()).toBe(0);
  });
});

describe('inBatches', () => {
  it('handles the others when one batch fails, and says so at the end', async () => {
    const handled: (readonly number[])[] = [];
    const batches = inBatches<number>(20, async (items) => {
      if (items.includes(1)) throw new Error('lost');
      handled.push(items);
      return items.length;
    });
    batches.add(1);
    await pause(60);
    batches.add(2);
    batches.add(3);
    await expect(batches.end()).rejects.toThrow('lost');
    expect(handled).toEqual([[2, 3]]);
  });
});
