import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { refreshBaselines } from '../src/engine/monitor/refresh-baselines.ts';
import type { Sample } from '../src/engine/ports/sample-store.ts';
import { createDatabase, createPool } from '../src/storage/database.ts';
import { startEmbeddedPostgres } from '../src/storage/embedded/embedded-postgres.ts';
import { migrate } from '../src/storage/migrate.ts';
import { measureRounds } from './monitor-rounds.ts';

// What the monitor of 200 services costs: a whole round of looks (with `--rounds` nothing else), then PostgreSQL alone: bytes
// per row of each resolution, and the time of each piece of work.

const SERVICES = 200;
const CONTAINERS = 20;
const ROUTES = 3;
const ROUNDS = 3;
/** A container with a URL and three routes, of which Prometheus knows the requests. */
const SERIES: readonly (readonly [metric: string, label?: string])[] = [
  ['cpu_ratio'],
  ['memory_ratio'],
  ['memory_used_bytes'],
  ['running'],
  ['throttled_ratio'],
  ['response_time_p50_ms'],
  ['response_time_max_ms'],
  ['error_rate'],
  ['availability'],
  ['response_time_p95_ms'],
  ['throughput_per_minute'],
  ['requests_error_rate'],
  ...['GET /a', 'GET /b', 'GET /c'].flatMap((label) => [
    ['response_time_p50_ms', label] as const,
    ['response_time_p95_ms', label] as const,
  ]),
];
const STATEMENTS = 20;
const INTERVAL_MS = 30_000;
const RAW_HOURS = 2;
const BASELINE_DAYS = 42;

const log = { debug() {}, info() {}, warn() {}, error: console.error };
const directory = mkdtempSync(join(tmpdir(), 'perfbot-bench-'));
const server = await startEmbeddedPostgres({ directory, log });
const pool = createPool({ connectionString: server.connectionString, max: 5, log });
try {
  await migrate({ pool, log });
  const [load = 0] = loadavg();
  console.log(
    `${cpus().length} cores (${cpus()[0]?.model}), load ${load.toFixed(1)}, Node ${process.version}`,
  );
  await measureRounds({
    pool,
    directory,
    connectionString: server.connectionString,
    services: SERVICES,
    containers: CONTAINERS,
    routes: ROUTES,
    rounds: ROUNDS,
    print,
  });
  if (!process.argv.includes('--rounds')) await measure();
} finally {
  await pool.end();
  await server.close();
  rmSync(directory, { recursive: true, force: true });
}

async function measure(): Promise<void> {
  await pool.query('truncate samples, sample_series restart identity cascade');
  const database = createDatabase({ pool });
  const end = Math.floor(Date.now() / 3_600_000) * 3_600_000;
  const start = end - RAW_HOURS * 3_600_000;
  const rounds: number[] = [];
  for (let at = start; at < end; at += INTERVAL_MS) {
    const began = performance.now();
    await database.samples.add(round(at));
    rounds.push(performance.now() - began);
  }
  print('samples in a round', SERVICES * SERIES.length);
  print('store a round, median ms', middle(rounds));
  const began = performance.now();
  await database.samples.rollUp(end + 60_000);
  print(`roll ${RAW_HOURS} h up, ms`, performance.now() - began);
  let aDay = 0;
  for (const [table, spanMs, keepDays] of [
    ['samples', INTERVAL_MS, 7],
    ['samples_5m', 300_000, 90],
    ['samples_1h', 3_600_000, 730],
  ] as const) {
    if (table !== 'samples') await fill(table, spanMs, start);
    const { rows } = await pool.query(
      `select sum(pg_total_relation_size(inhrelid))::float8 as bytes, (select count(*) from ${table})::float8 as rows
       from pg_inherits where inhparent = '${table}'::regclass`,
    );
    const perRow = rows[0].bytes / rows[0].rows;
    const kept = ((SERVICES * SERIES.length * 86_400_000) / spanMs) * keepDays;
    aDay += (perRow * SERIES.length * 86_400_000) / spanMs;
    print(`${table}, bytes a row with its index`, perRow);
    print(`${table}, GB for ${keepDays} days`, (perRow * kept) / 1e9);
  }
  print('written for a service and day with all roll-ups, MB', aDay / 1e6);
  await measureStatements(end);
  const comparing = performance.now();
  await database.baselines.changes({ from: end - 21 * 86_400_000, to: end });
  print('compare three weeks with the three before, s', (performance.now() - comparing) / 1000);
  // Only these have six weeks of 5-minute means.
  await pool.query('delete from sample_series where id % $1 <> 0', [SERIES.length]);
  const series = (await database.baselines.series()).length;
  const refreshing = performance.now();
  await refreshBaselines({
    baselines: database.baselines,
    upkeep: database.upkeep,
    timezone: 'UTC',
    now: () => end,
    log,
  })();
  print(
    `refresh the usual values of ${series} metrics from ${BASELINE_DAYS} days, s`,
    (performance.now() - refreshing) / 1000,
  );
}

