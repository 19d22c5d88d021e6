import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../../src/core/diagnosis/diagnose.ts';
import type { DiagnosisRule } from '../../../../src/core/diagnosis/rule.ts';
import { appErrorResponsesRule } from '../../../../src/core/diagnosis/rules/app-error-responses.ts';
import { appSlowResponseRule } from '../../../../src/core/diagnosis/rules/app-slow-response.ts';
import { appUnreachableRule } from '../../../../src/core/diagnosis/rules/app-unreachable.ts';
import { depDnsSlowRule } from '../../../../src/core/diagnosis/rules/dep-dns-slow.ts';
import { depDownstreamSlowRule } from '../../../../src/core/diagnosis/rules/dep-downstream-slow.ts';
import { netDbLatencyRule } from '../../../../src/core/diagnosis/rules/net-db-latency.ts';
import { netBandwidthRule, netConnectSlowRule } from '../../../../src/core/diagnosis/rules/net-phases.ts';
import type { CollectedEvidence } from '../../../../src/core/evidence.ts';
import { factsOf, outcome, seen, serviceOf } from './evidence-of.ts';

type Numbers = Readonly<Record<string, number>>;

const http = (metrics: Numbers, facts: Record<string, string> = {}) =>
  seen(
    'http.timing',
    'api',
    {
      availability: 1,
      error_rate: 0,
      response_time_p95_ms: 50,
      ttfb_p95_ms: 45,
      download_p95_ms: 2,
      ...metrics,
    },
    { facts, tables: { routes: [{ route: 'GET /items', max_ms: metrics.response_time_p95_ms ?? 50 }] } },
  );
const refused = (code: string) =>
  seen(
    'http.timing',
    'api',
    { availability: 0, error_rate: 1, health_ok: 0 },
    { facts: { failure_code: code, failure: `words for ${code}`, statuses: `20 × words for ${code}` } },
  );
const stats = (metrics: Numbers) =>
  seen('docker.stats', 'api', { running: 1, cpu_ratio: 0.13, cpu_cores: 0.13, ...metrics });
const logged = (text: string) =>
  seen(
    'docker.logs',
    'api',
    {},
    { tables: { patterns: [{ pattern: text, level: 'error', count: 9, count_before: 0, example: text }] } },
  );
/** Inside of the process: how busy its event loop is, and what it waits for. */
const loop = (utilisation: number, lookUps = 0) =>
  seen(
    'node.runtime',
    'api',
    { event_loop_utilisation: utilisation },
    { tables: { resources: [{ kind: 'GetAddrInfoReqWrap', count: lookUps }] } },
  );
const SLOW = { response_time_p95_ms: 3400, ttfb_p95_ms: 3390 };

type Row = readonly [what: string, evidence: readonly CollectedEvidence[], expected: string];

function table(rule: DiagnosisRule, rows: readonly Row[], options: Parameters<typeof factsOf>[1] = {}): void {
  it.each(rows)('%s', (_, evidence, expected) => {
    expect(outcome(rule, factsOf(evidence, options))).toBe(expected);
  });
}

describe('dep.dns_slow', () => {
  table(depDnsSlowRule, [
    ['quick', [http({ dns_p95_ms: 2 })], 'ruled out'],
    ['an address needs no look-up', [http({})], 'nothing'],
    ['most of the time', [http({ dns_p95_ms: 900, response_time_p95_ms: 1000 })], 'found 0.85'],
    ['slow, but the smaller part', [http({ dns_p95_ms: 150, response_time_p95_ms: 3000 })], 'found 0.5'],
    ['the name server is silent', [refused('EAI_AGAIN')], 'found 0.85'],
    ['no such name is another matter', [refused('ENOTFOUND')], 'nothing'],
    [
      'slow, and its log speaks of names',
      [http(SLOW), logged('getaddrinfo EAI_AGAIN payments')],
      'found 0.75',
    ],
    ['the process waits for names', [http(SLOW), loop(0.004, 6)], 'found 0.82'],
    ['and its log says so', [http(SLOW), loop(0.004, 6), logged('getaddrinfo EAI_AGAIN x')], 'found 0.9'],
    ['the process looks names up, and computes', [http(SLOW), loop(0.95, 6)], 'found 0.4'],
    ['one look-up is no queue', [http(SLOW), loop(0.004, 1)], 'nothing'],
    ['it looks names up and is well', [http({}), loop(0.004, 6)], 'nothing'],
    [
      'its log speaks of names, and it waits',
      [http(SLOW), loop(0.004), logged('getaddrinfo EAI_AGAIN payments')],
      'found 0.8',
    ],
    [
      'its log speaks of names, but it computes',
      [http(SLOW), loop(0.95), logged('getaddrinfo EAI_AGAIN payments')],
      'found 0.5',
    ],
    ['its log speaks of names, but it is well', [http({}), logged('getaddrinfo EAI_AGAIN x')], 'nothing'],
  ]);
});

