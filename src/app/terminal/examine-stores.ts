import pg from 'pg';
import type { Config } from '../../config.ts';
import { PerfbotError } from '../../core/errors.ts';
import type { Logger } from '../../engine/ports/runtime.ts';
import { createJobQueue } from '../../queue/job-queue.ts';
import type { Diagnosis } from './diagnosis.ts';

const OLDEST_POSTGRES = 130_000;

/** Whether perfbot's own PostgreSQL answers, is new enough, and lets perfbot make its tables. */
export async function examineDatabase({ databaseUrl, dataDirectory }: Config): Promise<readonly Diagnosis[]> {
  if (databaseUrl === undefined)
    return [{ subject: 'database', state: 'ok', detail: `embedded PostgreSQL in ${dataDirectory}/postgres` }];
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5000 });
  await client.connect().catch((cause: unknown) => {
    throw new PerfbotError('unreachable', 'database', {
      userMessage: `DATABASE_URL cannot be used: ${cause instanceof Error ? cause.message : cause}`,
      mend: 'Check host, port, user and password of DATABASE_URL.',
      cause,
    });
  });
  try {
    const { rows } = await client.query<{ version: string; may: boolean }>(
      `select current_setting('server_version_num') as version, has_database_privilege(current_database(), 'create') as may`,
    );
    const [row] = rows;
    if (Number(row?.version) < OLDEST_POSTGRES)
      return [
        {
          subject: 'database',
          state: 'failed',
          detail: 'PostgreSQL is older than 13',
          mend: 'Use PostgreSQL 13 or newer.',
        },
      ];
    if (!row?.may)
      return [
        {
          subject: 'database',
          state: 'failed',
          detail: 'the role may not create a schema',
          mend: 'GRANT CREATE ON DATABASE … TO the role of DATABASE_URL; BullMQ keeps its tables in a schema of its own.',
        },
      ];
    return [
      { subject: 'database', state: 'ok', detail: `PostgreSQL ${Math.floor(Number(row.version) / 10_000)}` },
    ];
  } finally {
    await client.end();
  }
}

/** Whether the queue answers. */
export async function examineQueue({ redisUrl }: Config, log: Logger): Promise<readonly Diagnosis[]> {
  if (redisUrl === undefined) return [{ subject: 'queue', state: 'ok', detail: 'on PostgreSQL' }];
  const queue = await createJobQueue({ backEnd: { kind: 'redis', url: redisUrl }, log });
  try {
    await queue.ping();
    return [{ subject: 'queue', state: 'ok', detail: 'on Redis' }];
  } finally {
    await queue.close(500);
  }
}
