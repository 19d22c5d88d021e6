import { existsSync } from 'node:fs';
import pg from 'pg';
import type { Config } from '../../config.ts';
import { PerfbotError } from '../../core/errors.ts';
import type { CollectedEvidence, Evidence } from '../../core/evidence.ts';
import type { Logger } from '../../engine/ports/runtime.ts';
import { collectEvidence } from '../../engine/runs/collect-evidence.ts';
import { loadPlaybooks } from '../../playbooks/load-playbooks.ts';
import { createJobQueue } from '../../queue/job-queue.ts';
import { createSlackClient } from '../../slack/slack-client.ts';
import { slackAccess } from '../slack.ts';
import { openTargets, type Targets } from '../targets.ts';

/** What one check found; `mend` says how to set it right. */
export interface Diagnosis {
  readonly subject: string;
  readonly state: 'ok' | 'warning' | 'failed';
  readonly detail: string;
  readonly mend?: string;
}

export interface DoctorOptions {
  readonly config: Config;
  readonly environment: NodeJS.ProcessEnv;
  readonly log: Logger;
}

/** Scopes that perfbot cannot do without; the app manifests ask for them. */
const NEEDED_SCOPES = [
  'chat:write',
  'commands',
  'files:read',
  'files:write',
  'channels:history',
  'channels:read',
];
const OLDEST_POSTGRES = 130_000;
/** One light look at each kind of target shows whether it can be reached and what it refuses. */
const TRIALS: readonly string[] = [
  'docker.containers',
  'host.load',
  'http.timing',
  'jaeger.traces',
  'nginx.access',
  'nginx.status',
  'postgres.activity',
  'postgres.statements',
  'prometheus.query',
  'redis.info',
  'redis.slowlog',
];

/** Checks everything that is configured. Nothing is changed. */
export async function examine(options: DoctorOptions): Promise<readonly Diagnosis[]> {
  const { config, environment, log } = options;
  const warnings = config.warnings.map(
    ({ path, message }): Diagnosis => ({ subject: path, state: 'warning', detail: message }),
  );
  const targets = await openTargets({
    config,
    environment,
    databaseUrl: config.databaseUrl,
    log,
    now: Date.now,
  });
  try {
    const found = await Promise.all([
      attempt('database', () => examineDatabase(config)),
      attempt('queue', () => examineQueue(config, log)),
      attempt('Slack', () => examineSlack(config, log)),
      attempt('playbooks', () => examinePlaybooks(config, targets)),
      examineTargets(targets, log),
    ]);
    return [
      { subject: 'configuration', state: 'ok', detail: inventoryLine(config) },
      ...warnings,
      ...found.flat(),
    ];
  } finally {
    await targets.close();
  }
}

function inventoryLine({ services }: Config): string {
  return existsSync(services.path)
    ? `valid, inventory ${services.path}`
    : 'valid, no services.yaml: targets are what Docker shows';
}

async function attempt(
  subject: string,
  work: () => Promise<readonly Diagnosis[]>,
): Promise<readonly Diagnosis[]> {
  try {
    return await work();
  } catch (error) {
    const known = error instanceof PerfbotError;
    const detail = known ? error.userMessage : error instanceof Error ? error.message : String(error);
    return [
      { subject, state: 'failed', detail, ...(known && error.mend !== undefined && { mend: error.mend }) },
    ];
  }
}

