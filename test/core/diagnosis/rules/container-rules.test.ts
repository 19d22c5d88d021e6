import { describe, expect, it } from 'vitest';
import { appErrorBurstRule, appLogFloodRule } from '../../../../src/core/diagnosis/rules/app-logs.ts';
import { appV8HeapOomRule } from '../../../../src/core/diagnosis/rules/app-v8-heap-oom.ts';
import {
  appCpuBusyRule,
  containerCpuSaturatedRule,
} from '../../../../src/core/diagnosis/rules/container-cpu-saturated.ts';
import { containerCpuThrottledRule } from '../../../../src/core/diagnosis/rules/container-cpu-throttled.ts';
import { containerCrashLoopRule } from '../../../../src/core/diagnosis/rules/container-crash-loop.ts';
import {
  containerHealthTimeoutRule,
  containerUnhealthyRule,
} from '../../../../src/core/diagnosis/rules/container-health.ts';
import {
  appMemoryGrowthRule,
  containerMemoryNearLimitRule,
} from '../../../../src/core/diagnosis/rules/container-memory.ts';
import {
  containerOomChildRule,
  containerOomKillRule,
} from '../../../../src/core/diagnosis/rules/container-oom.ts';
import { containerStoppedRule } from '../../../../src/core/diagnosis/rules/container-stopped.ts';
import { causesOf, ended, QUIET, type Scene, scene, verdictsOf } from './container-scene.ts';

const RULES = [
  appCpuBusyRule,
  appErrorBurstRule,
  appLogFloodRule,
  appMemoryGrowthRule,
  appV8HeapOomRule,
  containerCpuSaturatedRule,
  containerCpuThrottledRule,
  containerCrashLoopRule,
  containerHealthTimeoutRule,
  containerMemoryNearLimitRule,
  containerOomChildRule,
  containerOomKillRule,
  containerStoppedRule,
  containerUnhealthyRule,
];
const HEAP = 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory';
const noQuota = (stats: Readonly<Record<string, number>>): Scene => {
  const { throttled_ratio: _, ...rest } = scene({ stats }).stats ?? {};
  return { ...QUIET, stats: rest };
};

