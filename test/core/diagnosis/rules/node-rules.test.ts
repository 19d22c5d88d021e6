import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../../src/core/diagnosis/diagnose.ts';
import type { DiagnosisRule } from '../../../../src/core/diagnosis/rule.ts';
import {
  appLargeJsonRule,
  appSyncCryptoRule,
} from '../../../../src/core/diagnosis/rules/app-costly-builtin.ts';
import { appCpuHotFunctionRule } from '../../../../src/core/diagnosis/rules/app-cpu-hot-function.ts';
import { appEventLoopBlockRule } from '../../../../src/core/diagnosis/rules/app-event-loop-block.ts';
import { appGcThrashRule } from '../../../../src/core/diagnosis/rules/app-gc-thrash.ts';
import { appMemoryLeakRule } from '../../../../src/core/diagnosis/rules/app-memory-leak.ts';
import { RULES } from '../../../../src/core/diagnosis/rules.ts';
import type { CollectedEvidence, Evidence } from '../../../../src/core/evidence.ts';
import { factsOf, outcome, seen } from './evidence-of.ts';

type Numbers = Readonly<Record<string, number>>;

const runtime = (metrics: Numbers, resources: Readonly<Record<string, number>> = {}) =>
  seen(
    'node.runtime',
    'api',
    {
      event_loop_utilisation: 0.1,
      event_loop_delay_p50_ms: 0.3,
      event_loop_delay_max_ms: 12,
      cpu_cores: 0.1,
      gc_ratio: 0.01,
      gc_max_pause_ms: 3,
      heap_floor_growth_bytes: 100_000,
      uptime_ms: 86_400_000,
      ...metrics,
    },
    {
      facts: { container: 'api-1' },
      tables: { resources: Object.entries(resources).map(([kind, count]) => ({ kind, count })) },
    },
  );

interface Hot {
  readonly share: number;
  readonly kind?: string;
  readonly mostlyIn?: string;
  readonly code?: string;
}

const profile = ({ share, kind = 'application', mostlyIn = '', code = '' }: Hot, metrics: Numbers = {}) =>
  seen(
    'node.cpu_profile',
    'api',
    { event_loop_utilisation: 0.97, hottest_share: share, gc_share: 0.05, samples: 1500, ...metrics },
    {
      facts: { container: 'api-1' },
      tables: {
        hot_functions: [
          {
            function: '(garbage collector)',
            place: '',
            self_share: 0.9,
            mostly_in: '',
            code: '',
            kind: 'engine',
          },
          { function: 'work', place: 'app.js:6', self_share: share, mostly_in: mostlyIn, code, kind },
        ],
      },
    },
  );

const heap = (metrics: Numbers, share: number, kind = 'application') =>
  seen(
    'node.heap_profile',
    'api',
    {
      sampled_bytes: 10e6,
      sampled_bytes_per_second: 2e6,
      largest_site_bytes: share * 10e6,
      heap_growth_bytes: 9e6,
      heap_growth_bytes_per_second: 1.8e6,
      heap_after_gc_bytes: 40e6,
      heap_after_gc_ratio: 0.2,
      ...metrics,
    },
    { tables: { allocation_sites: [{ function: 'retain', place: 'app.js:19', bytes: 1, share, kind }] } },
  );
const stats = (metrics: Numbers) =>
  seen(
    'docker.stats',
    'api',
    { running: 1, cpu_ratio: 0.3, cpu_cores: 0.9, ...metrics },
    { facts: { container: 'api-1' } },
  );
/** What the process tells Prometheus; its lag holds the 10 ms for which the client library waits. */
const told = (metrics: Numbers) =>
  seen('prometheus.query', 'api', {
    event_loop_lag_p99_ms: 12,
    event_loop_lag_p50_ms: 10.2,
    gc_ratio: 0.01,
    heap_floor_ratio: 0.7,
    ...metrics,
  });
const NOT_LOOKED: Evidence = {
  status: 'unavailable',
  probe: 'node.runtime',
  service: 'api',
  target: 'node:api',
  targetKind: 'node',
  collectedAt: 0,
  durationMs: 1,
  reason: 'unsupported',
  message: 'inspection is not allowed',
};
const busyHost = seen('host.load', 'host', { cpu_busy_ratio: 0.99 });