async function examineDatabase({ databaseUrl, dataDirectory }: Config): Promise<readonly Diagnosis[]> {
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

async function examineQueue({ redisUrl }: Config, log: Logger): Promise<readonly Diagnosis[]> {
  if (redisUrl === undefined) return [{ subject: 'queue', state: 'ok', detail: 'on PostgreSQL' }];
  const queue = await createJobQueue({ backEnd: { kind: 'redis', url: redisUrl }, log });
  try {
    await queue.ping();
    return [{ subject: 'queue', state: 'ok', detail: 'on Redis' }];
  } finally {
    await queue.close(500);
  }
}

async function examineSlack(config: Config, log: Logger): Promise<readonly Diagnosis[]> {
  const access = slackAccess(config);
  if (access === undefined)
    return [{ subject: 'Slack', state: 'ok', detail: 'not configured: the local workspace stands in' }];
  const client = createSlackClient({ ...access, log });
  const identity = await client.auth.test().catch((cause: unknown) => {
    throw new PerfbotError('unauthorized', 'auth.test', {
      userMessage: `Slack refuses SLACK_BOT_TOKEN: ${cause instanceof Error ? cause.message : cause}`,
      mend: 'Install the app with the manifest in slack-app/ and copy its bot token.',
      cause,
    });
  });
  const granted = identity.response_metadata?.scopes;
  const missing = granted === undefined ? [] : NEEDED_SCOPES.filter((scope) => !granted.includes(scope));
  const diagnosis: Diagnosis[] = [
    { subject: 'Slack', state: 'ok', detail: `${identity.user} in ${identity.team}` },
  ];
  if (missing.length > 0)
    diagnosis.push({
      subject: 'Slack scopes',
      state: 'failed',
      detail: `missing: ${missing.join(', ')}`,
      mend: 'Update the app with the manifest in slack-app/ and install it again.',
    });
  return [...diagnosis, ...(await examineChannel(client, config.channel))];
}

async function examineChannel(
  client: ReturnType<typeof createSlackClient>,
  channel: string,
): Promise<readonly Diagnosis[]> {
  const list = await client.conversations.list({
    limit: 1000,
    types: 'public_channel,private_channel',
    exclude_archived: true,
  });
  const found = list.channels?.find(
    ({ id, name }) => id === channel || `#${name}` === channel || name === channel,
  );
  if (found === undefined)
    return [
      {
        subject: `channel ${channel}`,
        state: 'failed',
        detail: 'not found, or private and perfbot is not in it',
        mend: `Check PERFBOT_CHANNEL, or type /invite @perfbot in ${channel}.`,
      },
    ];
  if (!found.is_member)
    return [
      {
        subject: `channel ${channel}`,
        state: 'warning',
        detail: 'perfbot is not in it',
        mend: `Type /invite @perfbot in ${channel}.`,
      },
    ];
  return [{ subject: `channel ${channel}`, state: 'ok', detail: 'perfbot is a member' }];
}

async function examinePlaybooks(
  { playbookDirectories }: Config,
  targets: Targets,
): Promise<readonly Diagnosis[]> {
  const { playbooks, problems } = await loadPlaybooks({
    directories: playbookDirectories,
    catalogue: [...targets.probes.values()],
  });
  return [
    {
      subject: 'playbooks',
      state: playbooks.length > 0 ? 'ok' : 'failed',
      detail: `${playbooks.length} valid`,
      ...(playbooks.length === 0 && { mend: 'Set PERFBOT_PLAYBOOKS to a folder with playbooks.' }),
    },
    ...problems.map(
      ({ file, line, path, message }): Diagnosis => ({
        subject: [file, line].filter(Boolean).join(':') || 'playbooks',
        state: 'failed',
        detail: [path, message].filter(Boolean).join(': '),
      }),
    ),
  ];
}

async function examineTargets({ inventory, probes }: Targets, log: Logger): Promise<readonly Diagnosis[]> {
  const services = await inventory.services();
  const fromInventory = services.flatMap(({ name, gaps }) =>
    gaps.map(({ what, mend }): Diagnosis => ({ subject: name, state: 'warning', detail: what, mend })),
  );
  const signal = new AbortController().signal;
  const looks = services.flatMap(({ targets }) =>
    targets.flatMap((target) =>
      TRIALS.map((name) => probes.get(name))
        .filter((probe) => probe !== undefined && probe.targetKind === target.kind)
        .filter((probe) => probe?.mayLookAt?.(target, {}) ?? true)
        .map((probe) =>
          collectEvidence(
            probe,
            { probe: probe?.name ?? '', target, params: {}, timeoutMs: probe?.timeoutMs ?? 0 },
            { signal, now: Date.now, log },
          ),
        ),
    ),
  );
  return [...fromInventory, ...(await Promise.all(looks)).flatMap(toDiagnoses)];
}

/** What one trial look found. */
export function toDiagnoses(evidence: Evidence): readonly Diagnosis[] {
  const subject = `${evidence.probe} on ${evidence.service}`;
  if (evidence.status === 'unavailable') {
    return [
      {
        subject,
        state: 'failed',
        detail: evidence.message,
        ...(evidence.mend !== undefined && { mend: evidence.mend }),
      },
    ];
  }
  const gaps = (evidence.gaps ?? []).map(
    ({ what, reason, mend }): Diagnosis => ({
      subject,
      state: 'warning',
      detail: `${what}: ${reason}`,
      ...(mend !== undefined && { mend }),
    }),
  );
  const answered: Diagnosis = { subject, state: 'ok', detail: `answered in ${evidence.durationMs} ms` };
  return [answered, ...gaps, ...tooMuchRight(evidence, subject)];
}

/** PostgreSQL lets a superuser do anything, in a read-only transaction too: the role is what limits perfbot. */
function tooMuchRight({ facts }: CollectedEvidence, subject: string): readonly Diagnosis[] {
  if (facts?.superuser !== 'yes') return [];
  return [
    {
      subject,
      state: 'warning',
      detail: `the role ${facts.role} is a superuser; perfbot only reads, but the server would not stop it`,
      mend: "CREATE ROLE perfbot LOGIN PASSWORD '…'; GRANT pg_monitor TO perfbot; then name it in services.yaml",
    },
  ];
}
