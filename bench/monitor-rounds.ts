import { execFile, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type pg from 'pg';
import { createMonitor } from '../src/app/monitor.ts';
import { openTargets } from '../src/app/targets.ts';
import { loadConfig } from '../src/config.ts';
import { createRedactor } from '../src/core/redact.ts';
import { createDatabase } from '../src/storage/database.ts';
import { bareRequests } from './bare-requests.ts';
import { postgresCpuMs } from './postgres-cpu.ts';

const run = promisify(execFile);
const log = { debug() {}, info() {}, warn() {}, error: console.error };
const IMAGE = 'perfbot-test/node:local';

/** How much there is to look at, how often, and where the numbers go. */
export interface RoundsOptions {
  readonly connectionString: string;
  readonly pool: pg.Pool;
  readonly directory: string;
  readonly services: number;
  /** Services that have a container as well, where there is a Docker engine. */
  readonly containers: number;
  readonly routes: number;
  readonly rounds: number;
  readonly print: (what: string, value: number | string) => void;
}

/** Whole rounds of looks at the default interval, as perfbot makes them: its own code, real targets, the real database. */
export async function measureRounds(options: RoundsOptions): Promise<void> {
  const { services, directory, connectionString } = options;
  const targets = fork(join(import.meta.dirname, 'monitor-targets.ts'), [String(services)]);
  const containers = await startContainers(options.containers);
  try {
    const [ports] = (await once(targets, 'message')) as [readonly number[]];
    writeFileSync(join(directory, 'services.yaml'), inventory(ports, containers, options.routes));
    const config = loadConfig(
      { DATABASE_URL: connectionString, PERFBOT_SERVICES: join(directory, 'services.yaml') },
      { terminal: false },
    );
    const opened = await openTargets({
      config,
      environment: {},
      databaseUrl: connectionString,
      log,
      now: Date.now,
    });
    const kept: number[] = [];
    const walls: number[] = [];
    const monitor = createMonitor({
      config,
      database: createDatabase({ pool: options.pool }),
      targets: opened,
      queue: { enqueue: async () => undefined },
      redact: createRedactor([]),
      metrics: {
        sampleRoundEnded: ({ samples, durationMs }) => {
          kept.push(samples);
          walls.push(durationMs);
        },
        sampleRoundSkipped: () => console.log('a round was left out'),
      },
      newId: () => randomBytes(6).toString('hex'),
      now: Date.now,
      log,
    });
    options.print('services with a container beside their URL', containers.length);
    await repeat(options, {
      intervalMs: config.sampleIntervalMs,
      sample: () => monitor.sample(new AbortController().signal),
      arrivals: async () => {
        targets.send('arrivals');
        return ((await once(targets, 'message')) as [Arrivals])[0];
      },
      bare: () => bareRequests(ports, options.routes + 1),
      kept,
      walls,
    });
    await opened.close();
  } finally {
    targets.disconnect();
    if (containers.length > 0) await run('docker', ['rm', '--force', ...containers]);
  }
}

interface Arrivals {
  readonly requests: number;
  readonly mostInASecond: number;
  readonly mostAtOneTarget: number;
}

interface Repeated {
  readonly intervalMs: number;
  readonly sample: () => Promise<void>;
  readonly arrivals: () => Promise<Arrivals>;
  /** The CPU of requests to all routes of all targets without anything else, milliseconds. */
  readonly bare: () => Promise<number>;
  readonly kept: readonly number[];
  readonly walls: readonly number[];
}

async function repeat(
  { rounds, print, pool, services }: RoundsOptions,
  { intervalMs, sample, arrivals, bare, kept, walls }: Repeated,
): Promise<void> {
  const wal = async () =>
    Number((await pool.query(`select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') as bytes`)).rows[0].bytes);
  const cpu: number[] = [];
  const database: number[] = [];
  const written: number[] = [];
  const came: Arrivals[] = [];
  const floor: number[] = [];
  // The first round makes series, partitions and connections, and compiles.
  for (let round = 0; round <= rounds; round += 1) {
    await arrivals();
    const before = { cpu: process.cpuUsage(), database: postgresCpuMs(), wal: await wal() };
    const at = performance.now();
    await sample();
    await pause(Math.max(0, at + intervalMs - performance.now()));
    const { user, system } = process.cpuUsage(before.cpu);
    if (round === 0) continue;
    cpu.push((user + system) / 1000);
    database.push(postgresCpuMs() - before.database);
    written.push((await wal()) - before.wal);
    came.push(await arrivals());
    floor.push(await bare());
  }
  const share = middle(cpu) / intervalMs;
  const requests = middle(came.map((one) => one.requests));
  print('values kept in a round', middle(kept.slice(1)));
  print('wall time of a round, s', middle(walls.slice(1)) / 1000);
  print('CPU of perfbot in a round, ms', middle(cpu));
  print('CPU of perfbot for a service and round, ms', middle(cpu) / services);
  print('CPU of perfbot against that of its bare requests', middle(cpu) / middle(floor));
  print(`share of one core at ${intervalMs / 1000} s, %`, share * 100);
  print(`share of the ${availableParallelism()} cores, %`, (share * 100) / availableParallelism());
  print('CPU of PostgreSQL in a round, ms', middle(database));
  print('PostgreSQL against perfbot', middle(database) / middle(cpu));
  print('write-ahead log of PostgreSQL in a round, kB', middle(written) / 1000);
  print('requests to the targets in a round', requests);
  print(
    'requests in the busiest second against an even spread',
    middle(came.map((one) => one.mostInASecond)) / (requests / (intervalMs / 1000)),
  );
  print('most requests to one target at once', Math.max(...came.map((one) => one.mostAtOneTarget)));
}

/** Containers that do nothing, from the image of the tests; none where there is no engine. */
async function startContainers(count: number): Promise<readonly string[]> {
  try {
    await run(join(import.meta.dirname, '../scripts/test-images.sh'));
  } catch {
    return [];
  }
  const names = Array.from({ length: count }, () => `perfbot-bench-${randomBytes(4).toString('hex')}`);
  for (const name of names)
    await run('docker', ['run', '--detach', '--pull=never', '--name', name, IMAGE, 'sleep', '600']);
  return names;
}

function inventory(ports: readonly number[], containers: readonly string[], routes: number): string {
  const paths = Array.from({ length: routes }, (_, index) => `/items/${index}`).join(', ');
  const services = ports.map((port, index) => {
    const container = containers[index];
    return [
      `  service-${index}:`,
      `    url: http://127.0.0.1:${port}`,
      '    health: /health',
      `    paths: [${paths}]`,
      ...(container === undefined ? [] : [`    container: ${container}`]),
    ].join('\n');
  });
  return `services:\n${services.join('\n')}\n`;
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