describe('net.connect_slow', () => {
  table(netConnectSlowRule, [
    ['quick', [http({ connect_p95_ms: 1 })], 'ruled out'],
    ['most of the time', [http({ connect_p95_ms: 1000, response_time_p95_ms: 1100 })], 'found 0.75'],
    ['slow, but the smaller part', [http({ connect_p95_ms: 80, response_time_p95_ms: 3000 })], 'found 0.45'],
    ['never measured', [http({})], 'nothing'],
  ]);

  const tls = {
    ...serviceOf('api', 'node'),
    targets: [
      { kind: 'http', id: 'http:api', service: 'api', zone: 'default', baseUrl: 'https://api', paths: [] },
    ],
  } as const;
  table(netConnectSlowRule, [['TLS needs its round trips', [http({ connect_p95_ms: 120 })], 'ruled out']], {
    services: [tls],
  });
});

describe('net.bandwidth', () => {
  const narrow = { download_p95_ms: 2400, response_time_p95_ms: 2500, ttfb_p95_ms: 20 };
  table(netBandwidthRule, [
    ['quick', [http({ response_bytes_mean: 5000 })], 'ruled out'],
    ['1 Mbit/s', [http({ ...narrow, response_bytes_mean: 300_000 })], 'found 0.8'],
    [
      '1 Mbit/s without a missed target',
      [http({ download_p95_ms: 240, response_time_p95_ms: 269, response_bytes_mean: 30_000 })],
      'found 0.5',
    ],
    ['a large body on a good line', [http({ ...narrow, response_bytes_mean: 50e6 })], 'ruled out'],
    ['a small body that stalls', [http({ ...narrow, response_bytes_mean: 500 })], 'ruled out'],
    ['the server is slow, not the line', [http({ ...SLOW, response_bytes_mean: 50_000 })], 'ruled out'],
    [
      'a server without CPU writes slowly',
      [http({ ...narrow, response_bytes_mean: 300_000 }), stats({ cpu_ratio: 0.99 })],
      'found 0.6',
    ],
  ]);
});

describe('app.unreachable', () => {
  table(appUnreachableRule, [
    ['it answers', [http({})], 'ruled out'],
    ['it answers sometimes', [http({ availability: 0.4 }, { failure_code: 'ECONNRESET' })], 'ruled out'],
    ['refused, container unknown', [refused('ECONNREFUSED')], 'found 0.8'],
    ['refused although the container runs', [refused('ECONNREFUSED'), stats({})], 'found 0.85'],
    ['refused, container down', [refused('ECONNREFUSED'), stats({ running: 0 })], 'found 0.5'],
    ['refused, container restarts', [refused('ECONNREFUSED'), stats({ restart_count: 4 })], 'found 0.5'],
    ['silent', [refused('TIMEOUT')], 'found 0.4'],
    ['only errors of its own', [http({ availability: 0, error_rate: 1 })], 'ruled out'],
  ]);
});

describe('app.error_responses', () => {
  const errors = { error_rate: 0.3, availability: 0.7 };
  table(appErrorResponsesRule, [
    ['none', [http({})], 'ruled out'],
    ['30 % of answers, at normal speed', [http(errors, { statuses: '14 × 200, 6 × 500' })], 'found 0.55'],
    [
      'errors that come late are waited for',
      [http({ ...errors, ...SLOW }, { statuses: '6 × 503' })],
      'found 0.4',
    ],
    ['no answer is not an answer with an error', [refused('ECONNREFUSED')], 'ruled out'],
    ['Prometheus says so', [seen('prometheus.query', 'api', { error_rate: 0.2 })], 'found 0.55'],
    ['not measured', [seen('prometheus.query', 'api', { throughput_per_minute: 2 })], 'nothing'],
  ]);
});

