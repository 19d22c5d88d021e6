import { describe, expect, it } from 'vitest';
import { runChecks } from '../../../src/core/checks/run-checks.ts';
import type { Evidence, Metric } from '../../../src/core/evidence.ts';
import type { Service } from '../../../src/core/inventory/service.ts';
import type { KpiTargets } from '../../../src/core/kpi.ts';

function service(kpis: KpiTargets = {}): Service {
  return {
    name: 'api',
    role: 'node',
    source: 'configured',
    targets: [],
    dependsOn: [],
    kpis,
    aliases: [],
    gaps: [],
  };
}

const source = {
  target: 'container:api',
  targetKind: 'container',
  service: 'api',
  collectedAt: 0,
  durationMs: 1,
} as const;

function collected(probe: string, ...metrics: readonly Metric[]): Evidence {
  return { status: 'collected', probe, ...source, metrics };
}

function check(evidence: readonly Evidence[], options: { kpis?: KpiTargets; usual?: number } = {}) {
  return runChecks({ checks: [], services: [service(options.kpis)], evidence, usual: () => options.usual });
}

describe('KPI checks', () => {
  it.each([
    ['docker.stats', 'cpu_ratio', 'ratio', 0.8, 'ok'],
    ['docker.stats', 'cpu_ratio', 'ratio', 0.81, 'warning'],
    ['docker.stats', 'cpu_ratio', 'ratio', 0.96, 'critical'],
    ['docker.stats', 'memory_ratio', 'ratio', 0.8, 'ok'],
    ['docker.stats', 'memory_ratio', 'ratio', 0.85, 'warning'],
    ['docker.stats', 'memory_ratio', 'ratio', 0.91, 'critical'],
    ['http.timing', 'response_time_p95_ms', 'ms', 900, 'ok'],
    ['http.timing', 'response_time_p95_ms', 'ms', 1500, 'warning'],
    ['http.timing', 'response_time_p95_ms', 'ms', 2001, 'critical'],
    ['http.timing', 'error_rate', 'ratio', 0.01, 'ok'],
    ['http.timing', 'error_rate', 'ratio', 0.02, 'critical'],
    ['http.timing', 'availability', 'ratio', 0.99, 'critical'],
    ['postgres.statements', 'mean_exec_time_ms', 'ms', 120, 'critical'],
  ] as const)('%s/%s (%s) at %d is %s', (probe, name, unit, value, expected) => {
    expect(check([collected(probe, { name, unit, value })])).toMatchObject([{ severity: expected, value }]);
  });

  it('judges throughput only where a target is named', () => {
    const evidence = [
      collected('prometheus.query', { name: 'throughput_per_minute', unit: 'per_minute', value: 10 }),
    ];
    expect(check(evidence)).toEqual([]);
    expect(check(evidence, { kpis: { throughput_per_minute: 1000 } })).toMatchObject([
      { severity: 'warning', threshold: 1000 },
    ]);
  });

  it('takes the target of the service', () => {
    const evidence = [collected('http.timing', { name: 'response_time_p95_ms', unit: 'ms', value: 600 })];
    expect(check(evidence, { kpis: { response_time_p95: 500 } })).toMatchObject([
      { severity: 'critical', threshold: 500 },
    ]);
  });

  it('says measured, usual and target in one sentence', () => {
    const [finding] = check([collected('docker.stats', { name: 'cpu_ratio', unit: 'ratio', value: 0.9 })], {
      usual: 0.31,
    });
    expect(finding?.text).toBe('CPU of api 90 %, usually 31 %, target 80 %');
  });
});

describe('runChecks', () => {
  it('is unknown, never ok, when the probe could not look', () => {
    const evidence: Evidence = {
      status: 'unavailable',
      probe: 'docker.stats',
      ...source,
      reason: 'timeout',
      message: 'No answer within 5 s.',
    };
    expect(check([evidence]).map(({ severity }) => severity)).toEqual(['unknown', 'unknown']);
  });

  it('says nothing about a metric that does not apply', () => {
    expect(check([collected('docker.stats', { name: 'pids', unit: 'count', value: 3 })])).toEqual([]);
  });

  it('keeps the worst of several checks of one metric and puts the worst first', () => {
    const findings = runChecks({
      checks: [
        {
          title: 'CPU of its limit',
          metric: 'docker.stats/cpu_ratio',
          critical: { above: 0.5 },
          advice: 'Raise it.',
        },
      ],
      services: [service()],
      evidence: [
        collected(
          'docker.stats',
          { name: 'memory_ratio', unit: 'ratio', value: 0.1 },
          { name: 'cpu_ratio', unit: 'ratio', value: 0.6 },
        ),
      ],
      usual: () => undefined,
    });
    expect(findings).toMatchObject([
      { severity: 'critical', metric: 'cpu_ratio', advice: 'Raise it.' },
      { severity: 'ok', metric: 'memory_ratio' },
    ]);
  });

  it('keeps the KPI that a check of the playbook judges as well, whoever is worse', () => {
    const checks = [
      { title: 'Memory', metric: 'docker.stats/memory_ratio', critical: { kpi: 'memory' as const } },
    ];
    const evidence = [collected('docker.stats', { name: 'memory_ratio', unit: 'ratio', value: 0.5 })];
    const findings = runChecks({ checks, services: [service()], evidence, usual: () => undefined });
    expect(findings).toMatchObject([{ severity: 'ok', kpi: 'memory' }]);
  });

  it('leaves out a limit against the usual value without history', () => {
    const checks = [
      { title: 'Connections', metric: 'postgres.activity/connections', warning: { times_usual: 2 } },
    ];
    const evidence = [collected('postgres.activity', { name: 'connections', unit: 'count', value: 50 })];
    const judge = (usual: number | undefined) =>
      runChecks({ checks, services: [], evidence, usual: () => usual })[0]?.severity;
    expect(judge(undefined)).toBe('ok');
    expect(judge(20)).toBe('warning');
  });
});
