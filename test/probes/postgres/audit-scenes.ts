import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Diagnosis, diagnose } from '../../../src/core/diagnosis/diagnose.ts';
import { rowsOf } from '../../../src/core/diagnosis/facts.ts';
import { RULES } from '../../../src/core/diagnosis/rules.ts';
import { type CollectedEvidence, type Evidence, metricValue } from '../../../src/core/evidence.ts';
import { createPostgresClients, type PostgresClients } from '../../../src/probes/postgres/clients.ts';
import { postgresIndexesProbe } from '../../../src/probes/postgres/indexes.ts';
import { postgresMaintenanceProbe } from '../../../src/probes/postgres/maintenance.ts';
import { postgresReplicationProbe } from '../../../src/probes/postgres/replication.ts';
import { postgresSettingsProbe } from '../../../src/probes/postgres/settings.ts';
import { postgresTablesProbe } from '../../../src/probes/postgres/tables.ts';
import { postgresWaitsProbe } from '../../../src/probes/postgres/waits.ts';
import { probeContract } from '../../contract/probe-contract.ts';
import { freePort } from '../../support/free-port.ts';
import type { OwnPostgres, OwnPostgresOptions } from '../../support/postgres15.ts';
import { collected, factsFrom, observe, serviceNamed } from '../observe.ts';
import { type Application, createApplication, passes } from './application.ts';

const PASSWORD = 'audit-pw-51';
const TARGET = { id: 'postgres:shop-db', kind: 'postgres', service: 'shop-db', zone: 'default' } as const;
const STRANGER = { ...TARGET, id: 'postgres:stranger' } as const;
const DOWN = { ...TARGET, id: 'postgres:down' } as const;

/** Limits that a fault can reach within seconds. */
const SETTINGS = {
  max_wal_size: '32MB',
  min_wal_size: '32MB',
  max_prepared_transactions: '5',
  autovacuum_freeze_max_age: '100000',
  max_connections: '30',
};

