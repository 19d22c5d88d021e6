import type { Probe } from '../../engine/ports/probe.ts';
import { postgresActivityProbe } from './activity.ts';
import type { PostgresClients } from './clients.ts';
import { postgresDatabaseProbe } from './database.ts';
import { postgresIndexesProbe } from './indexes.ts';
import { postgresLocksProbe } from './locks.ts';
import { postgresMaintenanceProbe } from './maintenance.ts';
import { postgresReplicationProbe } from './replication.ts';
import { postgresSettingsProbe } from './settings.ts';
import { postgresStatementTotalsProbe } from './statement-totals.ts';
import { postgresStatementsProbe } from './statements.ts';
import { postgresTablesProbe } from './tables.ts';
import { postgresWaitsProbe } from './waits.ts';

/** All probes of PostgreSQL. To add one: write its file, list it here, call the contract suite in its test. */
export function postgresProbes(options: { readonly clients: PostgresClients }): readonly Probe<'postgres'>[] {
  return [
    postgresActivityProbe(options),
    postgresDatabaseProbe(options),
    postgresIndexesProbe(options),
    postgresLocksProbe(options),
    postgresMaintenanceProbe(options),
    postgresReplicationProbe(options),
    postgresSettingsProbe(options),
    postgresStatementsProbe(options),
    postgresStatementTotalsProbe(options),
    postgresTablesProbe(options),
    postgresWaitsProbe(options),
  ];
}