describe('app.slow_response', () => {
  table(appSlowResponseRule, [
    ['within its target', [http({})], 'ruled out'],
    ['slow', [http(SLOW)], 'found 0.32'],
    [
      'slow by its slowest answer',
      [seen('http.timing', 'api', { response_time_max_ms: 5000 })],
      'found 0.32',
    ],
    [
      'real traffic is slow',
      [http({}), seen('prometheus.query', 'api', { response_time_p95_ms: 4000 })],
      'found 0.32',
    ],
    ['nobody timed it', [stats({})], 'nothing'],
  ]);
  it('advises a look inside the process only where none was taken', () => {
    const advised = (...evidence: readonly CollectedEvidence[]) =>
      appSlowResponseRule
        .evaluate(factsOf([http(SLOW), ...evidence]))
        .flatMap((verdict) => (verdict.kind === 'cause' ? verdict.cause.advice : []))
        .map(({ title }) => title);
    expect(advised()).toEqual(['Look inside the process']);
    expect(advised(loop(0.05))).toEqual([]);
  });
  table(
    appSlowResponseRule,
    [['five times its usual time', [http({ response_time_p95_ms: 500 })], 'found 0.32']],
    {
      usual: { response_time_p95_ms: 100 },
    },
  );
  table(appSlowResponseRule, [['quick is not slow, whatever is usual', [http({})], 'ruled out']], {
    usual: { response_time_p95_ms: 5 },
  });

  it('says that it cannot tell, and what was not measured', () => {
    const [verdict] = appSlowResponseRule.evaluate(factsOf([http(SLOW)]));
    expect(verdict).toMatchObject({
      cause: { summary: expect.stringMatching(/cannot tell .*not measured: .*depends on/) },
    });
  });

  it('is told when nothing else is, and stands behind everything that explains', () => {
    const rules = [appSlowResponseRule, depDownstreamSlowRule];
    expect(diagnose(rules, factsOf([http(SLOW)])).causes.map(({ id }) => id)).toEqual(['app.slow_response']);
    expect(diagnose(rules, factsOf([http(SLOW), stats({})])).causes.map(({ id }) => id)).toEqual([
      'dep.downstream_slow',
      'app.slow_response',
    ]);
  });
});

const WITH_STORES = {
  services: [
    serviceOf('api', 'node', ['db', 'cache']),
    serviceOf('db', 'postgres'),
    serviceOf('cache', 'redis'),
  ],
};
const idleDb = seen('postgres.activity', 'db', { connections_active: 0, longest_query_ms: 3 });
const idleCache = seen('redis.slowlog', 'cache', { slow_commands: 0 });

describe('dep.downstream_slow', () => {
  table(
    depDownstreamSlowRule,
    [
      ['not slow', [http({}), stats({}), idleDb, idleCache], 'ruled out'],
      ['it waits while all around is idle', [http(SLOW), stats({}), idleDb, idleCache], 'found 0.55'],
      [
        'and its log says so',
        [http(SLOW), stats({}), idleDb, idleCache, logged('fetch failed')],
        'found 0.7',
      ],
      [
        'it is an nginx whose upstream is quick',
        [
          http(SLOW),
          stats({}),
          idleDb,
          idleCache,
          seen('nginx.access', 'api', { upstream_time_p95_ms: 3, response_time_p95_ms: 3400 }),
        ],
        'ruled out',
      ],
      [
        'it is an nginx whose upstream is slow',
        [
          http(SLOW),
          stats({}),
          idleDb,
          idleCache,
          seen('nginx.access', 'api', { upstream_time_p95_ms: 3390 }),
        ],
        'found 0.55',
      ],
      [
        'its log says that no connection of its own pool came free',
        [http(SLOW), stats({}), idleDb, idleCache, logged('Error: timeout exceeded when trying to connect')],
        'ruled out',
      ],
      ['its event loop waits as well', [http(SLOW), stats({}), idleDb, idleCache, loop(0.08)], 'found 0.7'],
      ['its event loop is busy', [http(SLOW), stats({}), idleDb, idleCache, loop(0.95)], 'ruled out'],
      ['it waits for names', [http(SLOW), stats({}), idleDb, idleCache, loop(0.01, 6)], 'ruled out'],
      ['it computes', [http(SLOW), stats({ cpu_ratio: 0.9 }), idleDb, idleCache], 'ruled out'],
      ['one thread computes on a large limit', [http(SLOW), stats({ cpu_cores: 0.95 }), idleDb], 'ruled out'],
      ['it is throttled', [http(SLOW), stats({ throttled_ratio: 0.8 }), idleDb, idleCache], 'ruled out'],
      [
        'the database works',
        [
          http(SLOW),
          stats({}),
          seen('postgres.activity', 'db', { longest_query_ms: 2900, connections_active: 4 }),
          idleCache,
        ],
        'ruled out',
      ],
      [
        'the database waits for a lock',
        [http(SLOW), stats({}), idleDb, idleCache, seen('postgres.locks', 'db', { blocked_sessions: 3 })],
        'ruled out',
      ],
      [
        'the cache is slow',
        [
          http(SLOW),
          stats({}),
          idleDb,
          seen('redis.slowlog', 'cache', { slowest_ms: 1200, slow_commands: 2 }),
        ],
        'ruled out',
      ],
      ['the cache was not measured', [http(SLOW), stats({}), idleDb], 'undecided'],
      ['CPU was not measured', [http(SLOW), idleDb, idleCache], 'undecided'],
      ['the download is what is slow', [http({ ...SLOW, ttfb_p95_ms: 20 }), stats({})], 'ruled out'],
    ],
    WITH_STORES,
  );
});

