import { OTHERS } from '../src/core/monitor/statement-deltas.ts';
import type { Unit } from '../src/core/unit.ts';
import type { Sample } from '../src/engine/ports/sample-store.ts';
import type { Database } from '../src/engine/ports/stores.ts';
import { writeIncident } from './weekly-incident.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEP_MS = 5 * MINUTE;
const DAYS = 35;

/** The statement that came with the release, and what is slow since. */
export const NEW_STATEMENT = 'select * from orders where customer_id = $1 order by created_at desc limit $2';

/** The load at a moment (0.15 at night to 1 at noon, less at weekends), and a number around 1 that changes each time. */
interface Moment {
  readonly load: number;
  readonly noise: number;
  /** Days since the beginning of the month. */
  readonly day: number;
  /** 0..1, another one every day. */
  readonly whim: number;
  /** The release with the slow statement is out. */
  readonly released: boolean;
}

interface Course {
  readonly target: string;
  readonly service: string;
  readonly metric: string;
  readonly label?: string;
  readonly unit: Unit;
  value(moment: Moment): number;
}

const api = { target: 'prometheus:shop-api', service: 'shop-api' };
const web = { target: 'http:shop-api', service: 'shop-api' };
const container = { target: 'container:shop-api', service: 'shop-api', unit: 'ratio' } as const;
const db = { target: 'postgres:shop-db', service: 'shop-db' };
const host = { target: 'host:host', service: 'host', unit: 'ratio' } as const;
const disk = { ...host, metric: 'disk_used_ratio' };

/** Time of a route in milliseconds: more with the load, and otherwise since the release. */
function route(label: string, before: number, after: number): Course {
  const value = ({ load, noise, released }: Moment) =>
    (released ? after : before) * (0.7 + 0.4 * load) * noise;
  return { ...api, metric: 'response_time_p95_ms', label, unit: 'ms', value };
}

const COURSES: readonly Course[] = [
  {
    ...api,
    metric: 'response_time_p95_ms',
    unit: 'ms',
    value: ({ load, noise, released }) => (released ? 1500 : 420) * (0.6 + 0.6 * load) * noise,
  },
  {
    ...api,
    metric: 'throughput_per_minute',
    unit: 'per_minute',
    value: ({ load, noise }) => 2600 * load * noise,
  },
  {
    ...api,
    metric: 'error_rate',
    unit: 'ratio',
    value: ({ noise, released }) => (released ? 0.006 : 0.0015) * noise,
  },
  route('/api/orders', 380, 1900),
  route('/api/search', 610, 640),
  route('/api/items', 120, 118),
  route('/api/cart', 210, 150),
  route('/api/login', 95, 97),
  {
    ...web,
    metric: 'availability',
    unit: 'ratio',
    value: ({ day, released }) => (released && day % 7 > 5 && day % 7 < 5.012 ? 0 : 1),
  },
  { ...container, metric: 'cpu_ratio', value: ({ load, noise }) => 0.12 + 0.45 * load * noise },
  { ...container, metric: 'memory_ratio', value: ({ load, noise }) => 0.52 + 0.06 * load * noise },
  { ...container, metric: 'running', value: () => 1 },
  {
    ...db,
    metric: 'mean_exec_time_ms',
    unit: 'ms',
    value: ({ load, noise, released }) => (released ? 62 : 9) * (0.6 + 0.5 * load) * noise,
  },
  {
    ...db,
    metric: 'connections_ratio',
    unit: 'ratio',
    value: ({ load, noise, day, whim }) => (0.26 + 0.008 * day + 0.08 * whim) * (0.8 + 0.2 * load) * noise,
  },
  {
    target: 'redis:shop-cache',
    service: 'shop-cache',
    metric: 'memory_ratio',
    unit: 'ratio',
    value: ({ day, whim }) => 0.55 + 0.004 * day + 0.03 * whim,
  },
  { ...host, metric: 'cpu_busy_ratio', value: ({ load, noise }) => 0.1 + 0.3 * load * noise },
  { ...host, metric: 'memory_used_ratio', value: ({ noise }) => 0.6 + 0.02 * noise },
  { ...disk, label: '/', value: ({ day }) => 0.41 + 0.0004 * day },
  { ...disk, label: '/var/lib/docker', value: ({ day, whim }) => 0.48 + 0.0084 * day + 0.05 * whim },
];

