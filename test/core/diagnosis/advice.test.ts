import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CauseAdvice } from '../../../src/core/diagnosis/cause.ts';
import { onOneLine, shellWord, sqlText } from '../../../src/core/diagnosis/quote.ts';
import { RULES } from '../../../src/core/diagnosis/rules.ts';
import { quoteName, splitTable } from '../../../src/core/sql/statement-shape.ts';
import { type TestDatabase, testDatabase } from '../../support/database.ts';
import { DANGEROUS } from './rules/advice-promises.ts';
import { causesOf, scene } from './rules/container-scene.ts';
import { concluded, seen } from './rules/database-scene.ts';
import { factsOf, seen as seenBy, serviceOf } from './rules/evidence-of.ts';

const HERE = import.meta.dirname;
const SOURCES = join(HERE, '../../../src/core/diagnosis');
const HOSTILE = [
  'plain',
  "it's; rm -rf /",
  '$(reboot)',
  '`reboot`',
  'a"b',
  '-rf',
  'two words',
  'a\\b',
  "'; DROP TABLE users; --",
  'x && y | z > /tmp/w',
];

function textsIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}

/** The advice of every cause that the rules find in the facts, of all rules. */
function adviceIn(facts: Parameters<(typeof RULES)[number]['evaluate']>[0]): readonly CauseAdvice[] {
  return RULES.flatMap((rule) => rule.evaluate(facts)).flatMap((verdict) =>
    verdict.kind === 'cause' ? verdict.cause.advice : [],
  );
}