const BUSY = {
  event_loop_utilisation: 0.98,
  event_loop_delay_p50_ms: 45,
  event_loop_delay_max_ms: 80,
  cpu_cores: 0.95,
};
const STOPS = { event_loop_utilisation: 0.7, event_loop_delay_max_ms: 700, cpu_cores: 0.65 };
const FULL = { gc_ratio: 0.4, heap_after_gc_ratio: 0.84, heap_after_gc_bytes: 56e6 };
const THROTTLED = { throttled_ratio: 0.9, cpu_limit_cores: 0.25, cpu_cores: 0.25 };
const JSON_LINE = { code: 'return JSON.stringify(JSON.parse(text));' };
const CRYPTO = { mostlyIn: 'pbkdf2Sync (node:internal/crypto/pbkdf2:62)' };
const REFUSED: Evidence = {
  status: 'unavailable',
  probe: 'node.cpu_profile',
  service: 'api',
  target: 'node:api',
  targetKind: 'node',
  collectedAt: 0,
  durationMs: 1,
  reason: 'overloaded',
  message: 'too little memory',
};

type Row = readonly [what: string, evidence: readonly Evidence[], expected: string];

function table(rule: DiagnosisRule, rows: readonly Row[], options: Parameters<typeof factsOf>[1] = {}): void {
  it.each(rows)('%s', (_, evidence, expected) => {
    expect(outcome(rule, factsOf(evidence, options))).toBe(expected);
  });
}

describe('app.cpu_hot_function', () => {
  table(appCpuHotFunctionRule, [
    ['nobody looked inside', [stats({})], 'nothing'],
    ['the probe could not look', [REFUSED], 'undecided'],
    ['one function has it all', [runtime(BUSY), profile({ share: 0.8 })], 'found 0.93'],
    ['without the other probe its own first look counts', [profile({ share: 0.8 })], 'found 0.93'],
    ['one function has a third', [runtime(BUSY), profile({ share: 0.3 })], 'found 0.8'],
    ['time is spread', [runtime(BUSY), profile({ share: 0.1 })], 'ruled out'],
    ['the loop is idle', [runtime({}), profile({ share: 0.9 })], 'ruled out'],
    ['how busy the loop is was not measured', [seen('node.cpu_profile', 'api', { samples: 9 })], 'undecided'],
    ['only Node itself is hot', [runtime(BUSY), profile({ share: 0.9, kind: 'node' })], 'ruled out'],
    ['it is cryptography', [runtime(BUSY), profile({ share: 0.9, ...CRYPTO })], 'ruled out'],
    ['it is JSON', [runtime(BUSY), profile({ share: 0.9, ...JSON_LINE })], 'ruled out'],
    [
      'it comes in long stops',
      [runtime({ ...STOPS, event_loop_utilisation: 0.75 }), profile({ share: 0.9 })],
      'ruled out',
    ],
    ['the quota stops the process', [runtime(BUSY), profile({ share: 0.8 }), stats(THROTTLED)], 'ruled out'],
    [
      'a quota of a core does not stop one thread',
      [runtime(BUSY), profile({ share: 0.8 }), stats({ throttled_ratio: 0.4, cpu_limit_cores: 1 })],
      'found 0.93',
    ],
    [
      'others use the machine up',
      [runtime({ ...BUSY, cpu_cores: 0.2 }), profile({ share: 0.8 }), busyHost],
      'found 0.45',
    ],
    [
      'a busy machine that leaves it its core',
      [runtime(BUSY), profile({ share: 0.8 }), busyHost],
      'found 0.93',
    ],
    [
      'it writes output',
      [runtime(BUSY), profile({ share: 0.8, mostlyIn: 'write (node:net:900)' })],
      'found 0.45',
    ],
  ]);
});

describe('app.event_loop_block', () => {
  table(appEventLoopBlockRule, [
    ['it turns well', [runtime({})], 'ruled out'],
    ['long stops, and the function is known', [runtime(STOPS), profile({ share: 0.9 })], 'found 0.92'],
    ['long stops, one function has a part', [runtime(STOPS), profile({ share: 0.3 })], 'found 0.78'],
    ['long stops, nobody looked for the function', [runtime(STOPS)], 'found 0.65'],
    [
      'a short stop, nobody looked for the function',
      [runtime({ event_loop_delay_max_ms: 120 })],
      'found 0.45',
    ],
    ['it never turned', [seen('node.runtime', 'api', { event_loop_delay_max_ms: 4000 })], 'found 0.65'],
    ['every turn is slow', [runtime({ ...BUSY, event_loop_delay_max_ms: 150 })], 'ruled out'],
    ['a garbage collection stopped it', [runtime({ ...STOPS, gc_max_pause_ms: 500 })], 'ruled out'],
    ['the quota stops it', [runtime(STOPS), stats(THROTTLED)], 'ruled out'],
    [
      'what stops it has a name of its own',
      [runtime(STOPS), profile({ share: 0.9, ...JSON_LINE })],
      'ruled out',
    ],
    ['others use the machine up', [runtime({ ...STOPS, cpu_cores: 0.1 }), busyHost], 'found 0.4'],
    ['Prometheus: long stops', [NOT_LOOKED, told({ event_loop_lag_p99_ms: 700 })], 'found 0.5'],
    ['Prometheus: short stops', [told({ event_loop_lag_p99_ms: 150 })], 'found 0.35'],
    ['Prometheus: a good p99 hides rare stops', [told({})], 'undecided'],
    [
      'Prometheus: every turn is slow',
      [told({ event_loop_lag_p99_ms: 300, event_loop_lag_p50_ms: 60 })],
      'undecided',
    ],
    ['Prometheus: the quota', [told({ event_loop_lag_p99_ms: 700 }), stats(THROTTLED)], 'ruled out'],
    [
      'Prometheus counts less than a look inside',
      [runtime({}), told({ event_loop_lag_p99_ms: 700 })],
      'ruled out',
    ],
    ['Prometheus knows nothing of Node here', [seen('prometheus.query', 'api', { cpu_cores: 1 })], 'nothing'],
  ]);
});

