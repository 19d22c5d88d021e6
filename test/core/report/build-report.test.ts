import { describe, expect, it } from 'vitest';
import type { Cause } from '../../../src/core/diagnosis/cause.ts';
import type { Diagnosis } from '../../../src/core/diagnosis/diagnose.ts';
import type { Evidence } from '../../../src/core/evidence.ts';
import type { Finding } from '../../../src/core/finding.ts';
import type { Service } from '../../../src/core/inventory/service.ts';
import { type Playbook, PlaybookDefinition } from '../../../src/core/playbook/playbook.ts';
import { buildReport, type ReportInput } from '../../../src/core/report/build-report.ts';
import { toReportJson } from '../../../src/core/report/report-json.ts';

const API: Service = {
  name: 'api',
  role: 'node',
  source: 'configured',
  targets: [],
  dependsOn: [],
  kpis: {},
  aliases: [],
  gaps: [],
};

const PLAYBOOK: Playbook = {
  ...PlaybookDefinition.parse({
    title: 'High CPU',
    description: 'The CPU is busy',
    steps: [{ title: 'CPU', probes: [{ probe: 'docker.stats' }] }],
    next_steps: [
      { title: 'Look at the deploys' },
      { title: 'Wake somebody', when: 'critical' },
      { title: 'Write it down', when: 'ok' },
    ],
  }),
  name: 'high-cpu',
};

const source = {
  target: 't',
  targetKind: 'container',
  service: 'api',
  collectedAt: 0,
  durationMs: 1,
} as const;
const MEASURED: Evidence = { status: 'collected', probe: 'docker.stats', ...source, metrics: [] };
const UNSEEN: Evidence = {
  status: 'unavailable',
  probe: 'docker.stats',
  ...source,
  reason: 'permission',
  message: 'No access to Docker.',
  mend: 'Add perfbot to the group docker.',
};

const CAUSE: Cause = {
  id: 'container.cpu_throttled',
  title: 'CPU quota too small',
  service: 'api',
  summary: 'api is held back by its CPU quota',
  confidence: 0.876,
  evidence: [{ probe: 'docker.stats', metric: 'throttled_ratio', value: 0.6, text: '60 % throttled' }],
  against: [],
  advice: [{ title: 'Raise the quota', why: 'it is used up', source: 'https://docs.example.com/quota' }],
};

function finding(severity: Finding['severity'], overrides: Partial<Finding> = {}): Finding {
  return {
    title: 'CPU',
    service: 'api',
    target: 't',
    probe: 'docker.stats',
    metric: 'cpu_ratio',
    severity,
    text: `CPU of api is ${severity}`,
    ...overrides,
  };
}

const NOTHING: Diagnosis = { causes: [], ruledOut: [], undecided: [] };

function report(overrides: Partial<ReportInput> = {}) {
  return buildReport({
    runId: 'r1',
    playbook: PLAYBOOK,
    subject: API,
    services: [API],
    evidence: [MEASURED],
    charts: [],
    startedAt: 1000,
    finishedAt: 3500,
    findings: [],
    diagnosis: NOTHING,
    ...overrides,
  });
}

