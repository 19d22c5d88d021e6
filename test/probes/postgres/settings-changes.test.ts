import { expect, it } from 'vitest';
import { findChanges, watchedFacts } from '../../../src/core/monitor/target-change.ts';
import { createPostgresClients } from '../../../src/probes/postgres/clients.ts';
import { postgresSettingsProbe } from '../../../src/probes/postgres/settings.ts';
import { startPostgres15 } from '../../support/postgres15.ts';
import { describeWith } from '../../support/requirements.ts';
import { collected, observe } from '../observe.ts';
import { createApplication } from './application.ts';

const SECRET = 'replica-secret-4471';
const TARGET = { id: 'postgres:db', kind: 'postgres', service: 'shop-db', zone: 'default' } as const;

describeWith(['postgres15'], 'what changed at PostgreSQL', () => {
  it('is told with its values, but for texts, and a restart with what it brought into force', async () => {
    const server = await startPostgres15();
    const app = createApplication(server.url());
    const admin = await app.connect();
    admin.on('error', () => undefined);
    await admin.query(`CREATE ROLE monitor LOGIN PASSWORD 'm'; GRANT pg_monitor TO monitor;
      CREATE ROLE stranger LOGIN PASSWORD 'm'`);
    const clients = createPostgresClients({
      connections: new Map([
        ['postgres:db', server.url({ user: 'monitor', password: 'm' })],
        ['postgres:stranger', server.url({ user: 'stranger', password: 'm' })],
      ]),
    });
    const probe = postgresSettingsProbe({ clients });
    const look = async (id: string = TARGET.id) => {
      const evidence = collected(await observe(probe, { ...TARGET, id }));
      expect(JSON.stringify(evidence)).not.toContain(SECRET);
      return watchedFacts(evidence) ?? {};
    };
    const seen = { target: TARGET.id, service: TARGET.service, at: Date.now() + 60_000 };
    const words = (before: object, after: object) =>
      findChanges({ ...before }, { ...after }, seen).map(({ what }) => what);

    const first = await look();
    expect(words(first, await look())).toEqual([]);
    // A role that sees less has not seen a change.
    expect(words(first, await look('postgres:stranger'))).toEqual([]);

    await admin.query("ALTER SYSTEM SET work_mem = '64MB'");
    await admin.query(`ALTER SYSTEM SET primary_conninfo = 'host=standby password=${SECRET}'`);
    await admin.query('ALTER SYSTEM SET max_wal_senders = 3');
    await admin.query('SELECT pg_reload_conf()');
    await expect
      .poll(async () => words(first, await look()), { timeout: 10_000 })
      .toEqual(['reconfigured (another primary_conninfo, work_mem set to 64MB)']);
    const second = await look();

    await app.stop();
    await server.restart();
    const restarted = await look();
    expect(words(second, restarted)).toEqual(['restarted (max_wal_senders set to 3)']);
    const [change] = findChanges(second, restarted, seen);
    expect(Math.abs((change?.at ?? 0) - Date.now())).toBeLessThan(30_000);

    await clients.close();
    await server.stop();
  });
});