describe('net.db_latency', () => {
  const statements = (mean: number, calls: number) =>
    seen('postgres.statements', 'db', { mean_exec_time_ms: mean, calls_per_second: calls });
  const sessions = (wait: string, age: number, state = 'idle in transaction') =>
    seen('postgres.activity', 'db', {}, { tables: { sessions: [{ state, wait, transaction_age_ms: age }] } });
  const waiting = sessions('Client:ClientRead', 246);
  const waits = (share: number, transactions: number, locked = 0) =>
    seen('postgres.waits', 'db', {
      client_read_in_transaction_share: share,
      transactions_waiting_for_client: transactions,
      lock_share: locked,
    });
  table(
    netDbLatencyRule,
    [
      ['not slow', [http({}), statements(0.03, 20), waiting], 'nothing'],
      [
        'quick statements, waiting transactions',
        [http(SLOW), stats({}), statements(0.03, 20), waiting],
        'found 0.6',
      ],
      [
        'and its event loop waits',
        [http(SLOW), stats({}), statements(0.03, 20), waiting, loop(0.11)],
        'found 0.7',
      ],
      ['its event loop is busy', [http(SLOW), statements(0.03, 20), waiting, loop(0.95)], 'ruled out'],
      ['the database itself is slow', [http(SLOW), statements(600, 20), waiting], 'ruled out'],
      ['many short statements', [http(SLOW), statements(0.04, 900), waiting], 'ruled out'],
      [
        'the service computes',
        [http(SLOW), stats({ cpu_ratio: 0.95 }), statements(0.03, 20), waiting],
        'ruled out',
      ],
      [
        'transactions left open',
        [http(SLOW), statements(0.03, 20), sessions('Client:ClientRead', 90_000)],
        'ruled out',
      ],
      [
        'transactions that wait for locks',
        [http(SLOW), statements(0.03, 20), sessions('Lock:tuple', 300, 'active')],
        'ruled out',
      ],
      ['statements not measured', [http(SLOW), waiting], 'undecided'],
      [
        'a holder that waits for its client while others wait for its lock',
        [http(SLOW), statements(0.03, 20), waiting, seen('postgres.locks', 'db', { blocked_sessions: 4 })],
        'ruled out',
      ],
      [
        'the service does not read what the database sent',
        [
          http(SLOW),
          stats({}),
          statements(0.03, 20),
          waiting,
          seen(
            'docker.sockets',
            'api',
            {},
            {
              tables: {
                peers: [{ peer: '172.17.0.5:5432', name: 'db', connections: 10, unread_bytes: 450_000 }],
              },
            },
          ),
        ],
        'found 0.4',
      ],
      [
        'many looks: different transactions wait for their client',
        [http(SLOW), statements(0.03, 20), waiting, waits(0.66, 40)],
        'found 0.78',
      ],
      [
        'many looks: one transaction was left open',
        [http(SLOW), statements(0.03, 20), waiting, waits(0.9, 1)],
        'ruled out',
      ],
      [
        'many looks: time goes into locks',
        [http(SLOW), statements(0.03, 20), waiting, waits(0.4, 9, 0.5)],
        'ruled out',
      ],
    ],
    WITH_STORES,
  );
});
