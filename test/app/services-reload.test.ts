import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type App, startApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { eventually } from '../e2e/support/eventually.ts';
import { workspaceClient } from '../e2e/support/workspace-client.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

const PLAYBOOK = `# For tests.
title: Look at the machine
description: for tests
triggers: { fallback: true }
deadline: 30s
steps: [{ title: Load, probes: [{ probe: host.load, on: host }] }]
`;

describe('services.yaml while two processes run', () => {
  const directory = mkdtempSync(join(tmpdir(), 'perfbot-services-'));
  const file = join(directory, 'services.yaml');
  const logs = [0, 1].map(() => ({ debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() }));
  const clock = { ahead: 0 };
  const apps: App[] = [];
  let test: TestDatabase;
  let first: TestDatabase;
  let second: TestDatabase;
  let server: Server;
  let url = '';

  /** As an editor saves. */
  const save = (text: string) => {
    writeFileSync(`${file}.tmp`, text);
    renameSync(`${file}.tmp`, file);
  };
  const bothHave = (text: string, times: number) =>
    eventually(`both say ${text}`, async () =>
      logs.every(
        ({ info, warn }) =>
          [...info.mock.calls, ...warn.mock.calls].filter(([, message]) => message === text).length >= times,
      ),
    );
  const now = () => Date.now() + clock.ahead;

  beforeAll(async () => {
    [test, first, second] = await Promise.all([testDatabase(), testDatabase(), testDatabase()]);
    // It fails from the start, so that its alert waits for the clock alone.
    server = createServer((_request, response) => response.writeHead(500).end('shop'));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    save(`services: { db: { postgres: "${first.connectionString}" } }`);
    mkdirSync(join(directory, 'playbooks'));
    writeFileSync(join(directory, 'playbooks', 'look.yml'), PLAYBOOK);
    const settings = {
      PORT: '0',
      DATABASE_URL: test.connectionString,
      DOCKER_HOST: 'unix:///nowhere/docker.sock',
      PERFBOT_SERVICES: file,
      PERFBOT_PLAYBOOKS: join(directory, 'playbooks'),
      PERFBOT_SAMPLE_INTERVAL: '1s',
    };
    const config = loadConfig(settings, { terminal: false });
    apps.push(...(await Promise.all(logs.map((log) => startApp({ config, environment: {}, log, now })))));
  }, 120_000);

  afterAll(async () => {
    await Promise.all(apps.map((app) => app.stop()));
    server?.close();
    await Promise.all([test, first, second].map((database) => database?.close()));
    rmSync(directory, { recursive: true, force: true });
  }, 60_000);

  /** Connections that perfbot keeps there. */
  async function connections(database: TestDatabase): Promise<number> {
    const { rows } = await test.pool.query(
      `select count(*)::int as n from pg_stat_activity where datname = $1 and application_name = 'perfbot'`,
      [new URL(database.connectionString).pathname.slice(1)],
    );
    return rows[0].n;
  }
  async function measuredAt(target: string): Promise<number> {
    const { rows } = await test.pool.query(
      'select coalesce(max(measured_at), 0)::float8 as at from monitor_targets where target = $1',
      [target],
    );
    return rows[0].at;
  }
  const availability = () =>
    test.database.samples.series({
      target: 'http:shop',
      metric: 'availability',
      from: 0,
      to: now() + 60_000,
    });

  it('moves to a new address, closes the old one, and looks at what is new', async () => {
    await eventually('it looks at the first', async () => (await connections(first)) > 0);
    save(`services:
  db: { postgres: "${second.connectionString}" }
  shop: { url: "${url}", environment: test }
`);
    await eventually('it looks at the second', async () => (await connections(second)) > 0);
    await eventually('the first is closed', async () => (await connections(first)) === 0);
    await eventually('the new one is measured', async () => (await measuredAt('http:shop')) > 0);
  }, 180_000);

  it('keeps the last good version of a broken file and says so, without what is secret in it', async () => {
    const warned = (log: (typeof logs)[number]) => log.warn.mock.calls.map(([fields]) => fields);
    save('services: { shop: { uri: "http://127.0.0.1" } }\n"postgres://u:very-secret@h/d"');
    await bothHave('services.yaml cannot be used as it is', 1);
    const since = now();
    save(`services: { shop: { url: "${url}", uri: x }, late: { url: "${url}" } }`);
    await eventually('both tell of the next', async () =>
      logs.every((log) => JSON.stringify(warned(log)).includes('services.shop.uri')),
    );
    const you = workspaceClient(apps[0]?.url ?? '');
    const refusal = await you.answerTo(() => you.say('/perf run look late'));
    expect(refusal).toMatch(/services\.yaml:1 services\.shop\.uri: unknown key .* do you mean "url"/);
    expect(JSON.stringify(logs.map(warned))).not.toContain('very-secret');
    await eventually('it goes on', async () => (await measuredAt('postgres:db')) > since);
  }, 180_000);

  it('measures each target once a round, however often the file was read again', async () => {
    const points = await eventually('some rounds', async () => {
      const all = await availability();
      return all.length >= 3 && all;
    });
    const lastedMs = (points.at(-1)?.at ?? 0) - (points[0]?.at ?? 0);
    expect(points.length).toBeLessThan((1.7 * lastedMs) / 1000 + 3);
  }, 180_000);

  it('ends the alerts of a removed service with a word of why, and keeps its history', async () => {
    clock.ahead += 30_000;
    const firing = await eventually('the alert', async () =>
      (await test.database.groups.recent({ service: 'shop', limit: 5 })).find(
        ({ state }) => state === 'firing',
      ),
    );
    await awaitTarget('postgres:db');
    const heard = logs.map(({ info }) => info.mock.calls.length);
    save('services: {}');
    await eventually('both have read it', async () =>
      logs.every(({ info }, index) =>
        info.mock.calls.slice(heard[index]).some(([, message]) => message === 'services changed'),
      ),
    );
    clock.ahead += 20_000;
    await eventually(
      'its end',
      async () => (await test.database.groups.get(firing.id))?.state === 'resolved',
    );
    const { rows } = await test.pool.query(
      `select message #>> '{content,text}' as text from outbox where key like $1`,
      [`group/${firing.id}/note/resolved-%`],
    );
    expect(rows).toEqual([{ text: 'Resolved: shop is not in services.yaml any more.' }]);
    expect((await availability()).length).toBeGreaterThan(3);
    // A run that was planned before has still to look at the database.
    expect(await connections(second)).toBeGreaterThan(0);
    await test.database.runs.fail('under-way', 'over', now());
    await eventually('the second is closed', async () => (await connections(second)) === 0);
  }, 180_000);

  /** A run under way whose step no worker takes. */
  async function awaitTarget(id: string): Promise<void> {
    await test.database.runs.create({
      id: 'under-way',
      playbook: 'look',
      service: 'db',
      trigger: { kind: 'command', userId: 'U1', channel: '#general' },
      state: 'running',
      createdAt: now(),
      deadlineAt: now() + 3_600_000,
      finishedAt: undefined,
      report: undefined,
      failure: undefined,
    });
    await test.database.runs.addSteps([
      {
        runId: 'under-way',
        step: 0,
        title: 'Look',
        probe: 'postgres.activity',
        target: { kind: 'postgres', id, service: 'db', zone: 'far' },
        params: {},
        timeoutMs: 1000,
        state: 'waiting',
        evidence: undefined,
      },
    ]);
  }
});
