import { z } from 'zod';
import type { Gap, Metric, Observation, Table } from '../../core/evidence.ts';
import { topRows } from '../../core/top-rows.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import type { PostgresClients } from './clients.ts';
import { type Holder, readReplication, type Slot, type Standby } from './replication-rows.ts';
import { permissionGap, readServerFacts } from './server-facts.ts';

const Params = z.strictObject({
  rows: z.int().min(1).max(100).default(20).describe('rows of each table'),
});
export type PostgresReplicationParams = z.infer<typeof Params>;

/** How far copies of the server are behind, what slots keep back, and who keeps VACUUM from removing old rows. */
export function postgresReplicationProbe({
  clients,
}: {
  readonly clients: PostgresClients;
}): Probe<'postgres', PostgresReplicationParams> {
  return {
    name: 'postgres.replication',
    title: 'PostgreSQL replication and old transactions',
    targetKind: 'postgres',
    cost: 'light',
    timeoutMs: 10_000,
    params: Params,
    async collect({ target, params, signal }) {
      const { facts, ...seen } = await clients.read(target.id, signal, async (query) => ({
        facts: await readServerFacts(query),
        ...(await readReplication(query, params.rows)),
      }));
      // Without pg_monitor a standby is a row of nulls.
      const hidden = seen.standbys.some(({ state }) => state === null);
      const behindMs = seen.self?.behind_ms ?? undefined;
      const gaps: readonly Gap[] = hidden ? [permissionGap('How far standbys are behind', facts)] : [];
      return {
        metrics: [
          ...standbyMetrics(seen.standbys, hidden),
          ...slotMetrics(seen.slots),
          ...holderMetrics(seen.holders),
          ...(behindMs === undefined
            ? []
            : [{ name: 'replay_delay_ms', value: behindMs, unit: 'ms' } as const]),
        ],
        tables: [
          standbyTable(hidden ? [] : seen.standbys, params.rows),
          slotTable(seen.slots, params.rows),
          holderTable(seen.holders),
        ],
        facts: {
          version: facts.release,
          database: facts.database,
          role: seen.self?.in_recovery ? 'standby' : 'primary',
        },
        ...(gaps.length > 0 && { gaps }),
        windowMs: 0,
      } satisfies Observation;
    },
  };
}

/** Undefined for no rows: without a standby there is no lag of 0. */
function most(values: readonly (number | null)[]): number | undefined {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? undefined : Math.max(0, ...known);
}

function metricOf(name: string, value: number | undefined, unit: Metric['unit']): readonly Metric[] {
  return value === undefined ? [] : [{ name, value, unit }];
}

function standbyMetrics(standbys: readonly Standby[], hidden: boolean): readonly Metric[] {
  return [
    { name: 'standbys', value: standbys.length, unit: 'count' },
    ...(hidden
      ? []
      : [
          ...metricOf('replication_lag_bytes', most(standbys.map(({ lag_bytes }) => lag_bytes)), 'bytes'),
          ...metricOf('replication_lag_ms', most(standbys.map(({ lag_ms }) => lag_ms)), 'ms'),
        ]),
  ];
}

function slotMetrics(slots: readonly Slot[]): readonly Metric[] {
  const inactive = slots.filter(({ active }) => !active);
  return [
    { name: 'inactive_slots', value: inactive.length, unit: 'count' },
    ...metricOf('slot_retained_bytes', most(slots.map(({ retained_bytes }) => retained_bytes)), 'bytes'),
  ];
}

function holderMetrics(holders: readonly Holder[]): readonly Metric[] {
  const prepared = holders.filter(({ kind }) => kind === 'prepared transaction');
  return [
    { name: 'oldest_snapshot_age', value: most(holders.map(({ age }) => age)) ?? 0, unit: 'count' },
    { name: 'prepared_transactions', value: prepared.length, unit: 'count' },
    ...metricOf('oldest_prepared_ms', most(prepared.map(({ held_ms }) => held_ms)), 'ms'),
  ];
}

function standbyTable(standbys: readonly Standby[], limit: number): Table {
  return {
    name: 'standbys',
    title: 'Standbys, furthest behind first',
    columns: [
      { name: 'name', title: 'Standby' },
      { name: 'address', title: 'Address' },
      { name: 'state', title: 'State' },
      { name: 'sync', title: 'Waited for' },
      { name: 'lag_bytes', title: 'Behind', unit: 'bytes' },
      { name: 'lag_ms', title: 'Behind in time', unit: 'ms' },
    ],
    ...topRows(standbys, limit, ({ name, address, state, sync, lag_bytes, lag_ms }) => [
      name,
      address,
      state,
      sync,
      lag_bytes,
      lag_ms,
    ]),
  };
}

function slotTable(slots: readonly Slot[], limit: number): Table {
  return {
    name: 'slots',
    title: 'Replication slots, most log kept first',
    columns: [
      { name: 'slot', title: 'Slot' },
      { name: 'kind', title: 'Kind' },
      { name: 'in_use', title: 'In use' },
      { name: 'retained_bytes', title: 'Log kept', unit: 'bytes' },
      { name: 'status', title: 'State of its log' },
    ],
    ...topRows(slots, limit, ({ slot, kind, active, retained_bytes, status }) => [
      slot,
      kind,
      active ? 'yes' : 'no',
      retained_bytes,
      status,
    ]),
  };
}

function holderTable(holders: readonly Holder[]): Table {
  return {
    name: 'xmin_holders',
    title: 'Who may still see old rows, oldest first',
    columns: [
      { name: 'kind', title: 'What' },
      { name: 'name', title: 'Name' },
      { name: 'age', title: 'Transactions since', unit: 'count' },
      { name: 'held_ms', title: 'For', unit: 'ms' },
      { name: 'detail', title: 'Detail' },
    ],
    rows: holders.map(({ kind, name, age, held_ms, detail }) => [kind, name, age, held_ms, detail]),
  };
}