/** The best cause of each scene, and those that must not be named beside it. */
const table: [what: string, seen: Scene, best: string | undefined, not?: readonly string[]][] = [
  ['nothing wrong', QUIET, undefined],
  [
    'throttled hard although CPU% of the machine looks low',
    scene({ stats: { cpu_cores: 0.2, cpu_limit_cores: 0.2, cpu_ratio: 1, throttled_ratio: 0.95 }, top: 0.2 }),
    'container.cpu_throttled',
    ['container.cpu_saturated', 'app.cpu_busy'],
  ],
  ['throttled now and then', scene({ stats: { throttled_ratio: 0.2, cpu_ratio: 0.6 } }), undefined],
  [
    'all of its CPUs busy without a quota',
    { ...noQuota({ cpu_cores: 3.9, cpu_limit_cores: 4, cpu_ratio: 0.97 }), top: 1 },
    'container.cpu_saturated',
    ['container.cpu_throttled', 'app.cpu_busy'],
  ],
  [
    'one Node thread at one full core of four',
    { ...noQuota({ cpu_cores: 1, cpu_limit_cores: 4, cpu_ratio: 0.25 }), top: 0.99 },
    'container.cpu_saturated',
  ],
  [
    'several Node processes share one core',
    { ...noQuota({ cpu_cores: 1, cpu_limit_cores: 4, cpu_ratio: 0.25 }), top: 0.3 },
    undefined,
  ],
  [
    'one busy process of something else, with CPU to spare',
    { ...noQuota({ cpu_cores: 1, cpu_limit_cores: 4, cpu_ratio: 0.25 }), top: 0.99, role: 'other' },
    'app.cpu_busy',
    ['container.cpu_saturated'],
  ],
  [
    'killed for lack of memory and down',
    ended({ exit_code: '137', oom_killed: 'true' }, { stats: { oom_events: 1 } }),
    'container.oom_kill',
    ['container.oom_child', 'app.v8_heap_oom', 'container.crash_loop'],
  ],
  [
    'killed for lack of memory and started again, which clears the flag',
    scene({ stats: { oom_events: 2, die_events: 2 }, facts: { last_exit_code: '137' } }),
    'container.oom_kill',
    ['container.oom_child'],
  ],
  [
    'a child was killed while the main process lives',
    scene({ stats: { oom_events: 1 } }),
    'container.oom_child',
    ['container.oom_kill'],
  ],
  [
    'a child was killed while the main process lives, and a newer engine has set its flag all the same',
    scene({ stats: { oom_events: 1 }, facts: { oom_killed: 'true', last_oom_at: '2026-11-23T12:55:00Z' } }),
    'container.oom_child',
    ['container.oom_kill'],
  ],
  [
    'killed for lack of memory and started again by an older engine, which keeps the flag',
    scene({
      stats: { oom_events: 1, die_events: 1 },
      facts: {
        oom_killed: 'true',
        last_oom_at: '2026-11-23T12:55:00Z',
        started_at: '2026-11-23T12:55:01.5Z',
      },
    }),
    'container.oom_kill',
    ['container.oom_child'],
  ],
  [
    'killed by somebody, not by the kernel',
    ended({ exit_code: '137' }),
    'container.stopped',
    ['container.oom_kill', 'container.oom_child'],
  ],
  [
    'the heap of Node was full',
    ended({ exit_code: '139' }, { patterns: [[HEAP, 'fatal', 1, 0]] }),
    'app.v8_heap_oom',
    ['container.oom_kill'],
  ],
  [
    'the heap was full and it runs again',
    scene({
      stats: { die_events: 1, restart_count: 1 },
      facts: { last_exit_code: '134' },
      patterns: [[HEAP, 'fatal', 1, 0]],
    }),
    'app.v8_heap_oom',
    ['container.crash_loop', 'container.stopped'],
  ],
  [
    'ends at start, again and again',
    ended({ status: 'restarting', exit_code: '1' }, { stats: { restart_count: 7, die_events: 8 } }),
    'container.crash_loop',
    ['container.stopped'],
  ],
  [
    'ends again and again for lack of memory',
    ended(
      { status: 'restarting', exit_code: '137', oom_killed: 'true' },
      { stats: { restart_count: 7, oom_events: 7 } },
    ),
    'container.oom_kill',
  ],
  [
    'looping, seen in the moment in which it runs',
    scene({
      stats: { restart_count: 5 },
      facts: { started_at: '2026-11-23T12:59:50Z', last_exit_code: '1' },
    }),
    'container.crash_loop',
  ],
  ['restarted long ago', scene({ stats: { restart_count: 5 } }), undefined],
  [
    'its last allowed try failed',
    ended({ exit_code: '1', restart_policy: 'on-failure' }, { stats: { restart_count: 5 } }),
    'container.crash_loop',
  ],
  [
    'health check without an answer',
    scene({
      facts: {
        health: 'unhealthy',
        failing_streak: '4',
        health_output: 'Health check exceeded timeout (1s)',
      },
    }),
    'container.health_timeout',
    ['container.unhealthy'],
  ],
  [
    'health check with a failure',
    scene({
      facts: { health: 'unhealthy', failing_streak: '4', health_output: 'curl: (7) Failed to connect' },
    }),
    'container.unhealthy',
    ['container.health_timeout'],
  ],
  ['health check still starting', scene({ facts: { health: 'starting' } }), undefined],
  ['memory at 95 % of its limit', scene({ stats: { memory_ratio: 0.95 } }), 'container.memory_near_limit'],
  ['memory at 85 % of its limit', scene({ stats: { memory_ratio: 0.85 } }), undefined],
  [
    'three times the usual memory, far from the limit',
    scene({ stats: { memory_used_bytes: 300e6, memory_ratio: 0.6 } }),
    'app.memory_growth',
    ['container.memory_near_limit'],
  ],
  [
    'twice a tiny usual memory is no growth to speak of',
    scene({ stats: { memory_used_bytes: 20e6 }, usual: { memory_used_bytes: 9e6 } }),
    undefined,
  ],
  [
    'a new error makes up the log',
    scene({
      logs: { error_lines: 300, error_lines_per_minute: 20, error_ratio_before: 0.1 },
      patterns: [['Error: payment declined', 'error', 298, 0]],
    }),
    'app.error_burst',
  ],
  [
    'many errors, as always',
    scene({ logs: { error_lines: 300, error_lines_per_minute: 20, error_ratio_before: 15 } }),
    undefined,
  ],
  [
    'few errors',
    scene({ logs: { error_lines: 9, error_lines_per_minute: 0.6, error_ratio_before: 0 } }),
    undefined,
  ],
  ['three megabytes of log a second', scene({ logs: { bytes_per_second: 3e6 } }), 'app.log_flood'],
  ['stopped by hand', ended({ exit_code: '0' }), 'container.stopped', ['container.crash_loop']],
  ['paused', scene({ facts: { status: 'paused' } }), 'container.stopped'],
  ['not there at all', { unavailable: 'not_found' }, 'container.stopped'],
  ['Docker does not answer', { unavailable: 'unreachable' }, undefined],
];