describe('app.large_json', () => {
  table(appLargeJsonRule, [
    ['most of the time', [runtime(BUSY), profile({ share: 0.9, ...JSON_LINE })], 'found 0.95'],
    [
      'a part of the time',
      [runtime({ event_loop_utilisation: 0.56 }), profile({ share: 0.34, ...JSON_LINE })],
      'found 0.85',
    ],
    [
      'in a package',
      [
        runtime(BUSY),
        profile({
          share: 0.6,
          mostlyIn: 'stringify (node_modules/express/lib/response.js:1100)',
          ...JSON_LINE,
        }),
      ],
      'found 0.95',
    ],
    ['the loop is idle', [runtime({}), profile({ share: 0.9, ...JSON_LINE })], 'ruled out'],
    ['other work', [runtime(BUSY), profile({ share: 0.9 })], 'ruled out'],
    [
      'a name is no proof',
      [runtime(BUSY), profile({ share: 0.9, code: 'const JSONParser = make(text);' })],
      'ruled out',
    ],
    [
      'the quota stops it',
      [runtime(BUSY), profile({ share: 0.9, ...JSON_LINE }), stats(THROTTLED)],
      'ruled out',
    ],
  ]);
});

describe('app.sync_crypto', () => {
  table(appSyncCryptoRule, [
    ['a key is derived', [runtime(BUSY), profile({ share: 0.97, ...CRYPTO })], 'found 0.95'],
    [
      'a package does it',
      [
        runtime(BUSY),
        profile({ share: 0.4, kind: 'library', mostlyIn: 'hashSync (node_modules/bcryptjs/index.js:9)' }),
      ],
      'found 0.85',
    ],
    ['the loop is idle', [runtime({}), profile({ share: 0.97, ...CRYPTO })], 'ruled out'],
    ['other work', [runtime(BUSY), profile({ share: 0.97 })], 'ruled out'],
  ]);
});

describe('app.gc_thrash', () => {
  table(appGcThrashRule, [
    ['little collection', [runtime({})], 'ruled out'],
    ['much garbage, much room', [runtime({ ...FULL, heap_after_gc_ratio: 0.3 })], 'ruled out'],
    ['no full collection', [runtime({ gc_ratio: 0.27 })], 'ruled out'],
    ['a full heap', [runtime(FULL)], 'found 0.93'],
    [
      'the heap profile saw that it is full',
      [runtime({ gc_ratio: 0.27 }), heap({ heap_after_gc_ratio: 0.9 }, 0)],
      'found 0.93',
    ],
    ['a leak fills it', [runtime(FULL), heap({}, 0.8)], 'found 0.75'],
    [
      'what is there is replaced all the time',
      [runtime(FULL), heap({ heap_growth_bytes: 0 }, 0.8)],
      'found 0.93',
    ],
    ['the quota makes collections long', [runtime(FULL), stats(THROTTLED)], 'found 0.7'],
    ['this Node cannot tell', [seen('node.runtime', 'api', { event_loop_delay_max_ms: 1 })], 'undecided'],
    ['Prometheus: little collection', [NOT_LOOKED, told({})], 'ruled out'],
    ['Prometheus: a full heap', [told({ gc_ratio: 0.3, heap_floor_ratio: 0.9 })], 'found 0.55'],
    ['Prometheus: much garbage', [told({ gc_ratio: 0.3, heap_floor_ratio: 0.4 })], 'ruled out'],
    ['Prometheus: the heap is not told', [seen('prometheus.query', 'api', { gc_ratio: 0.3 })], 'undecided'],
    [
      'Prometheus: the quota makes collections long',
      [told({ gc_ratio: 0.3, heap_floor_ratio: 0.9 }), stats(THROTTLED)],
      'found 0.4',
    ],
  ]);

  it('asks for a larger container where the heap would not fit', () => {
    const [verdict] = appGcThrashRule.evaluate(
      factsOf([runtime(FULL), stats({ memory_limit_bytes: 100e6 })]),
    );
    expect(verdict).toMatchObject({
      cause: {
        advice: [
          { title: 'Raise the memory limit of the container' },
          { command: 'NODE_OPTIONS=--max-old-space-size=96' },
        ],
      },
    });
  });
});

