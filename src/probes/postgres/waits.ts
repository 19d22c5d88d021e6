import { z } from 'zod';
import type { Gap, Observation } from '../../core/evidence.ts';
import { Milliseconds } from '../../core/quantity.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import { pause } from '../pause.ts';
import type { PostgresClients } from './clients.ts';
import { permissionGap, readServerFacts } from './server-facts.ts';
import { WaitingSession, waitMetrics, waitTables } from './wait-profile.ts';

const Params = z.strictObject({
  samples: z.int().min(2).max(100).default(15).describe('how often sessions are looked at'),
  interval: Milliseconds.pipe(z.number().min(50).max(5000))
    .default(150)
    .describe('time between two looks, for example 150ms'),
  rows: z.int().min(1).max(100).default(20).describe('rows of each table'),
});
export type PostgresWaitsParams = z.infer<typeof Params>;

// Sessions that do nothing at all are left out; a hidden one has no state and no user it could be told by.
const SESSIONS = `
  SELECT /* perfbot */ pid, coalesce(application_name, '') AS application, coalesce(usename::text, '') AS "user",
    coalesce(host(client_addr), 'local socket') AS address, state, wait_event_type AS class, wait_event AS event,
    xact_start::text AS transaction, coalesce(query = '<insufficient privilege>', false) AS hidden
  FROM pg_stat_activity
  WHERE (backend_type = 'client backend' OR (backend_type IS NULL AND datid IS NOT NULL AND usesysid IS NOT NULL))
    AND pid <> pg_backend_pid() AND application_name IS DISTINCT FROM 'perfbot' AND state IS DISTINCT FROM 'idle'`;

/** What sessions wait for, from many quick looks: the CPU, locks, disks, or the next word of their client. */
export function postgresWaitsProbe({
  clients,
}: {
  readonly clients: PostgresClients;
}): Probe<'postgres', PostgresWaitsParams> {
  return {
    name: 'postgres.waits',
    title: 'What PostgreSQL sessions wait for',
    targetKind: 'postgres',
    cost: 'moderate',
    timeoutMs: 20_000,
    params: Params,
    async collect({ target, params, signal, now }) {
      const facts = await clients.read(target.id, signal, readServerFacts);
      const startedAt = now();
      const samples: (readonly WaitingSession[])[] = [];
      for (let look = 0; look < params.samples; look += 1) {
        if (look > 0) await pause(params.interval, signal);
        // Each look is a transaction of its own: within one, the server shows the same sessions again.
        samples.push(await clients.read(target.id, signal, (query) => query(WaitingSession, SESSIONS)));
      }
      const hidden = samples.some((sessions) => sessions.some((session) => session.hidden));
      const gaps: readonly Gap[] = hidden ? [permissionGap('What sessions wait for', facts)] : [];
      return {
        metrics: hidden ? [] : waitMetrics(samples),
        tables: hidden ? [] : waitTables(samples, params.rows),
        facts: { version: facts.release, database: facts.database, looks: String(samples.length) },
        ...(gaps.length > 0 && { gaps }),
        windowMs: Math.max(1, now() - startedAt),
      } satisfies Observation;
    },
  };
}
