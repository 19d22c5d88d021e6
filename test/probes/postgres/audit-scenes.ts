import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Diagnosis, diagnose } from '../../../src/core/diagnosis/diagnose.ts';
import { rowsOf } from '../../../src/core/diagnosis/facts.ts';
import { RULES } from '../../../src/core/diagnosis/rules.ts';
import { type CollectedEvidence, type Evidence, metricValue } from '../../../src/core/evidence.ts';
import { createPostgresClients, type PostgresClients } from '../../../src/probes/postgres/clients.ts';
import { postgresIndexesProbe } from '../../../src/probes/postgres/indexes.ts';
import { postgresWaitsProbe } from '../../../src/probes/postgres/waits.ts';
import { probeContract } from '../../contract/probe-contract.ts';
import { freePort } from '../../support/free-port.ts';
import type { OwnPostgres } from '../../support/postgres15.ts';
import { collected, factsFrom, observe, serviceNamed } from '../observe.ts';
import { type Application, createApplication, passes } from './application.ts';

const PASSWORD = 'audit-pw-51';
const TARGET = { id: 'postgres:shop-db', kind: 'postgres', service: 'shop-db', zone: 'default' } as const;
const STRANGER = { ...TARGET, id: 'postgres:stranger' } as const;
const DOWN = { ...TARGET, id: 'postgres:down' } as const;