describe('buildReport', () => {
  it.each<[string, Partial<ReportInput>, string, RegExp]>([
    [
      'all is well',
      { findings: [finding('ok')] },
      'ok',
      /^Nothing unusual: every number is within its target\.$/,
    ],
    [
      'a cause is found',
      { findings: [finding('critical')], diagnosis: { ...NOTHING, causes: [CAUSE] } },
      'critical',
      /^Most likely \(88 %\): api is held back/,
    ],
    [
      'a cause is found and no threshold is broken',
      { findings: [finding('ok')], diagnosis: { ...NOTHING, causes: [CAUSE] } },
      'warning',
      /^Most likely/,
    ],
    [
      'something is off and no cause fits',
      { findings: [finding('critical'), finding('warning')] },
      'critical',
      /^CPU of api is critical \(and 1 more\)\. Cannot tell why: none of the known causes fits/,
    ],
    [
      'something is off and a cause cannot be decided',
      {
        findings: [finding('warning')],
        diagnosis: { ...NOTHING, undecided: [{ id: 'x', reason: 'there is no quota.' }] },
      },
      'warning',
      /Cannot tell why, because there is no quota\.$/,
    ],
    [
      'nothing could be measured',
      { evidence: [UNSEEN], findings: [finding('unknown')] },
      'unknown',
      /^Cannot tell, because nothing could be measured \(docker\.stats on api: No access to Docker\)\.$/,
    ],
    ['there was nothing to measure', { evidence: [] }, 'unknown', /^Cannot tell/],
    [
      'some of it could not be measured',
      { evidence: [MEASURED, UNSEEN], findings: [finding('ok'), finding('unknown')] },
      'unknown',
      /^Nothing unusual in what was measured, but not everything could be/,
    ],
  ])('says in its first line when %s', (_name, input, severity, verdict) => {
    const result = report(input);
    expect(result.severity).toBe(severity);
    expect(result.verdict).toMatch(verdict);
  });

  it.each<[string, Partial<ReportInput>, readonly string[]]>([
    ['ok', { findings: [finding('ok')] }, ['Write it down']],
    ['warning', { findings: [finding('warning')] }, ['Look at the deploys', 'Write it down']],
    [
      'critical with a cause',
      { findings: [finding('critical')], diagnosis: { ...NOTHING, causes: [CAUSE] } },
      ['Raise the quota'],
    ],
    [
      'critical without one',
      { findings: [finding('critical')] },
      ['Look at the deploys', 'Wake somebody', 'Write it down'],
    ],
    ['unknown', { evidence: [UNSEEN] }, []],
  ])('advises at most three steps when it is %s', (_name, input, expected) => {
    expect(report(input).nextSteps.map(({ title }) => title)).toEqual(expected);
  });

  it('names what could not be seen, parts of probes and of the inventory too', () => {
    const partly: Evidence = { ...MEASURED, gaps: [{ what: 'hit_ratio', reason: 'too few look-ups' }] };
    const services = [{ ...API, gaps: [{ what: 'its database', mend: 'Name it in services.yaml.' }] }];
    expect(report({ evidence: [UNSEEN, partly], services }).unavailable).toEqual([
      {
        probe: 'docker.stats',
        service: 'api',
        target: 't',
        reason: 'No access to Docker.',
        mend: 'Add perfbot to the group docker.',
      },
      { probe: 'docker.stats', service: 'api', target: 't', reason: 'hit_ratio: too few look-ups' },
      {
        probe: 'inventory',
        service: 'api',
        target: 'api',
        reason: 'its database',
        mend: 'Name it in services.yaml.',
      },
    ]);
  });

  it('shows the tables that prove the best cause before those that prove the next one', () => {
    const one = { name: 'rows', title: 'Rows', columns: [{ name: 'a', title: 'A' }], rows: [['x']] };
    const from = (probe: string): Evidence => ({ ...MEASURED, probe, tables: [one] });
    const { tables } = report({
      evidence: [from('docker.containers'), from('docker.top'), from('docker.stats')],
      diagnosis: {
        ...NOTHING,
        causes: [
          CAUSE,
          { ...CAUSE, evidence: [{ probe: 'docker.top', metric: 'm', value: 1, text: 'busy' }] },
        ],
      },
    });
    expect(tables.map(({ probe }) => probe)).toEqual(['docker.stats', 'docker.top', 'docker.containers']);
  });

  it('shows the tables of what is to blame first, and none that are empty or drawn', () => {
    const table = (name: string, rows: number) => ({
      name,
      title: name,
      columns: [],
      rows: Array(rows).fill([]),
    });
    const of = (service: string, ...tables: ReturnType<typeof table>[]): Evidence => ({
      ...MEASURED,
      service,
      tables,
    });
    const { tables } = report({
      evidence: [
        of('db', table('sessions', 1), table('empty', 0)),
        of('api', table('top', 2), table('flame', 9)),
      ],
      diagnosis: { ...NOTHING, causes: [CAUSE] },
    });
    expect(tables.map(({ service, name }) => [service, name])).toEqual([
      ['api', 'top'],
      ['db', 'sessions'],
    ]);
  });

  it.each<[readonly Finding[], RegExp]>([
    [[finding('ok')], /^1 service within target/],
    [[finding('critical')], /^1 of 1 service needs attention: api/],
    [[finding('unknown')], /^Cannot tell: 1 service could not be measured/],
  ])('says of an overview %o', (findings, expected) => {
    expect(report({ playbook: { ...PLAYBOOK, overview: true }, findings }).verdict).toMatch(expected);
  });
});

describe('toReportJson', () => {
  it('has the keys of the contract, with null where there is nothing', () => {
    const json = toReportJson(
      report({
        findings: [finding('critical')],
        evidence: [UNSEEN],
        diagnosis: { ...NOTHING, causes: [CAUSE] },
      }),
      ['out/cpu.png'],
    );
    expect(Object.keys(json)).toEqual(
      expect.arrayContaining([
        'run_id',
        'playbook',
        'service',
        'started_at',
        'duration_ms',
        'severity',
        'causes',
        'ruled_out',
        'findings',
        'unavailable',
        'charts',
      ]),
    );
    expect(json).toMatchObject({
      run_id: 'r1',
      playbook: 'high-cpu',
      service: 'api',
      started_at: '1970-01-01T00:00:01.000Z',
      duration_ms: 2500,
      causes: [
        {
          id: 'container.cpu_throttled',
          confidence: 0.876,
          evidence: [{ metric: 'throttled_ratio', value: 0.6, unit: null, usual: null, threshold: null }],
          against: [],
        },
      ],
      unavailable: [{ probe: 'docker.stats', reason: 'No access to Docker.' }],
      charts: ['out/cpu.png'],
    });
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
  });

  it('says null for a run about everything', () => {
    expect(toReportJson(report({ subject: undefined }), []).service).toBeNull();
  });
});