function round(at: number): readonly Sample[] {
  return Array.from({ length: SERVICES }, (_, index) =>
    SERIES.map(
      ([metric, label]): Sample => ({
        target: `container:service-${index}`,
        service: `service-${index}`,
        metric,
        ...(label !== undefined && { label }),
        unit: 'ratio',
        at: at + index,
        value: Math.random(),
      }),
    ),
  ).flat();
}

/** A week of the statements of one database: the hours of `STATEMENTS` and of all others. */
async function measureStatements(end: number): Promise<void> {
  const { statements } = createDatabase({ pool });
  const began = performance.now();
  const hours = 7 * 24;
  for (let hour = hours; hour > 0; hour -= 1) {
    const at = end - hour * 3_600_000;
    await statements.makeRoom(at, at);
    await statements.add({
      target: 'postgres:shop',
      service: 'shop',
      at,
      statements: Array.from({ length: STATEMENTS + 1 }, (_, index) => ({
        database: 'shop',
        queryid: index === STATEMENTS ? '' : String(index),
        calls: 1,
        totalMs: Math.random(),
        rows: 1,
      })),
      texts: new Map(),
    });
  }
  print('store an hour of statements, ms', (performance.now() - began) / hours);
  const { rows } = await pool.query(
    `select sum(pg_total_relation_size(inhrelid))::float8 as bytes, (select count(*) from statement_hours)::float8 as rows
     from pg_inherits where inhparent = 'statement_hours'::regclass`,
  );
  print('statement_hours, bytes a row with its index', rows[0].bytes / rows[0].rows);
}

/** Roll-ups as far back as the usual values look, so that sizes and times are those of a full table. */
async function fill(table: 'samples_5m' | 'samples_1h', spanMs: number, before: number): Promise<void> {
  const width = (table === 'samples_5m' ? 7 : 28) * 86_400_000;
  const from = before - BASELINE_DAYS * 86_400_000;
  for (let index = Math.floor(from / width); index <= Math.floor(before / width); index += 1) {
    await pool.query(
      `create table if not exists ${table}_p${String(index).padStart(6, '0')} partition of ${table}
       for values from (${index * width}) to (${(index + 1) * width})`,
    );
  }
  const step = 86_400_000;
  for (let at = from; at < before; at += step) {
    await pool.query(
      `insert into ${table} select at, s.id, 10, random(), 0, 1
       from generate_series($1::bigint, $2::bigint, ${spanMs}) at cross join (select id from sample_series where id % $3 = 0) s
       on conflict do nothing`,
      [Math.floor(at / spanMs) * spanMs, at + step - spanMs, table === 'samples_5m' ? SERIES.length : 1],
    );
  }
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function print(what: string, value: number | string): void {
  const text = typeof value === 'string' ? value : value >= 100 ? Math.round(value) : value.toPrecision(3);
  console.log(`${what}: ${text}`);
}