const MIB = 1024 * 1024;

describe('rules about containers', () => {
  it.each(table)('%s', (_, seen, best, not = []) => {
    const causes = causesOf(RULES, seen);
    expect(causes[0]?.id).toBe(best);
    for (const id of not) expect(causes.map((cause) => cause.id)).not.toContain(id);
  });

  it.each(table.filter(([, , best]) => best !== undefined))(
    '%s: comes with evidence and a next step',
    (_, seen) => {
      for (const cause of causesOf(RULES, seen)) {
        expect(cause.confidence).toBeGreaterThan(0);
        expect(cause.confidence).toBeLessThanOrEqual(1);
        expect(cause.evidence.length, cause.id).toBeGreaterThan(0);
        expect(cause.advice.length, cause.id).toBeGreaterThan(0);
        const texts = [
          cause.summary,
          ...cause.evidence.map(({ text }) => text),
          ...cause.advice.map(({ command }) => command ?? ''),
        ];
        for (const text of texts) expect(text).not.toMatch(/undefined|NaN|not measured/);
        for (const advice of cause.advice) expect(advice.source, cause.id).toMatch(/^https:\/\//);
      }
    },
  );

  it('trusts a lowered limit most and a quota that always throttles least', () => {
    const throttled = { cpu_cores: 0.2, cpu_limit_cores: 0.2, cpu_ratio: 1, throttled_ratio: 0.95 };
    const confidence = (usual: Readonly<Record<string, number>>) =>
      causesOf([containerCpuThrottledRule], scene({ stats: throttled, usual }))[0]?.confidence ?? 0;
    expect(confidence({ cpu_limit_cores: 1 })).toBeGreaterThan(confidence({}));
    expect(confidence({})).toBeGreaterThan(confidence({ throttled_ratio: 0.9 }));
  });

  it('trusts an old out-of-memory kill less when the container has run since', () => {
    const confidence = (last_oom_at: string) =>
      causesOf([containerOomChildRule], scene({ stats: { oom_events: 1 }, facts: { last_oom_at } }))[0]
        ?.confidence;
    expect(confidence('2026-11-23T12:58:00Z')).toBe(0.9);
    expect(confidence('2026-11-23T12:20:00Z')).toBe(0.6);
  });

  it.each([
    ['twice as much', 0.2, 4, 'docker update --cpus 0.4 shop-api-1'],
    ['what the machine has', 1.5, 2, 'docker update --cpus 2 shop-api-1'],
    ['nothing when that is all', 2, 2, undefined],
    ['nothing when the CPUs were not counted', 1, undefined, undefined],
  ])('raises a CPU limit to %s', (_name, limit, online, command) => {
    const [cause] = causesOf(
      [containerCpuThrottledRule],
      scene({
        stats: {
          cpu_cores: limit,
          cpu_limit_cores: limit,
          throttled_ratio: 0.95,
          ...(online && { online_cpus: online }),
        },
      }),
    );
    expect(cause?.advice[0]?.command).toBe(command);
    expect(cause?.advice[0]?.undo).toBe(command && `docker update --cpus ${limit} shop-api-1`);
  });

  it.each([
    ['in cores, exactly', { cpus: '0.125' }, 'cpus 0.25', 'cpus 0.125'],
    ['as a quota', { cpu_quota_us: '12500' }, 'cpu-quota 25000', 'cpu-quota 12500'],
    [
      'as a quota of its period',
      { cpu_quota_us: '6250', cpu_period_us: '50000' },
      'cpu-quota 12500',
      'cpu-quota 6250',
    ],
    ['as a quota where only a period is set', { cpu_period_us: '50000' }, 'cpu-quota 12500', 'cpu-quota -1'],
  ])('changes a CPU limit %s, as Docker takes it for this container', (_name, facts, command, undo) => {
    const stats = { cpu_cores: 0.125, cpu_limit_cores: 0.125, throttled_ratio: 0.95, online_cpus: 2 };
    const [cause] = causesOf([containerCpuThrottledRule], scene({ stats, facts }));
    expect(cause?.advice[0]).toMatchObject({
      command: `docker update --${command} shop-api-1`,
      undo: `docker update --${undo} shop-api-1`,
    });
  });

  it.each([
    ['by half of what is free', '-1', 64, 'memory 96m --memory-swap -1', 'memory 64m --memory-swap -1'],
    [
      'twice, and its swap stays',
      '134217728',
      900,
      'memory 128m --memory-swap 192m',
      'memory 64m --memory-swap 128m',
    ],
    ['where swap is not counted', '0', 900, 'memory 128m', 'memory 64m'],
    ['not on a full machine', '134217728', 20, undefined, undefined],
    ['not when what is free was not measured', '134217728', undefined, undefined, undefined],
  ])('raises a memory limit %s', (_name, swap, free, command, undo) => {
    const [oom] = causesOf(
      [containerOomKillRule],
      ended(
        {
          exit_code: '137',
          oom_killed: 'true',
          memory_limit_bytes: String(64 * MIB),
          memory_swap_bytes: swap,
        },
        free === undefined ? {} : { free: free * MIB },
      ),
    );
    expect(oom?.advice[0]?.command).toBe(command && `docker update --${command} shop-api-1`);
    expect(oom?.advice[0]?.undo).toBe(undo && `docker update --${undo} shop-api-1`);
  });

  it.each([
    ['node server.js', { command: 'NODE_OPTIONS=--max-old-space-size=333', title: /larger part/ }],
    ['node --max-old-space-size=100 server.js', { command: undefined, title: /=333 in its command$/ }],
    ['node --max-old-space-size=360 server.js', { command: undefined, title: /memory/ }],
  ])('never lowers the heap limit of %s', (command, { title, ...expected }) => {
    const [cause] = causesOf(
      [appV8HeapOomRule],
      scene({
        command,
        stats: { memory_limit_bytes: 512 * MIB },
        patterns: [['FATAL ERROR: Reached heap limit', 'error', 1, 0]],
      }),
    );
    expect(cause?.advice[0]?.command).toBe(expected.command);
    expect(cause?.advice[0]?.title).toMatch(title);
  });

  const capped = (facts: Readonly<Record<string, string>>, change: Scene = {}) =>
    causesOf(
      [containerOomKillRule],
      ended(
        { exit_code: '137', oom_killed: 'true', memory_limit_bytes: String(512 * MIB), ...facts },
        { stats: { oom_events: 1 }, ...change },
      ),
    )[0];

  it.each([
    [
      'as large as the container, in NODE_OPTIONS',
      { heap_cap_environment_mib: '512' },
      /^NODE_OPTIONS lets the heap of Node grow to 512 MiB, 100 % of the memory limit$/,
      'NODE_OPTIONS=--max-old-space-size=333',
      'Set --max-old-space-size=512 in NODE_OPTIONS again.',
    ],
    [
      'too large in the command, which beats the variable',
      { heap_cap_environment_mib: '300', heap_cap_command_mib: '640' },
      /^its command lets the heap of Node grow to 640 MiB, 125 % /,
      undefined,
      'Set it to 640 again.',
    ],
    [
      'not told at all',
      { heap_cap: 'none' },
      /^no --max-old-space-size in its command or in NODE_OPTIONS/,
      'NODE_OPTIONS=--max-old-space-size=333',
      'Set NODE_OPTIONS to what it was before.',
    ],
  ])('sees a heap limit %s', (_name, facts, text, command, undo) => {
    const cause = capped(facts);
    expect(cause?.evidence.at(-1)?.text).toMatch(text);
    expect(cause?.advice[1]).toMatchObject({ title: expect.stringContaining('Keep the heap'), undo });
    expect(cause?.advice[1]?.command).toBe(command);
  });

  it('does not blame the heap where its limit leaves room, nor what is not Node', () => {
    const small = capped({ heap_cap_environment_mib: '300' });
    expect(small?.evidence.at(-1)?.text).toMatch(/58\.6 % .*: what fills the rest is outside of the heap$/);
    expect(small?.advice).toHaveLength(1);
    expect(capped({ heap_cap: 'share' })?.advice).toHaveLength(1);
    const other = capped({ heap_cap: 'none' }, { role: 'postgres' });
    expect(other?.advice).toHaveLength(1);
    expect(other?.evidence.map(({ metric }) => metric)).not.toContain('heap_cap');
  });

  it('rules out with the number that was measured', () => {
    expect(verdictsOf(containerCpuThrottledRule, QUIET)).toEqual([
      {
        kind: 'ruled_out',
        ruledOut: {
          id: 'container.cpu_throttled',
          reason: 'shop-api: throttled in 2 % of the CPU periods (mark: 25 %)',
        },
      },
    ]);
  });

  it('does not decide what was not measured', () => {
    expect(verdictsOf(containerCpuThrottledRule, { unavailable: 'unreachable' })).toEqual([
      { kind: 'undecided', id: 'container.cpu_throttled', reason: 'shop-api: Docker does not answer.' },
    ]);
    const { oom_events: _, ...hidden } = QUIET.stats ?? {};
    expect(verdictsOf(containerOomChildRule, { ...QUIET, stats: hidden })[0]?.kind).toBe('undecided');
  });
});