/** What a deep look finds on a real server, as a role with pg_monitor and as one that may only log in. */
export function auditScenes(start: () => Promise<OwnPostgres>): void {
  let server: OwnPostgres;
  let clients: PostgresClients;
  let admin: Client;
  let keeper: Application;

  beforeAll(async () => {
    server = await start();
    keeper = createApplication(server.url(), 'keeper');
    admin = await keeper.connect();
    await admin.query(`CREATE ROLE stranger LOGIN PASSWORD '${PASSWORD}'`);
    await admin.query(`CREATE ROLE monitor LOGIN PASSWORD '${PASSWORD}'; GRANT pg_monitor TO monitor`);
    clients = createPostgresClients({
      connections: new Map([
        [TARGET.id, server.url({ user: 'monitor', password: PASSWORD })],
        [STRANGER.id, server.url({ user: 'stranger', password: PASSWORD })],
        [DOWN.id, `postgres://monitor:${PASSWORD}@127.0.0.1:${await freePort()}/postgres`],
      ]),
    });
  });
  afterAll(async () => {
    await clients?.close();
    await keeper?.stop();
    await server?.stop();
  });

  function conclude(...evidence: readonly Evidence[]): Diagnosis {
    const services = [serviceNamed('shop-db', 'postgres')];
    return diagnose(RULES, factsFrom(evidence, services, services[0]));
  }

  const causeOf = (diagnosis: Diagnosis, id: string) => {
    const cause = diagnosis.causes.find((candidate) => candidate.id === id);
    if (cause === undefined)
      throw new Error(`${id} is not among ${diagnosis.causes.map((found) => found.id)}`);
    return cause;
  };

  describe('postgres.indexes', () => {
    probeContract({
      healthy: () => ({ probe: postgresIndexesProbe({ clients }), target: TARGET }),
      unreachable: () => ({ probe: postgresIndexesProbe({ clients }), target: DOWN }),
      metrics: [
        'indexes',
        'unused_indexes',
        'unused_index_bytes',
        'duplicate_indexes',
        'duplicate_index_bytes',
        'invalid_indexes',
        'foreign_keys_without_index',
        'stats_age_ms',
      ],
      tables: ['unused', 'duplicates', 'invalid', 'foreign_keys'],
      secrets: [PASSWORD],
    });

    const look = async (params: Readonly<Record<string, unknown>> = {}): Promise<CollectedEvidence> =>
      collected(await observe(postgresIndexesProbe({ clients }), TARGET, params));

    it('finds nothing in a tidy schema', async () => {
      await admin.query(
        'CREATE TABLE tidy (id int PRIMARY KEY, name text UNIQUE); CREATE INDEX ON tidy (name, id)',
      );
      const seen = await look();
      expect(seen.tables?.flatMap(({ rows }) => rows)).toEqual([]);
      expect(conclude(seen).causes).toEqual([]);
    });

    it('db.duplicate_index: the same columns, and the first columns of another index', async () => {
      await admin.query(`CREATE TABLE "Orders" (id int PRIMARY KEY, customer int, day date, note text);
        CREATE INDEX by_customer ON "Orders" (customer);
        CREATE INDEX "By Customer" ON "Orders" (customer);
        CREATE INDEX by_day ON "Orders" (day);
        CREATE INDEX by_day_note ON "Orders" (day, note);
        CREATE INDEX by_day_desc ON "Orders" (day DESC);
        CREATE INDEX by_day_part ON "Orders" (day) WHERE note IS NULL;
        CREATE INDEX by_note_hash ON "Orders" USING hash (note)`);
      const seen = await look();
      expect(
        rowsOf(seen, 'duplicates')
          .map((row) => `${row.index} by ${row.replaced_by}`)
          .sort(),
      ).toEqual(['public."By Customer" by public.by_customer', 'public.by_day by public.by_day_note']);
      const { advice } = causeOf(conclude(seen), 'db.duplicate_index');
      for (const { command, undo } of advice) {
        await admin.query(command ?? '');
        await admin.query(undo ?? '');
        await admin.query(command ?? '');
      }
      expect(metricValue(await look(), 'duplicate_indexes')).toBe(0);
    });

    it('db.invalid_index: what a failed CREATE INDEX CONCURRENTLY leaves behind', async () => {
      await admin.query('CREATE TABLE twins (id int); INSERT INTO twins VALUES (1), (1)');
      await expect(admin.query('CREATE UNIQUE INDEX CONCURRENTLY twins_id ON twins (id)')).rejects.toThrow();
      const seen = await look();
      expect(rowsOf(seen, 'invalid')[0]).toMatchObject({ index: 'public.twins_id', table: 'public.twins' });
      const [again, drop] = causeOf(conclude(seen), 'db.invalid_index').advice;
      await admin.query('DELETE FROM twins WHERE ctid IN (SELECT ctid FROM twins LIMIT 1)');
      await admin.query(again?.command ?? '');
      expect(metricValue(await look(), 'invalid_indexes')).toBe(0);
      await admin.query(drop?.command ?? '');
    });

    it('db.foreign_key_without_index: a key of a large table that deletes have to search', async () => {
      await admin.query(`CREATE TABLE parent (a int, b int, PRIMARY KEY (a, b));
        CREATE TABLE child (id int PRIMARY KEY, a int, "B" int, other int, FOREIGN KEY (a, "B") REFERENCES parent);
        CREATE TABLE served (a int, b int, FOREIGN KEY (a, b) REFERENCES parent);
        CREATE INDEX ON served (b, a);
        INSERT INTO parent SELECT 1, g FROM generate_series(1, 20) g;
        INSERT INTO child SELECT g, 1, 1 + g % 10 FROM generate_series(1, 20000) g; ANALYZE child`);
      const seen = await look();
      expect(rowsOf(seen, 'foreign_keys')).toHaveLength(1);
      const { advice, summary } = causeOf(conclude(seen), 'db.foreign_key_without_index');
      expect(summary).toContain('public.child');
      expect(advice[0]?.command).toBe('CREATE INDEX CONCURRENTLY "child_a_B_idx" ON public.child (a, "B");');
      await admin.query(advice[0]?.command ?? '');
      expect(metricValue(await look(), 'foreign_keys_without_index')).toBe(0);
    });

    it('db.unused_index: says how long it has been counted, and does not drop anything on young counters', async () => {
      await admin.query(`CREATE TABLE big (id int PRIMARY KEY, note text);
        INSERT INTO big SELECT g, md5(g::text) FROM generate_series(1, 200000) g; CREATE INDEX big_note ON big (note)`);
      const seen = await look();
      expect(rowsOf(seen, 'unused').map((row) => row.index)).toEqual(['public.big_note']);
      expect(metricValue(seen, 'unused_index_bytes')).toBeGreaterThan(10_000_000);
      const young = causeOf(conclude(seen), 'db.unused_index');
      expect(young.against[0]?.metric).toBe('stats_age_ms');
      expect(young.advice[0]?.command).not.toContain('DROP');
      await admin.query(young.advice[0]?.command ?? '');
      await admin.query('SET enable_seqscan = off');
      for (let use = 0; use < 60; use += 1) await admin.query("SELECT id FROM big WHERE note = 'x'");
      await passes(1100);
      await admin.query('RESET enable_seqscan');
      await expect.poll(async () => metricValue(await look(), 'unused_indexes'), { timeout: 5000 }).toBe(0);
      expect(metricValue(await look({ unused_bytes: 1e9 }), 'unused_indexes')).toBe(0);
    });

    it('sees the catalogue without any grant', async () => {
      const seen = collected(await observe(postgresIndexesProbe({ clients }), STRANGER));
      expect(metricValue(seen, 'indexes')).toBeGreaterThan(3);
      expect(seen.gaps).toBeUndefined();
    });

    it('neither waits for nor hides behind a schema change', async () => {
      const other = await keeper.connect();
      await other.query(
        'BEGIN; LOCK TABLE big IN ACCESS EXCLUSIVE MODE; ALTER INDEX big_note SET (fillfactor = 80)',
      );
      const startedAt = Date.now();
      const seen = await look();
      await other.query('ROLLBACK');
      expect(Date.now() - startedAt).toBeLessThan(2000);
      expect(metricValue(seen, 'indexes')).toBeGreaterThan(3);
    });
  });

  describe('postgres.waits', () => {
    const probe = () => postgresWaitsProbe({ clients });
    probeContract({
      healthy: () => ({ probe: probe(), target: TARGET }),
      unreachable: () => ({ probe: probe(), target: DOWN }),
      metrics: [
        'active_sessions_mean',
        'cpu_share',
        'lock_share',
        'io_share',
        'internal_lock_share',
        'client_read_in_transaction_share',
        'transactions_waiting_for_client',
      ],
      tables: ['waits', 'applications'],
      params: { samples: 3, interval: 60 },
      secrets: [PASSWORD],
    });

    it('tells who keeps the database at work, and what the others wait for', async () => {
      const report = createApplication(server.url(), 'metabase');
      await report.repeat('SELECT count(*) FROM generate_series(1, 400000)');
      const idle = await keeper.connect();
      await idle.query('BEGIN; SELECT 1');
      const seen = collected(await observe(probe(), TARGET, { samples: 8 }));
      await idle.query('ROLLBACK');
      await report.stop();
      expect(rowsOf(seen, 'applications')[0]).toMatchObject({
        application: 'metabase',
        address: '127.0.0.1',
        active_share: 1,
        sessions: 1,
      });
      expect(metricValue(seen, 'cpu_share')).toBeGreaterThan(0.2);
      expect(metricValue(seen, 'client_read_in_transaction_share')).toBeGreaterThan(0.3);
      expect(metricValue(seen, 'transactions_waiting_for_client')).toBe(1);
    });

    it('says what a role without pg_monitor cannot see, instead of shares', async () => {
      const other = await keeper.connect();
      const slow = other.query('SELECT pg_sleep(0.6)');
      const seen = collected(await observe(probe(), STRANGER, { samples: 2 }));
      await slow;
      expect(seen.metrics).toEqual([]);
      expect(seen.gaps?.[0]?.mend).toBe('GRANT pg_monitor TO stranger;');
    });
  });
}
