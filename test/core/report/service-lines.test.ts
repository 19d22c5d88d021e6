import { describe, expect, it } from 'vitest';
import type { CollectedEvidence } from '../../../src/core/evidence.ts';
import type { Finding } from '../../../src/core/finding.ts';
import type { Service } from '../../../src/core/inventory/service.ts';
import type { KpiTargets } from '../../../src/core/kpi.ts';
import { keyNumbers, slowMedian } from '../../../src/core/report/service-lines.ts';

const memory: Finding = {
  kpi: 'memory',
  title: 'Memory',
  service: 'api',
  target: 'container:api',
  probe: 'docker.stats',
  metric: 'memory_ratio',
  severity: 'ok',
  value: 0.68,
  unit: 'ratio',
  threshold: 0.801,
  text: '',
};

function service(kpis: KpiTargets): Service {
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

describe('keyNumbers', () => {
  it('shows the target of the KPI, not the limit at which a look is due', () => {
    expect(keyNumbers([memory], [service({})])).toMatchObject([{ value: 0.68, target: 0.9 }]);
  });

  it('shows the target that the service names', () => {
    expect(keyNumbers([memory], [service({ memory: 0.7 })])).toMatchObject([{ target: 0.7 }]);
  });

  it('shows the worst of several findings of one KPI', () => {
    const worse: Finding = { ...memory, target: 'container:api-2', severity: 'critical', value: 0.95 };
    expect(keyNumbers([memory, worse], [service({})])).toMatchObject([{ value: 0.95 }]);
  });
});

describe('slowMedian', () => {
  const slow: CollectedEvidence = {
    status: 'collected',
    probe: 'http.timing',
    target: 'http:api',
    targetKind: 'http',
    service: 'api',
    collectedAt: 0,
    durationMs: 0,
    metrics: [{ name: 'response_time_p50_ms', value: 3000, unit: 'ms' }],
    tables: [],
    series: [],
    gaps: [],
  };
  const { value: _, ...unmeasured } = memory;
  const told: Finding = { ...memory, kpi: 'response_time_p95', value: 3400 };
  const unknown: Finding = { ...unmeasured, kpi: 'response_time_p95', severity: 'unknown' };

  it('stands in for a 95th percentile that could not be told, when it misses the target', () => {
    expect(slowMedian({ findings: [unknown], evidence: [slow] }, service({}))).toEqual([
      { title: 'Response time (median)', value: 3000, unit: 'ms', severity: 'warning', target: 2000 },
    ]);
    expect(slowMedian({ findings: [], evidence: [slow] }, service({ response_time_p95: 5000 }))).toEqual([]);
    expect(slowMedian({ findings: [told], evidence: [slow] }, service({}))).toEqual([]);
  });
});
