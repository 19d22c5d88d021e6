import { describe, expect, it } from 'vitest';
import { ChecklistDefinition } from '../../../src/core/checklist/checklist.ts';
import { fillItem, isSettled } from '../../../src/core/checklist/fill-item.ts';
import type { Cause } from '../../../src/core/diagnosis/cause.ts';
import type { Finding } from '../../../src/core/finding.ts';
import type { Report } from '../../../src/core/report.ts';
import type { Severity } from '../../../src/core/severity.ts';

function fillOf(fill: object) {
  const parsed = ChecklistDefinition.parse({
    title: 'T',
    description: 'D',
    items: [{ id: 'a', title: 'A', fill: { playbooks: ['status'], ...fill } }],
  });
  const [item] = parsed.items;
  if (item?.fill === undefined) throw new Error('no fill');
  return item.fill;
}

function finding(metric: string, severity: Severity, overrides: Partial<Finding> = {}): Finding {
  const [probe = '', name = ''] = metric.split('/');
  return {
    severity,
    title: name,
    service: 'api',
    target: 'container:api',
    probe,
    metric: name,
    value: 0.5,
    unit: 'ratio',
    threshold: 0.8,
    text: name,
    ...overrides,
  };
}

function cause(id: string): Cause {
  return {
    id,
    title: 'A cause',
    service: 'db',
    summary: '',
    confidence: 1,
    evidence: [],
    against: [],
    advice: [],
  };
}

function report(
  findings: readonly Finding[],
  causes: readonly Cause[] = [],
  ruledOut: readonly string[] = [],
): Report {
  return {
    runId: 'r',
    playbook: 'status',
    title: 'Status',
    service: undefined,
    overview: false,
    startedAt: 0,
    durationMs: 1,
    severity: 'ok',
    verdict: '',
    numbers: [],
    services: [],
    causes,
    ruledOut: ruledOut.map((id) => ({ id, reason: `${id} is not there` })),
    findings,
    unavailable: [],
    tables: [],
    charts: [],
    nextSteps: [],
  };
}

const cpu = finding('docker.stats/cpu_ratio', 'ok', { kpi: 'cpu' });
const hits = finding('redis.info/hit_ratio', 'warning');
const blind = (() => {
  const { value: _value, unit: _unit, ...rest } = finding('redis.info/hit_ratio', 'unknown');
  return rest;
})();
const run = (...parts: Parameters<typeof report>) => [{ playbook: 'status', report: report(...parts) }];

describe('fillItem', () => {
  it.each([
    ['all findings count without a choice', {}, [cpu, hits], [], 'warning', 2, 1, 0],
    ['only the chosen KPI counts', { kpis: ['cpu'] }, [cpu, hits], [], 'ok', 1, 0, 0],
    [
      'only the chosen metric counts',
      { metrics: ['redis.info/hit_ratio'] },
      [cpu, hits],
      [],
      'warning',
      1,
      1,
      0,
    ],
    ['what could not be measured is unknown, never fine', {}, [cpu, blind], [], 'unknown', 1, 0, 1],
    ['nothing measured at all is unknown', { kpis: ['memory'] }, [cpu], [], 'unknown', 0, 0, 0],
    ['a chosen cause is a warning', { causes: ['db.x'] }, [cpu], [cause('db.x')], 'warning', 0, 0, 0],
    [
      'another cause does not matter',
      { kpis: ['cpu'], causes: ['db.y'] },
      [cpu],
      [cause('db.x')],
      'ok',
      1,
      0,
      0,
    ],
    ['any cause counts without a choice', {}, [cpu], [cause('db.x')], 'warning', 1, 0, 0],
  ] as const)('%s', (_name, fill, findings, causes, severity, measured, offending, unmeasured) => {
    expect(fillItem(fillOf(fill), run(findings, causes), undefined)).toMatchObject({
      severity,
      measured,
      offending,
      unmeasured,
    });
  });

  it.each([
    ['is fine when all of them are ruled out', ['db.x', 'db.y'], [], ['db.x', 'db.y'], 'ok'],
    ['is unknown when nobody could decide about one', ['db.x', 'db.y'], [], ['db.x'], 'unknown'],
    ['is a warning when one is there', ['db.x', 'db.y'], ['db.x'], ['db.y'], 'warning'],
  ] as const)('without numbers, what is judged by causes %s', (_name, causes, found, ruledOut, severity) => {
    const filling = fillItem(fillOf({ causes }), run([], found.map(cause), ruledOut), undefined);
    expect(filling.severity).toBe(severity);
    expect(filling.ruledOut ?? []).toEqual(ruledOut.map((id) => `${id} is not there`));
  });

  it('says why a run has no report, and is unknown then', () => {
    const runs = [...run([cpu]), { playbook: 'cache', failure: 'nobody answered' }];
    const filling = fillItem(fillOf({ playbooks: ['status', 'cache'] }), runs, undefined);
    expect(filling).toMatchObject({
      severity: 'unknown',
      measured: 1,
      remarks: [expect.stringContaining('nobody answered')],
    });
  });

  it('counts what two playbooks measure once, the worse finding', () => {
    const bad = { ...cpu, severity: 'critical', value: 0.99 } as const;
    const filling = fillItem(fillOf({}), [...run([cpu]), ...run([bad])], undefined);
    expect(filling.numbers.map(({ value }) => value)).toEqual([0.99]);
  });

  it('compares with the last round, number by number', () => {
    const before = fillItem(fillOf({}), run([cpu]), undefined);
    const other = { ...cpu, target: 'container:other', value: 0.1 };
    const filling = fillItem(fillOf({}), run([{ ...cpu, value: 0.6 }, other]), before);
    expect(filling.numbers.map(({ value, before: last }) => [value, last])).toEqual([
      [0.6, 0.5],
      [0.1, undefined],
    ]);
  });

  it('shows the worst first, then what is nearest to its limit, whatever side that is on', () => {
    const far = finding('a.b/far', 'ok', { value: 0.1, threshold: 0.8 });
    const near = finding('a.b/near', 'ok', { value: 0.9, threshold: 0.8 });
    const filling = fillItem(fillOf({}), run([far, near, hits]), undefined);
    expect(filling.numbers.map(({ title }) => title)).toEqual(['hit_ratio', 'near', 'far']);
  });
});

describe('isSettled', () => {
  it.each([
    ['when_ok', 'ok', true],
    ['when_ok', 'unknown', false],
    ['when_ok', 'warning', false],
    ['never', 'ok', false],
  ] as const)('settle: %s with %s is %s', (settle, severity, settled) => {
    const filling = { severity, numbers: [], remarks: [], measured: 1, offending: 0, unmeasured: 0 };
    expect(isSettled(fillOf({ settle }), filling)).toBe(settled);
  });
});
