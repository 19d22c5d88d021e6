import { z } from 'zod';
import type { Gap, Metric, Observation, Table } from '../../core/evidence.ts';
import { Milliseconds } from '../../core/quantity.ts';
import { formatValue } from '../../core/unit.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import type { RedisClients } from './clients.ts';
import { GRANTS } from './grants.ts';
import { databasesOf } from './info-metrics.ts';
import { bigKeys, hotKeys, shareWithoutExpiry } from './key-questions.ts';
import { familyTable, groupByFamily, type KeyFamily, sumBytes } from './key-tables.ts';
import { type KeyWalk, walkKeys } from './key-walk.ts';
import { parseInfo, type RedisInfo } from './parse-info.ts';

const Params = z.strictObject({
  max_keys: z.int().min(500).max(5_000_000).default(50_000).describe('keys that are looked at, at most'),
  budget: Milliseconds.pipe(z.number().min(100).max(60_000))
    .default(2000)
    .describe('time that the walk over the keys may take, for example 2s'),
  families: z.int().min(1).max(100).default(20).describe('rows of the table of families'),
  big_keys: z.int().min(0).max(50).default(10).describe('rows of the table of the largest keys'),
  lookups: z
    .int()
    .min(0)
    .max(20_000)
    .default(2000)
    .describe('keys that are asked for their time to live; Redis counts each as a look-up'),
});
export type RedisKeysParams = z.infer<typeof Params>;

interface Look extends KeyWalk {
  readonly database: number;
  readonly info: RedisInfo;
  readonly families: readonly KeyFamily[];
  readonly withoutExpiry: ReadonlyMap<string, number>;
}

/** Which families of keys take the memory, which never expire, and the largest keys: from a bounded walk over the keys. */
export function redisKeysProbe({
  clients,
}: {
  readonly clients: RedisClients;
}): Probe<'redis', RedisKeysParams> {
  return {
    name: 'redis.keys',
    title: 'Redis keys by family',
    targetKind: 'redis',
    cost: 'moderate',
    timeoutMs: 15_000,
    params: Params,
    async collect({ target, params, signal, now }) {
      const access = { targetId: target.id, signal, grant: GRANTS.keys };
      const look = await clients.read(access, async (reader): Promise<Look> => {
        const limits = { maxKeys: params.max_keys, budgetMs: params.budget, now, signal };
        const info = parseInfo(await reader.info());
        const walk = await walkKeys(reader, limits);
        const families = groupByFamily(walk.keys);
        const asked = families.slice(0, params.families);
        const withoutExpiry = await shareWithoutExpiry(reader, asked, { most: params.lookups, signal });
        return { ...walk, database: reader.database, info, families, withoutExpiry };
      });
      const large = await bigKeys(clients, access, look.families, params.big_keys);
      const hot = await hotKeys(clients, access, look, look.info.get('maxmemory_policy') ?? '');
      return observationOf(look, params, [large, hot]);
    },
  };
}

function observationOf(
  look: Look,
  params: RedisKeysParams,
  parts: readonly { readonly table?: Table; readonly gap?: Gap }[],
): Observation {
  const { families, withoutExpiry, info, database } = look;
  const gaps = [
    ...coverageGaps(look),
    ...otherDatabaseGaps(look),
    ...parts.flatMap(({ gap }) => (gap ? [gap] : [])),
  ];
  return {
    metrics: metricsOf(look),
    tables: [
      familyTable(families, { most: params.families, withoutExpiry }),
      ...parts.flatMap(({ table }) => (table ? [table] : [])),
    ],
    facts: { database: String(database), maxmemory_policy: info.get('maxmemory_policy') ?? 'unknown' },
    ...(gaps.length > 0 && { gaps }),
  };
}

function metricsOf(look: Look): readonly Metric[] {
  const { total, expiring } = totalsOf(look);
  const largest = Math.max(0, ...look.families.map(({ keys }) => keys[0]?.bytes ?? 0));
  return [
    { name: 'keys_total', value: total, unit: 'count' },
    { name: 'keys_seen', value: look.keys.length, unit: 'count' },
    { name: 'coverage_ratio', value: coverageOf(look), unit: 'ratio' },
    { name: 'seen_bytes', value: sumBytes(look.keys), unit: 'bytes' },
    { name: 'largest_key_bytes', value: largest, unit: 'bytes' },
    { name: 'key_families', value: look.families.length, unit: 'count' },
    ...(total > 0
      ? [{ name: 'without_expiry_ratio', value: Math.max(0, 1 - expiring / total), unit: 'ratio' } as const]
      : []),
  ];
}

function totalsOf({ info, database, keys }: Look): { readonly total: number; readonly expiring: number } {
  const counters = new Map(databasesOf(info)).get(String(database));
  return { total: counters?.get('keys') ?? keys.length, expiring: counters?.get('expires') ?? 0 };
}

function coverageOf(look: Look): number {
  const { total } = totalsOf(look);
  return look.complete || total === 0 ? 1 : Math.min(1, look.keys.length / total);
}

function coverageGaps(look: Look): readonly Gap[] {
  const coverage = coverageOf(look);
  if (coverage >= 1) return [];
  const { total } = totalsOf(look);
  return [
    {
      what: 'Keys that were not looked at',
      reason: `${formatValue(look.keys.length, 'count')} of ${formatValue(total, 'count')} keys (${formatValue(coverage, 'ratio')}) were looked at: that tells which family takes the memory, not which single key; the largest keys may be among the others.`,
      mend: 'Raise max_keys and budget of redis.keys in the playbook, or run redis-cli --memkeys -i 0.1 at a quiet hour.',
    },
  ];
}

function otherDatabaseGaps({ info, database }: Look): readonly Gap[] {
  const others = databasesOf(info).filter(([name]) => name !== String(database));
  const keys = others.reduce((sum, [, counters]) => sum + (counters.get('keys') ?? 0), 0);
  if (keys === 0) return [];
  return [
    {
      what: 'Keys of other databases',
      reason: `Database ${database} was looked at; ${formatValue(keys, 'count')} more keys are in ${others.map(([name]) => name).join(', ')}.`,
      mend: 'Name the database at the end of the redis URL of this service: redis://user:password@host:6379/1',
    },
  ];
}