it('app.gc_thrash: changes the heap limit where the container has it', () => {
  const outside = seen(
    'docker.stats',
    'api',
    { memory_limit_bytes: 1e9 },
    { facts: { heap_cap_command_mib: '64' } },
  );
  const [verdict] = appGcThrashRule.evaluate(factsOf([runtime(FULL), outside]));
  expect(verdict).toMatchObject({
    cause: {
      advice: [{ title: expect.stringMatching(/=96 in its command$/), undo: 'Set it to 64 again.' }],
    },
  });
});

describe('app.memory_leak', () => {
  const flat = { heap_growth_bytes: 2e5, heap_growth_bytes_per_second: 4e4 };
  table(appMemoryLeakRule, [
    ['nothing stays', [runtime({}), heap({ ...flat, largest_site_bytes: 2e5 }, 0.7)], 'ruled out'],
    ['what stays takes the place of what was there', [runtime({}), heap(flat, 0.9)], 'ruled out'],
    ['it grows, and one function is at work', [runtime({}), heap({}, 0.7)], 'found 0.9'],
    ['it grows through many functions', [runtime({}), heap({}, 0.1)], 'found 0.5'],
    ['a package is at work', [heap({}, 0.7, 'library')], 'found 0.9'],
    ['only Node itself is at work', [heap({}, 0.7, 'node')], 'found 0.5'],
    ['it grows too slowly to count', [heap({ heap_growth_bytes_per_second: 9000 }, 0.7)], 'ruled out'],
    ['it has just started', [runtime({ uptime_ms: 20_000 }), heap({}, 0.7)], 'found 0.8'],
    ['nobody sampled, the heap is flat', [runtime({})], 'ruled out'],
    ['nobody sampled: it may be garbage', [runtime({ heap_floor_growth_bytes: 8e6 })], 'undecided'],
    [
      'nobody sampled: full collections free less and less',
      [runtime({ heap_after_gc_growth_bytes: 6e6 })],
      'found 0.5',
    ],
  ]);
  table(
    appMemoryLeakRule,
    [
      ['far above its usual level', [runtime({ heap_after_gc_bytes: 400e6 })], 'found 0.5'],
      [
        'far above its usual level, too slow for a window',
        [runtime({}), heap({ ...flat, heap_after_gc_bytes: 400e6 }, 0.7)],
        'found 0.7',
      ],
      ['at its usual level', [runtime({ heap_after_gc_bytes: 110e6 })], 'ruled out'],
    ],
    { usual: { heap_after_gc_bytes: 100e6 } },
  );
});

describe('one fault has one name', () => {
  const scenes: readonly (readonly [string, readonly CollectedEvidence[]])[] = [
    ['app.cpu_hot_function', [runtime(BUSY), profile({ share: 0.8 }), stats({ cpu_cores: 1 })]],
    ['app.event_loop_block', [runtime(STOPS), profile({ share: 0.9 }), stats({})]],
    ['app.large_json', [runtime(BUSY), profile({ share: 0.8, ...JSON_LINE }), stats({})]],
    ['app.sync_crypto', [runtime(BUSY), profile({ share: 0.9, ...CRYPTO }), stats({})]],
    ['app.gc_thrash', [runtime({ ...FULL, ...BUSY }), profile({ share: 0.02 }), stats({})]],
    ['app.memory_leak', [runtime({}), heap({}, 0.7), stats({})]],
    ['container.cpu_throttled', [runtime(BUSY), profile({ share: 0.8 }), stats(THROTTLED)]],
  ];
  it.each(scenes)('%s', (id, evidence) => {
    const { causes } = diagnose(RULES, factsOf(evidence));
    expect(causes[0]?.id).toBe(id);
    expect(causes[0]?.evidence.length).toBeGreaterThan(0);
    const rivals = scenes.map(([rival]) => rival).filter((rival) => rival !== id);
    expect(causes.map((cause) => cause.id).filter((named) => rivals.includes(named))).toEqual([]);
  });
});