/** What a deep look finds on a real server, as a role with pg_monitor and as one that may only log in. */
export function auditScenes(start: (options: OwnPostgresOptions) => Promise<OwnPostgres>): void {
  let server: OwnPostgres;
  let clients: PostgresClients;
  let admin: Client;
  let keeper: Application;

  beforeAll(async () => {
    server = await start({ settings: SETTINGS });
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
      expect(Date.now() - startedAt).toBeLessThan(4000);
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

  describe('postgres.settings', () => {
    const probe = () => postgresSettingsProbe({ clients });
    probeContract({
      healthy: () => ({ probe: probe(), target: TARGET }),
      unreachable: () => ({ probe: probe(), target: DOWN }),
      metrics: [
        'shared_buffers_bytes',
        'effective_cache_size_bytes',
        'work_mem_bytes',
        'maintenance_work_mem_bytes',
        'max_wal_size_bytes',
        'max_connections',
        'max_prepared_transactions',
        'statement_timeout_ms',
        'idle_in_transaction_timeout_ms',
        'checkpoint_timeout_ms',
        'autovacuum_enabled',
        'track_counts_enabled',
        'track_io_timing_enabled',
        'work_mem_possible_bytes',
        'settings_pending_restart',
      ],
      tables: ['settings'],
      secrets: [PASSWORD],
    });

    it.each([TARGET, STRANGER])(
      '$id reads them in bytes and ms, those of the server and not its own',
      async (target) => {
        const seen = collected(await observe(probe(), target));
        expect(metricValue(seen, 'shared_buffers_bytes')).toBe(32 * 1024 ** 2);
        expect(metricValue(seen, 'work_mem_possible_bytes')).toBe(30 * 4 * 1024 ** 2);
        expect(metricValue(seen, 'statement_timeout_ms')).toBe(0);
        expect(metricValue(seen, 'checkpoint_timeout_ms')).toBe(300_000);
        expect(rowsOf(seen, 'settings').find((row) => row.setting === 'shared_buffers')).toMatchObject({
          value: '33.6 MB',
          source: 'command line',
          change_needs: 'restart',
          pending_restart: 'no',
        });
        expect(seen.facts).toMatchObject({ same_machine: 'yes' });
        expect(conclude(seen).causes).toEqual([]);
      },
    );

    it('db.autovacuum_off: for the whole server, until the advice is followed', async () => {
      await admin.query('ALTER SYSTEM SET autovacuum = off');
      await admin.query('SELECT pg_reload_conf()');
      await passes(300);
      const { advice } = causeOf(conclude(await observe(probe(), TARGET)), 'db.autovacuum_off');
      const [set, reload] = (advice[0]?.command ?? '').split(/; -- then, as a statement of its own: /);
      await admin.query(set ?? '');
      await admin.query(reload ?? '');
      await passes(300);
      expect(conclude(await observe(probe(), TARGET)).causes).toEqual([]);
    });

    it('db.pending_restart: a setting that was changed and is read at the start only', async () => {
      await admin.query('ALTER SYSTEM SET wal_buffers = 256');
      await admin.query('SELECT pg_reload_conf()');
      await passes(300);
      const seen = collected(await observe(probe(), TARGET));
      expect(metricValue(seen, 'settings_pending_restart')).toBe(1);
      expect(rowsOf(seen, 'settings')[0]).toMatchObject({ setting: 'wal_buffers', pending_restart: 'yes' });
      const { advice, summary } = causeOf(conclude(seen), 'db.pending_restart');
      expect(summary).toContain('wal_buffers was changed');
      await admin.query(advice[0]?.command ?? '');
      await admin.query('ALTER SYSTEM RESET wal_buffers');
      await admin.query('SELECT pg_reload_conf()');
    });
  });

  describe('postgres.tables', () => {
    const probe = () => postgresTablesProbe({ clients });
    const rowOf = (seen: CollectedEvidence, table: string) =>
      rowsOf(seen, 'tables').find((row) => row.table === table);
    probeContract({
      healthy: () => ({ probe: probe(), target: TARGET }),
      unreachable: () => ({ probe: probe(), target: DOWN }),
      metrics: [
        'tables',
        'dead_rows',
        'tables_due_for_vacuum',
        'tables_due_for_analyze',
        'tables_without_autovacuum',
        'vacuums_running',
        'bloat_estimate_bytes',
      ],
      tables: ['tables'],
      secrets: [PASSWORD],
    });

    it('tells the threshold of autovacuum by the settings of the server and of the table', async () => {
      await admin.query(`CREATE TABLE "Lots" (id int) WITH (autovacuum_enabled = off, autovacuum_vacuum_scale_factor = 0.5);
        INSERT INTO "Lots" SELECT generate_series(1, 20000)`);
      await passes(1100);
      await admin.query('SELECT 1');
      await admin.query('ANALYZE "Lots"');
      await admin.query('UPDATE "Lots" SET id = id + 1');
      await passes(1100);
      await admin.query('SELECT 1');
      const seen = collected(await observe(probe(), TARGET));
      expect(rowOf(seen, 'public."Lots"')).toMatchObject({
        rows_estimate: 20_000,
        dead_rows: 20_000,
        dead_ratio: 0.5,
        vacuum_threshold: 10_050,
        analyze_threshold: 2050,
        since_vacuum_ms: null,
        autovacuum: 'off',
      });
      expect(Number(rowOf(seen, 'public."Lots"')?.since_analyze_ms)).toBeGreaterThan(1000);
      expect(metricValue(seen, 'tables_due_for_vacuum')).toBe(1);
      const diagnosis = conclude(seen, await observe(postgresSettingsProbe({ clients }), TARGET));
      expect(diagnosis.causes[0]?.id).toBe('db.bloat_dead_tuples');
      const { advice } = causeOf(diagnosis, 'db.autovacuum_off');
      await admin.query(advice[0]?.command ?? '');
      expect(rowOf(collected(await observe(probe(), TARGET)), 'public."Lots"')).toMatchObject({
        autovacuum: 'on',
      });
      await admin.query(advice[0]?.undo ?? '');
    });

    it('gives exact settings for autovacuum that PostgreSQL takes', async () => {
      await admin.query('ALTER TABLE "Lots" RESET (autovacuum_enabled)');
      const { advice } = causeOf(conclude(collected(await observe(probe(), TARGET))), 'db.bloat_dead_tuples');
      const [vacuum, sooner] = advice;
      expect(sooner?.command).toBe(
        'ALTER TABLE public."Lots" SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000);',
      );
      await admin.query(sooner?.command ?? '');
      await admin.query(vacuum?.command ?? '');
      const seen = collected(await observe(probe(), TARGET));
      expect(rowOf(seen, 'public."Lots"')).toMatchObject({ vacuum_threshold: 2000 });
      await expect
        .poll(async () => metricValue(collected(await observe(probe(), TARGET)), 'tables_due_for_vacuum'))
        .toBe(0);
      await admin.query(sooner?.undo ?? '');
    });

    it('abstains from bloat that it cannot know, estimates where it may see widths, and measures with pgstattuple', async () => {
      const table = 'public."Lots"';
      const blind = collected(await observe(probe(), TARGET));
      expect(rowOf(blind, table)).toMatchObject({ bloat_by: 'not known', bloat_ratio: null });
      const mends = (seen: CollectedEvidence) => (seen.gaps ?? []).map(({ mend }) => mend);
      expect(mends(blind)[0]).toMatch(/^GRANT SELECT ON .+ TO monitor;/);
      expect(mends(blind)).toContain('CREATE EXTENSION pgstattuple;');
      await admin.query('GRANT SELECT ON ALL TABLES IN SCHEMA public TO monitor');
      const seen = collected(await observe(probe(), TARGET));
      expect(rowOf(seen, table)).toMatchObject({ bloat_by: 'estimated' });
      // One generation of updates left as much space as the rows take.
      expect(Number(rowOf(seen, table)?.bloat_ratio)).toBeGreaterThan(0.4);
      expect(Number(rowOf(seen, table)?.bloat_ratio)).toBeLessThan(0.6);
      await admin.query('CREATE SCHEMA "Tools"; CREATE EXTENSION pgstattuple SCHEMA "Tools"');
      expect(mends(collected(await observe(probe(), TARGET)))).toContain(
        'GRANT USAGE ON SCHEMA "Tools" TO monitor;',
      );
      await admin.query('GRANT USAGE ON SCHEMA "Tools" TO monitor, stranger');
      expect(mends(collected(await observe(probe(), STRANGER)))).toContain(
        'GRANT pg_stat_scan_tables TO stranger;',
      );
      await admin.query(
        'DROP TABLE IF EXISTS big; UPDATE "Lots" SET id = id + 1; UPDATE "Lots" SET id = id + 1',
      );
      await passes(1100);
      await admin.query('SELECT 1');
      const exact = collected(await observe(probe(), TARGET));
      expect(rowOf(exact, table)).toMatchObject({ bloat_by: 'measured' });
      expect(Number(rowOf(exact, table)?.bloat_ratio)).toBeGreaterThan(0.4);
      expect(
        rowOf(collected(await observe(probe(), TARGET, { measure_bytes: 0 })), table)?.bloat_by,
      ).not.toBe('measured');
      await admin.query('DROP TABLE "Lots"');
    });

    it('sees the counters without any grant', async () => {
      const seen = collected(await observe(probe(), STRANGER));
      expect(metricValue(seen, 'tables')).toBeGreaterThan(2);
      expect(rowsOf(seen, 'tables')[0]?.vacuum_threshold).toBeGreaterThan(0);
    });
  });

  describe('postgres.replication', () => {
    const probe = () => postgresReplicationProbe({ clients });
    probeContract({
      healthy: () => ({ probe: probe(), target: TARGET }),
      unreachable: () => ({ probe: probe(), target: DOWN }),
      metrics: [
        'standbys',
        'replication_lag_bytes',
        'replication_lag_ms',
        'inactive_slots',
        'slot_retained_bytes',
        'oldest_snapshot_age',
        'prepared_transactions',
        'oldest_prepared_ms',
        'replay_delay_ms',
      ],
      tables: ['standbys', 'slots', 'xmin_holders'],
      secrets: [PASSWORD],
    });

    it('shows a slot that nobody uses and the log that it keeps', async () => {
      await admin.query("SELECT pg_create_physical_replication_slot('gone_standby', true)");
      await admin.query(
        'CREATE TABLE filler AS SELECT md5(g::text) AS note FROM generate_series(1, 40000) g',
      );
      const seen = collected(await observe(probe(), STRANGER));
      await admin.query("SELECT pg_drop_replication_slot('gone_standby'); DROP TABLE filler");
      expect(metricValue(seen, 'inactive_slots')).toBe(1);
      expect(metricValue(seen, 'slot_retained_bytes')).toBeGreaterThan(1e6);
      expect(rowsOf(seen, 'slots')[0]).toMatchObject({
        slot: 'gone_standby',
        in_use: 'no',
        kind: 'physical',
      });
      expect(metricValue(seen, 'standbys')).toBe(0);
      expect(metricValue(seen, 'replication_lag_bytes')).toBeUndefined();
    });

    it('db.xmin_held: a prepared transaction that nobody finished keeps dead rows', async () => {
      const other = await keeper.connect();
      await other.query("BEGIN; CREATE TABLE two_phase (id int); PREPARE TRANSACTION 'half-done'");
      await admin.query('CREATE TABLE busy (id int); INSERT INTO busy SELECT generate_series(1, 15000)');
      await admin.query('UPDATE busy SET id = id + 1');
      await passes(1100);
      await burnTransactions(admin, 12_000);
      await admin.query('VACUUM busy');
      await passes(1100);
      await admin.query('SELECT 1');
      const [seen, tables] = [
        await observe(probe(), TARGET),
        await observe(postgresTablesProbe({ clients }), TARGET),
      ];
      expect(rowsOf(collected(seen), 'xmin_holders')[0]).toMatchObject({
        kind: 'prepared transaction',
        name: 'half-done',
      });
      const diagnosis = conclude(seen, tables);
      expect(diagnosis.causes[0]?.id).toBe('db.xmin_held');
      expect(diagnosis.causes[0]?.summary).toMatch(
        /half-done.*15,000 dead rows of public.busy cannot be removed/,
      );
      await admin.query((diagnosis.causes[0]?.advice[0]?.command ?? '').split('; --')[0] ?? '');
      await admin.query('VACUUM busy');
      await passes(1100);
      await admin.query('SELECT 1');
      const after = conclude(
        await observe(probe(), TARGET),
        await observe(postgresTablesProbe({ clients }), TARGET),
      );
      expect(after.causes.map(({ id }) => id)).not.toContain('db.xmin_held');
    });
  });

  describe('postgres.maintenance', () => {
    const probe = () => postgresMaintenanceProbe({ clients });
    probeContract({
      healthy: () => ({ probe: probe(), target: TARGET }),
      unreachable: () => ({ probe: probe(), target: DOWN }),
      metrics: [
        'transaction_age',
        'transaction_age_ratio',
        'multixact_age_ratio',
        'checkpoints_timed',
        'checkpoints_requested',
        'backend_fsyncs',
        'checkpoints_requested_ratio',
        'checkpoint_interval_ms',
        'wal_bytes_per_second',
        'max_wal_size_bytes',
        'checkpoint_timeout_ms',
        'checkpoint_completion_ratio',
        'temp_files_per_hour',
        'stats_age_ms',
      ],
      tables: ['oldest'],
      params: { window: 200 },
      secrets: [PASSWORD],
    });

    it('db.checkpoint_pressure: more log than max_wal_size holds, and a size that holds it', async () => {
      const own = probe();
      collected(await observe(own, TARGET, { window: 100 }));
      await admin.query('CREATE TABLE firehose (note text)');
      for (let round = 0; round < 8; round += 1) {
        await admin.query(
          'INSERT INTO firehose SELECT repeat(md5(g::text), 20) FROM generate_series(1, 30000) g',
        );
        await admin.query('TRUNCATE firehose');
      }
      await expect
        .poll(
          async () =>
            metricValue(
              collected(await observe(probe(), TARGET, { window: 100 })),
              'checkpoints_requested_ratio',
            ),
          {
            timeout: 15_000,
          },
        )
        .toBeGreaterThan(0.5);
      const seen = collected(await observe(own, TARGET, { window: 100 }));
      expect(metricValue(seen, 'checkpoints_requested')).toBeGreaterThan(0);
      const { advice, summary } = causeOf(conclude(seen), 'db.checkpoint_pressure');
      expect(summary).toContain('max_wal_size (33.6 MB) was full');
      const wanted = Number(/'(\d+)MB'/.exec(advice[0]?.command ?? '')?.[1]);
      expect(wanted).toBeGreaterThanOrEqual(256);
      expect(wanted).toBeLessThanOrEqual(5000);
      await admin.query((advice[0]?.command ?? '').split('; --')[0] ?? '');
      await admin.query(advice[0]?.undo?.split('; --')[0] ?? '');
    });

    it('db.wraparound: transaction ids older than autovacuum_freeze_max_age, as any role sees', async () => {
      const holder = await keeper.connect();
      await holder.query('BEGIN; SELECT pg_current_xact_id()');
      await burnTransactions(admin, 130_000);
      const seen = collected(await observe(probe(), STRANGER, { window: 100 }));
      await holder.query('ROLLBACK');
      expect(metricValue(seen, 'transaction_age_ratio')).toBeGreaterThan(1);
      const { advice, summary } = causeOf(conclude(seen), 'db.wraparound');
      expect(summary).toContain('of autovacuum_freeze_max_age');
      for (const { command } of advice)
        for (const part of (command ?? '').split(';')) await admin.query(part);
    });
  });
}

/** Uses up transaction ids, one per block with a handler of its own. */
async function burnTransactions(client: Client, count: number): Promise<void> {
  await client.query('CREATE TEMP TABLE IF NOT EXISTS burnt ()');
  await client.query(`DO $$ BEGIN FOR i IN 1..${count} LOOP
    BEGIN INSERT INTO burnt DEFAULT VALUES; EXCEPTION WHEN division_by_zero THEN NULL; END;
  END LOOP; END $$`);
  await client.query('DROP TABLE burnt');
}
