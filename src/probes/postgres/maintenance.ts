import { z } from 'zod';
import type { Gap, Metric, Observation, Table } from '../../core/evidence.ts';
import { Milliseconds } from '../../core/quantity.ts';
import { formatDuration } from '../../core/unit.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import { createLastLooks } from '../last-looks.ts';
import { pause } from '../pause.ts';
import type { PostgresClients } from './clients.ts';
import {
  type Ages,
  type MaintenanceSample,
  type OldTable,
  readAges,
  readMaintenance,
  readTemporaryFiles,
} from './maintenance-counters.ts';
import { readServerFacts } from './server-facts.ts';

const Params = z.strictObject({
  window: Milliseconds.pipe(z.number().min(100).max(60_000))
    .default(2000)
    .describe('time between the two samples, for example 2s'),
  rows: z.int().min(1).max(100).default(10).describe('rows of the table of the oldest tables'),
});
export type PostgresMaintenanceParams = z.infer<typeof Params>;

/** Checkpoints are minutes apart: they are counted since the last look, if that is not older. */
const LONGEST_LOOK_BACK_MS = 24 * 3_600_000;

/** Fewer checkpoints say nothing about a ratio. */
const LEAST_CHECKPOINTS = 5;

/** Ages of transaction ids, checkpoints and their reasons, write-ahead log per second, temporary files. */
export function postgresMaintenanceProbe({
  clients,
}: {
  readonly clients: PostgresClients;
}): Probe<'postgres', PostgresMaintenanceParams> {
  const lastLooks = createLastLooks<MaintenanceSample>(LONGEST_LOOK_BACK_MS);
  return {
    name: 'postgres.maintenance',
    title: 'PostgreSQL checkpoints and transaction ids',
    targetKind: 'postgres',
    cost: 'light',
    timeoutMs: 15_000,
    params: Params,
    async collect({ target, params, signal, now }) {
      const first = await clients.read(target.id, signal, async (query) => {
        const facts = await readServerFacts(query);
        const sample = await readMaintenance(query, facts.version, now());
        const temporary = await readTemporaryFiles(query);
        return { facts, sample, temporary, ages: await readAges(query, params.rows) };
      });
      await pause(params.window, signal);
      const after = await clients.read(target.id, signal, (query) =>
        readMaintenance(query, first.facts.version, now()),
      );
      const base = lookBack(lastLooks.recent(target.id, after.at), first.sample, after);
      lastLooks.keep(target.id, after);
      const { temporary } = first;
      const gaps = gapsOf(after);
      return {
        metrics: [
          ...ageMetrics(first.ages.worst),
          ...checkpointMetrics(base, after),
          ...walMetrics(first.sample, after),
          ...(temporary
            ? ([
                {
                  name: 'temp_files_per_hour',
                  value: (temporary.files * 3_600_000) / temporary.age_ms,
                  unit: 'count',
                },
                { name: 'stats_age_ms', value: temporary.age_ms, unit: 'ms' },
              ] as const)
            : []),
        ],
        tables: [oldTable(first.ages.tables)],
        facts: {
          version: first.facts.release,
          database: first.facts.database,
          ...(first.ages.worst && { oldest_database: first.ages.worst.database }),
          checkpoints_within: formatDuration(after.at - base.at),
        },
        ...(gaps.length > 0 && { gaps }),
        windowMs: Math.max(1, after.at - first.sample.at),
      } satisfies Observation;
    },
  };
}

function gapsOf({ checkpoints, wal }: MaintenanceSample): readonly Gap[] {
  const total = checkpoints.timed + checkpoints.requested;
  if (wal.in_recovery)
    return [{ what: 'Write-ahead log per second', reason: 'The server is a standby and writes none.' }];
  return total < LEAST_CHECKPOINTS
    ? [{ what: 'Reasons of checkpoints', reason: `Only ${total} checkpoints since the counters began.` }]
    : [];
}

function lookBack(
  last: MaintenanceSample | undefined,
  before: MaintenanceSample,
  after: MaintenanceSample,
): MaintenanceSample {
  return last && last.checkpoints.reset === after.checkpoints.reset ? last : before;
}

function ageMetrics(worst: Ages | undefined): readonly Metric[] {
  if (worst === undefined) return [];
  return [
    { name: 'transaction_age', value: worst.age, unit: 'count' },
    { name: 'transaction_age_ratio', value: worst.age / worst.freeze_max_age, unit: 'ratio' },
    {
      name: 'multixact_age_ratio',
      value: worst.multixact_age / worst.multixact_freeze_max_age,
      unit: 'ratio',
    },
  ];
}

function checkpointMetrics(base: MaintenanceSample, after: MaintenanceSample): readonly Metric[] {
  const { timed, requested, backend_fsyncs, age_ms } = after.checkpoints;
  const total = timed + requested;
  const since = (now: number, then: number): number => Math.max(0, now - then);
  return [
    { name: 'checkpoints_timed', value: since(timed, base.checkpoints.timed), unit: 'count' },
    { name: 'checkpoints_requested', value: since(requested, base.checkpoints.requested), unit: 'count' },
    ...(backend_fsyncs === null
      ? []
      : [
          {
            name: 'backend_fsyncs',
            value: since(backend_fsyncs, base.checkpoints.backend_fsyncs ?? 0),
            unit: 'count',
          } as const,
        ]),
    ...(total >= LEAST_CHECKPOINTS
      ? [{ name: 'checkpoints_requested_ratio', value: requested / total, unit: 'ratio' } as const]
      : []),
    ...(total >= LEAST_CHECKPOINTS && age_ms !== null
      ? [{ name: 'checkpoint_interval_ms', value: age_ms / total, unit: 'ms' } as const]
      : []),
  ];
}

function walMetrics(before: MaintenanceSample, { at, wal }: MaintenanceSample): readonly Metric[] {
  const seconds = Math.max(0.001, (at - before.at) / 1000);
  return [
    ...(wal.position === null || before.wal.position === null
      ? []
      : [
          {
            name: 'wal_bytes_per_second',
            value: Math.max(0, wal.position - before.wal.position) / seconds,
            unit: 'bytes_per_second',
          } as const,
        ]),
    { name: 'max_wal_size_bytes', value: wal.max_wal_size_bytes, unit: 'bytes' },
    { name: 'checkpoint_timeout_ms', value: wal.checkpoint_timeout_ms, unit: 'ms' },
    { name: 'checkpoint_completion_ratio', value: wal.completion_ratio, unit: 'ratio' },
  ];
}

function oldTable(tables: readonly OldTable[]): Table {
  return {
    name: 'oldest',
    title: 'Tables with the oldest transaction ids',
    columns: [
      { name: 'table', title: 'Table' },
      { name: 'age', title: 'Transactions since its last freeze', unit: 'count' },
      { name: 'pages', title: 'Pages', unit: 'count' },
    ],
    rows: tables.map(({ table, age, pages }) => [table, age, pages]),
  };
}