describe('all advice', () => {
  it('is looked at: every cause that a rule can name is named in a table of its tests', () => {
    const tests = textsIn(HERE).join('\n');
    const ids = RULES.flatMap((rule) => rule.ids);
    expect(ids.length).toBeGreaterThan(50);
    expect(ids.filter((id) => !tests.includes(id))).toEqual([]);
  });

  it('never holds a command that has harmed somebody, in no branch of any rule', () => {
    const commands = textsIn(SOURCES).flatMap((text) =>
      [...text.matchAll(/(?:command|undo)(?:: | =\s*|:\s*\n\s*)([`'"])([\s\S]*?)\1/g)].map(
        ([, , command]) => command ?? '',
      ),
    );
    expect(commands.length).toBeGreaterThan(60);
    for (const command of commands) for (const danger of DANGEROUS) expect(command).not.toMatch(danger);
  });
});

it('of playbooks never holds a command that has harmed somebody either', () => {
  const playbooks = join(HERE, '../../../playbooks');
  const files = readdirSync(playbooks).filter((name) => name.endsWith('.yml'));
  const commands = files.flatMap(
    (name) =>
      readFileSync(join(playbooks, name), 'utf8').match(/(?<=^\s+(?:- )?(?:command|undo): ).+$/gm) ?? [],
  );
  expect(commands).toHaveLength(3);
  for (const command of commands)
    for (const danger of DANGEROUS) expect(command.replace(/^['"]/, '')).not.toMatch(danger);
});

describe('names from outside, in commands', () => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await testDatabase();
  });
  afterAll(() => test.close());

  it.each(HOSTILE)('are one word of a shell: %s', (name) => {
    expect(execFileSync('sh', ['-c', `printf %s ${shellWord(name)}`], { encoding: 'utf8' })).toBe(name);
  });

  it.each(HOSTILE)('are one constant and one name of SQL: %s', async (name) => {
    const { rows } = await test.pool.query(`select ${sqlText(name)} as ${quoteName(name)}`);
    expect(rows).toEqual([{ [name]: name }]);
  });

  it('are quoted where they are words of the language', async () => {
    const { rows } = await test.pool.query<{ word: string }>(
      "select word from pg_get_keywords() where catcode in ('R', 'T')",
    );
    expect(rows.length).toBeGreaterThan(80);
    expect(rows.map(({ word }) => word).filter((word) => quoteName(word) === word)).toEqual([]);
  });

  it('are split into schema and table as PostgreSQL writes them', () => {
    expect(splitTable('orders')).toEqual({ schema: '', name: 'orders' });
    expect(splitTable('shop.orders')).toEqual({ schema: 'shop.', name: 'orders' });
    expect(splitTable('"a.b"."c ""d"')).toEqual({ schema: '"a.b".', name: 'c "d' });
  });

  it('never leave their comment', () => {
    expect(onOneLine('db\nDROP TABLE x')).toBe('db DROP TABLE x');
  });

  it('are quoted in the commands for containers', () => {
    const name = 'shop;reboot';
    const causes = causesOf(
      RULES,
      scene({
        stats: { throttled_ratio: 0.9, memory_ratio: 0.97, online_cpus: 4 },
        facts: { container: name, memory_swap_bytes: '-1' },
        free: 4e9,
      }),
    );
    const commands = causes.flatMap(({ advice }) => advice).flatMap(({ command = '' }) => command);
    const named = commands.filter((command) => command.includes(name));
    expect(named.length).toBeGreaterThan(1);
    for (const command of named) expect(command).toContain(`'${name}'`);
  });

  it('are quoted in the commands for tables, indexes and roles', () => {
    const table = '"it\'s ""x"" order"';
    const { causes } = concluded([
      seen(
        'postgres.database',
        { cache_hit_ratio: 0.99 },
        {
          tables: [
            {
              table,
              rows_estimate: 500_000,
              seq_rows_per_second: 3e6,
              seq_scans_per_second: 8,
              index_scans_per_second: 0,
            },
          ],
        },
      ),
    ]);
    const [advice] = causes.find(({ id }) => id === 'db.missing_index')?.advice ?? [];
    expect(advice?.command).toContain(`strpos(query, 'it''s "x" order')`);
  });

  it('are quoted in addresses and mount points', () => {
    const baseUrl = 'http://127.0.0.1:3000';
    const service = {
      ...serviceOf('api', 'node'),
      targets: [
        { kind: 'http', id: 'http:api', service: 'api', zone: 'default', baseUrl, paths: [] } as const,
      ],
    };
    const timing = seenBy(
      'http.timing',
      'api',
      { error_rate: 0.5, availability: 1, response_time_p95_ms: 30 },
      {
        facts: { statuses: '20 × 500' },
        tables: { routes: [{ route: 'GET /items?a=1&b=$(reboot)', max_ms: 30 }] },
      },
    );
    const disk = seenBy(
      'host.disk',
      'host',
      { disk_used_ratio: 0.99 },
      { tables: { mounts: [{ mount: '/mnt/a b;c', used_ratio: 0.99 }] } },
    );
    const commands = adviceIn(
      factsOf([timing, disk], { services: [service, serviceOf('host', 'host')] }),
    ).map(({ command }) => command ?? '');
    expect(commands).toContain(`curl -si '${baseUrl}/items?a=1&b=$(reboot)'`);
    expect(commands.some((command) => command.includes(`'/mnt/a b;c'`))).toBe(true);
  });
});

describe('advice with numbers of this machine', () => {
  it('runs one process for each core of the container, where one Node process fills its core', () => {
    const stats = { cpu_cores: 1, cpu_limit_cores: 4, cpu_ratio: 0.25, throttled_ratio: 0 };
    const [cause] = causesOf(RULES, scene({ stats, top: 0.99 }));
    expect(cause?.advice.map(({ title }) => title)).toContain('Run 4 processes instead of one');
    const [alone] = causesOf(
      RULES,
      scene({ stats: { ...stats, cpu_limit_cores: 1, cpu_ratio: 1 }, top: 0.99 }),
    );
    expect(alone?.advice.map(({ title }) => title).join()).not.toContain('processes');
  });

  it('gives Redis no more memory than three quarters of its container', () => {
    const info = (limit: number) =>
      seen('redis.info', { evictions_per_second: 900, hit_ratio: 0.2, maxmemory_bytes: limit });
    const stats = { ...seen('redis.stats', { memory_limit_bytes: 256e6 }), probe: 'docker.stats' };
    const first = (limit: number) => concluded([info(limit), stats]).causes[0]?.advice[0];
    expect(first(64e6)?.command).toBe('CONFIG SET maxmemory 128000000');
    expect(first(150e6)?.command).toBe('CONFIG SET maxmemory 192000000');
    expect(first(190e6)).toMatchObject({ title: expect.stringContaining('its container first') });
    expect(first(190e6)?.command).toBeUndefined();
  });

  it('speaks of more threads only where threads were seen to be waited for', () => {
    const timing = seenBy('http.timing', 'api', { dns_p95_ms: 900, response_time_p95_ms: 1000 });
    const runtime = (count: number) =>
      seenBy('node.runtime', 'api', {}, { tables: { resources: [{ kind: 'GetAddrInfoReqWrap', count }] } });
    const titles = (count: number) => adviceIn(factsOf([timing, runtime(count)])).map(({ title }) => title);
    expect(titles(6)).toContain('Give look-ups, files and compression more threads');
    expect(titles(1)).not.toContain('Give look-ups, files and compression more threads');
  });

  it('names the role of the session that stands idle in its transaction', () => {
    const { causes } = concluded([
      seen(
        'postgres.activity',
        { longest_idle_in_transaction_ms: 90_000, connections_idle_in_transaction: 1 },
        { sessions: [{ pid: 7, user: 'Shop', state: 'idle in transaction', application: 'shop' }] },
      ),
    ]);
    const commands = causes.flatMap(({ advice }) => advice).map(({ command }) => command);
    expect(commands).toContain(`ALTER ROLE "Shop" SET idle_in_transaction_session_timeout = '60s';`);
  });
});