/** [queryid, text, calls an hour at noon, mean in milliseconds before and since the release]. */
const STATEMENTS: readonly (readonly [string, string, number, number, number])[] = [
  ['11', NEW_STATEMENT, 9_000, 0, 68],
  ['12', 'select * from items where name ilike $1 limit $2', 4_200, 95, 98],
  ['13', 'update carts set items = $1, updated_at = now() where id = $2', 12_000, 4.1, 1.9],
  ['14', 'select count(*) from events where created_at > $1', 120, 900, 1450],
  ['15', 'insert into events (kind, body) values ($1, $2)', 60_000, 0.4, 0.4],
  ['16', 'select * from items where id = any($1)', 88_000, 0.3, 0.3],
  ['17', 'refresh materialized view concurrently sales_by_day', 1, 42_000, 44_000],
];

/**
 * Puts a month of a web shop until `until` (milliseconds since the epoch) through the stores, as the monitor would have
 * kept it: five weeks of measured values and statements, a release on Wednesday of the last week that made orders slow,
 * and the alert that followed.
 */
export async function writeMonth(
  database: Database,
  { until, monday }: { readonly until: number; readonly monday: number },
): Promise<void> {
  const from = monday - DAYS * DAY;
  const release = monday - 5 * DAY + 13 * HOUR;
  const random = numbers();
  let batch: Sample[] = [];
  const whims = Array.from({ length: DAYS + 1 }, random);
  for (let at = from; at < until; at += STEP_MS) {
    const day = (at - from) / DAY;
    for (const { value, ...course } of COURSES) {
      const noise = 0.9 + 0.2 * random();
      const whim = whims[Math.floor(day)] ?? 0;
      const moment = { load: loadAt(at), noise, day, whim, released: at >= release };
      batch.push({ ...course, at, value: value(moment) });
    }
    if (batch.length < 5000) continue;
    await database.samples.add(batch);
    batch = [];
  }
  await database.samples.add(batch);
  await database.samples.rollUp(until);
  for (let at = from; at < until; at += HOUR) await writeStatements(database, at, at >= release);
  await writeIncident(database, release + DAY + 2 * HOUR);
}

async function writeStatements(database: Database, at: number, released: boolean): Promise<void> {
  const load = loadAt(at);
  const statements = STATEMENTS.flatMap(([queryid, , calls, before, after]) => {
    const mean = released ? after : before;
    const count = Math.max(1, Math.round(calls * load));
    return mean === 0
      ? []
      : [{ database: 'shop', queryid, calls: count, totalMs: count * mean, rows: count * 4 }];
  });
  const others = {
    database: 'shop',
    queryid: OTHERS,
    calls: 9000 * load,
    totalMs: 40_000 * load,
    rows: 9000,
  };
  await database.statements.makeRoom(at, at);
  await database.statements.add({
    target: 'postgres:shop-db',
    service: 'shop-db',
    at,
    statements: [...statements, others],
    texts: new Map(STATEMENTS.map(([queryid, text]) => [queryid, text])),
  });
}

/** How busy a shop is: by the hour of the day, less at weekends. */
function loadAt(at: number): number {
  const hour = (at / HOUR) % 24;
  // Day 0 of the epoch was a Thursday.
  const weekend = [2, 3].includes(Math.floor(at / DAY) % 7);
  const daily = 0.5 - 0.5 * Math.cos((2 * Math.PI * (hour - 2)) / 24);
  return (0.15 + 0.85 * daily) * (weekend ? 0.55 : 1);
}

/** The same numbers in 0..1 every time, so that a picture is the same again (Park and Miller, 1988). */
function numbers(): () => number {
  let state = 20_261_123;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
