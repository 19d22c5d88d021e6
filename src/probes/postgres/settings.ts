import { z } from 'zod';
import type { Metric, Observation, Table } from '../../core/evidence.ts';
import { formatValue } from '../../core/unit.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import { changedSettings } from './changed-settings.ts';
import type { PostgresClients } from './clients.ts';
import { readServerFacts } from './server-facts.ts';
import { type Setting, settingNumber, settingText } from './setting-values.ts';

const Params = z.strictObject({});
export type PostgresSettingsParams = z.infer<typeof Params>;

const Row = z.object({
  name: z.string(),
  value: z.string().nullable(),
  unit: z.string().nullable(),
  context: z.string(),
  source: z.string(),
  pending_restart: z.boolean(),
});

// reset_val: perfbot itself lowers some limits for its own transaction, and that is not what the server has. What the
// command line sets counts as pending when a file says otherwise, but no restart would change it.
const SETTINGS = `
  SELECT /* perfbot */ name, reset_val AS value, unit, context, source,
    pending_restart AND source NOT IN ('command line', 'environment variable') AS pending_restart
  FROM pg_settings WHERE name = ANY($1::text[])
    OR (pending_restart AND source NOT IN ('command line', 'environment variable')) ORDER BY name`;

const Place = z.object({ same_machine: z.boolean() });

const PLACE = `
  SELECT /* perfbot */ coalesce(inet_server_addr() <<= inet '127.0.0.0/8' OR inet_server_addr() = inet '::1'
    OR inet_server_addr() = inet_client_addr(), true) AS same_machine`;

/** Metric of each setting that is a number; times in ms, sizes in bytes, switches as 1 and 0. */
const METRICS: Readonly<Record<string, readonly [name: string, unit: Metric['unit']]>> = {
  shared_buffers: ['shared_buffers_bytes', 'bytes'],
  effective_cache_size: ['effective_cache_size_bytes', 'bytes'],
  work_mem: ['work_mem_bytes', 'bytes'],
  maintenance_work_mem: ['maintenance_work_mem_bytes', 'bytes'],
  max_wal_size: ['max_wal_size_bytes', 'bytes'],
  max_connections: ['max_connections', 'count'],
  max_prepared_transactions: ['max_prepared_transactions', 'count'],
  statement_timeout: ['statement_timeout_ms', 'ms'],
  idle_in_transaction_session_timeout: ['idle_in_transaction_timeout_ms', 'ms'],
  checkpoint_timeout: ['checkpoint_timeout_ms', 'ms'],
  autovacuum: ['autovacuum_enabled', 'count'],
  track_counts: ['track_counts_enabled', 'count'],
  track_io_timing: ['track_io_timing_enabled', 'count'],
};

/** Shown beside them. */
const OTHERS = [
  'random_page_cost',
  'effective_io_concurrency',
  'checkpoint_completion_target',
  'hash_mem_multiplier',
];

const NEEDS: Readonly<Record<string, string>> = {
  postmaster: 'restart',
  sighup: 'reload',
  internal: 'cannot be changed',
};

/** Settings that decide about memory, time limits and upkeep, and those that wait for a restart. Every role may read them. */
export function postgresSettingsProbe({
  clients,
}: {
  readonly clients: PostgresClients;
}): Probe<'postgres', PostgresSettingsParams> {
  return {
    name: 'postgres.settings',
    title: 'PostgreSQL settings',
    targetKind: 'postgres',
    cost: 'light',
    timeoutMs: 10_000,
    params: Params,
    collect: ({ target, signal }) =>
      clients.read(target.id, signal, async (query) => {
        const facts = await readServerFacts(query);
        const settings = await query(Row, SETTINGS, [[...Object.keys(METRICS), ...OTHERS]]);
        const [place] = await query(Place, PLACE);
        const changed = await changedSettings(query);
        return {
          metrics: metricsOf(settings),
          tables: [settingsTable(settings)],
          facts: {
            version: facts.release,
            database: facts.database,
            same_machine: place?.same_machine ? 'yes' : 'no',
            ...changed,
          },
          windowMs: 0,
        } satisfies Observation;
      }),
  };
}

function metricsOf(settings: readonly Setting[]): readonly Metric[] {
  const pending = settings.filter(({ pending_restart }) => pending_restart).length;
  const own = settings.flatMap((setting): readonly Metric[] => {
    const [name, unit] = METRICS[setting.name] ?? [];
    const value = settingNumber(setting);
    return name === undefined || unit === undefined || value === undefined ? [] : [{ name, value, unit }];
  });
  const of = (name: string) => own.find((metric) => metric.name === name)?.value;
  const workMem = of('work_mem_bytes');
  const connections = of('max_connections');
  return [
    ...own,
    ...(workMem === undefined || connections === undefined
      ? []
      : [{ name: 'work_mem_possible_bytes', value: workMem * connections, unit: 'bytes' } as const]),
    { name: 'settings_pending_restart', value: pending, unit: 'count' },
  ];
}

function settingsTable(settings: readonly Setting[]): Table {
  return {
    name: 'settings',
    title: 'Settings',
    columns: [
      { name: 'setting', title: 'Setting' },
      { name: 'value', title: 'Value' },
      { name: 'source', title: 'Set by' },
      { name: 'change_needs', title: 'A change needs' },
      { name: 'pending_restart', title: 'Waits for a restart' },
    ],
    rows: [...settings]
      .sort((a, b) => Number(b.pending_restart) - Number(a.pending_restart))
      .map((setting) => [
        setting.name,
        settingText(setting, formatValue),
        setting.source,
        NEEDS[setting.context] ?? 'nothing',
        setting.pending_restart ? 'yes' : 'no',
      ]),
  };
}
