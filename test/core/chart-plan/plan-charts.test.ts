import { describe, expect, it } from 'vitest';
import type { BarChart, PanelChart, TimeChart } from '../../../src/core/chart.ts';
import type { ChartPlanInput } from '../../../src/core/chart-plan/chart-plan-input.ts';
import { planCharts } from '../../../src/core/chart-plan/plan-charts.ts';
import type { Cause } from '../../../src/core/diagnosis/cause.ts';
import type { CollectedEvidence, Evidence, Point } from '../../../src/core/evidence.ts';
import type { Finding } from '../../../src/core/finding.ts';
import type { Service } from '../../../src/core/inventory/service.ts';

const NOW = Date.UTC(2026, 10, 23, 3, 14);
const MINUTE = 60_000;

/** One point a minute over the last hour, the last one a minute ago. */
function hour(value: (minutesAgo: number) => number): Point[] {
  return Array.from({ length: 60 }, (_, index) => ({
    at: NOW - (60 - index) * MINUTE,
    value: value(60 - index),
  }));
}

function service(name: string, kpis: Service['kpis'] = {}): Service {
  return {
    name,
    role: 'other',
    source: 'configured',
    targets: [],
    dependsOn: [],
    kpis,
    aliases: [],
    gaps: [],
  };
}

function evidence(probe: string, of: string, more: Partial<CollectedEvidence> = {}): CollectedEvidence {
  return {
    status: 'collected',
    probe,
    target: `${probe.startsWith('http') ? 'http' : 'container'}:${of}`,
    targetKind: probe.startsWith('docker') ? 'container' : 'http',
    service: of,
    collectedAt: NOW,
    durationMs: 10,
    metrics: [],
    ...more,
  };
}

const SLOW: Finding = {
  severity: 'critical',
  title: 'Response time (p95)',
  service: 'shop-api',
  target: 'http:shop-api',
  probe: 'http.timing',
  metric: 'response_time_p95_ms',
  kpi: 'response_time_p95',
  value: 3400,
  unit: 'ms',
  threshold: 2000,
  text: '',
};
const HTTP = evidence('http.timing', 'shop-api', {
  metrics: [{ name: 'response_time_p95_ms', value: 3400, unit: 'ms' }],
});
const HISTORY = {
  service: 'shop-api',
  target: 'http:shop-api',
  metric: 'response_time_p95_ms',
  unit: 'ms',
  points: hour((ago) => (ago <= 2 ? 3000 : 400 + (ago % 5) * 10)),
} as const;

const STATEMENTS = evidence('postgres.statements', 'shop-db', {
  tables: [
    {
      name: 'statements',
      title: 'Statements',
      columns: [
        { name: 'queryid', title: 'Id' },
        { name: 'query', title: 'Query', format: 'sql' },
        { name: 'share', title: 'Share', unit: 'ratio' },
      ],
      rows: [
        ['1', 'SELECT *\nFROM orders\u202e WHERE customer_id = $1', 0.81],
        ['2', 'COMMIT', 0.02],
        ['3', 'BEGIN', null],
      ],
    },
  ],
});
const MISSING_INDEX: Cause = {
  id: 'db.missing_index',
  title: 'Missing index',
  service: 'shop-db',
  summary: '',
  confidence: 0.9,
  evidence: [{ probe: 'postgres.statements', metric: 'mean_exec_time_ms', value: 300, text: '' }],
  against: [],
  advice: [],
};

const EMPTY: ChartPlanInput = {
  overview: false,
  subject: undefined,
  evidence: [],
  findings: [],
  causes: [],
  services: [],
  history: [],
  now: NOW,
  usual: () => undefined,
};
const TROUBLE: ChartPlanInput = {
  ...EMPTY,
  subject: service('shop-api'),
  evidence: [HTTP, STATEMENTS],
  findings: [SLOW],
  causes: [MISSING_INDEX],
  services: [service('shop-api'), service('shop-db')],
  history: [HISTORY],
  onsetAt: NOW - 2 * MINUTE,
};

describe('planCharts of a trouble', () => {
  const [kpi, proof] = planCharts(TROUBLE) as readonly [TimeChart, BarChart];

  it('shows the median of own requests where no 95th percentile is known, before a KPI that is fine', () => {
    const metric = 'response_time_p50_ms';
    const own = (value: number): ChartPlanInput => ({
      ...TROUBLE,
      evidence: [{ ...HTTP, metrics: [{ name: metric, value, unit: 'ms' }] }],
      findings: [
        { ...SLOW, severity: 'ok', metric: 'error_rate', kpi: 'error_rate', value: 0, unit: 'ratio' },
      ],
      history: [
        { ...HISTORY, metric },
        { ...HISTORY, metric: 'error_rate', unit: 'ratio', points: hour(() => 0) },
      ],
    });
    const [slow] = planCharts(own(3400)) as readonly TimeChart[];
    expect(slow?.title).toBe('Response time (median) of shop-api: 3.4 s, target 2 s');
    expect(slow?.marks.map(({ kind }) => kind)).toContain('onset');
    const busy = {
      ...SLOW,
      service: 'host',
      target: 'host:host',
      metric: 'cpu_busy_ratio',
      kpi: 'cpu',
    } as const;
    const cpu = {
      ...HISTORY,
      service: 'host',
      target: 'host:host',
      metric: 'cpu_busy_ratio',
      unit: 'ratio',
    } as const;
    const full = { ...own(3400), findings: [busy], history: [...own(3400).history, cpu] };
    expect(planCharts(full)[0]?.id).toBe('response_time_p50_ms-shop-api');
    expect(planCharts(own(400))[0]?.id).toBe('error_rate-shop-api');
  });

  it('shows the missed KPI first, then the proof of the best cause', () => {
    expect(planCharts(TROUBLE).map(({ id }) => id)).toEqual([
      'response_time_p95_ms-shop-api',
      'statements-share-shop-db',
    ]);
  });

  it('draws the KPI with target, usual range, onset and breach, up to this run', () => {
    expect(kpi.title).toBe('Response time (p95) of shop-api: 3.4 s, target 2 s');
    expect(kpi.threshold).toEqual({ value: 2000, label: 'target 2 s', bound: 'max' });
    expect(kpi.band?.label).toMatch(/^usual \d{3} ms – \d{3} ms$/);
    expect(kpi.lines[0]?.points.at(-1)).toEqual({ at: NOW, value: 3400 });
    expect(kpi.marks).toEqual([
      { at: NOW - 2 * MINUTE, label: 'alert began', kind: 'onset' },
      { at: NOW - 2 * MINUTE, label: 'above target', kind: 'breach' },
    ]);
  });

  it('tells in words what the picture shows', () => {
    expect(kpi.alt).toMatch(
      /^Response time \(p95\) of shop-api: 3.4 s at 03:14 UTC, target 2 s, usual .+ ms\. It is above the target since 03:12 UTC\. The alert began at 03:12 UTC\. Highest 3.4 s\. Shown from 2026-11-23 02:14 UTC to 2026-11-23 03:14 UTC\.$/,
    );
    expect(proof.alt).toBe(
      'Statements by share of time, shop-db: SELECT * FROM orders WHERE customer_id = $1 81 %; COMMIT 2 %.',
    );
  });

  it('names the start of a container as a change', () => {
    const started = evidence('docker.stats', 'shop-api', {
      facts: { started_at: new Date(NOW - 3 * MINUTE).toISOString() },
    });
    const [first] = planCharts({ ...TROUBLE, evidence: [...TROUBLE.evidence, started] }) as readonly [
      TimeChart,
    ];
    expect(first.marks).toContainEqual({ at: NOW - 3 * MINUTE, label: 'shop-api started', kind: 'change' });
  });
});

const CPU: Finding = {
  ...SLOW,
  kpi: 'cpu',
  metric: 'cpu_ratio',
  probe: 'docker.stats',
  target: 'container:shop-api',
  value: 0.97,
  unit: 'ratio',
};
const STATS = evidence('docker.stats', 'shop-api', {
  metrics: [
    { name: 'cpu_ratio', value: 0.97, unit: 'ratio' },
    { name: 'cpu_limit_cores', value: 2, unit: 'cores' },
  ],
  series: [
    {
      name: 'cpu_ratio',
      unit: 'ratio',
      points: [0, 1, 2].map((second) => ({ at: NOW - second * -1000, value: 0.9 })),
    },
  ],
});
const TOP = evidence('docker.top', 'shop-api', {
  tables: [
    {
      name: 'processes',
      title: 'Processes',
      columns: [
        { name: 'command', title: 'Command', format: 'log' },
        { name: 'cpu_cores', title: 'CPU', unit: 'cores' },
      ],
      rows: [
        ['node server.js', 1.9],
        ['sh', 0.01],
      ],
    },
  ],
});
const unavailable: Evidence = {
  ...HTTP,
  status: 'unavailable',
  reason: 'timeout',
  message: 'no answer',
};

describe('planCharts', () => {
  const cases: readonly (readonly [string, ChartPlanInput, readonly string[]])[] = [
    ['nothing measured', EMPTY, []],
    ['a KPI that is missed but has one value only', { ...TROUBLE, history: [], causes: [] }, []],
    ['a probe that could not look', { ...TROUBLE, evidence: [unavailable], history: [], causes: [] }, []],
    ['a cause without a history of the KPI', { ...TROUBLE, history: [] }, ['statements-share-shop-db']],
    [
      'nothing wrong: the KPI alone',
      { ...TROUBLE, findings: [{ ...SLOW, severity: 'ok', value: 400 }], causes: [] },
      ['response_time_p95_ms-shop-api'],
    ],
    [
      'a missed CPU target without a cause: the CPU',
      { ...TROUBLE, evidence: [STATS], findings: [CPU], causes: [], history: [] },
      ['cpu_ratio-shop-api'],
    ],
    [
      'a cause in the processes: their CPU against the limit',
      {
        ...TROUBLE,
        evidence: [STATS, TOP],
        findings: [CPU],
        history: [],
        causes: [
          {
            ...MISSING_INDEX,
            id: 'app.cpu_hot_function',
            service: 'shop-api',
            evidence: [
              { probe: 'docker.stats', metric: 'cpu_ratio', value: 0.97, text: '' },
              { probe: 'docker.top', metric: 'top_process_cpu_cores', value: 1.9, text: '' },
            ],
          },
        ],
      },
      ['cpu_ratio-shop-api', 'processes-cpu_cores-shop-api'],
    ],
  ];
  it.each(cases)('%s', (_, input, ids) => {
    expect(planCharts(input).map(({ id }) => id)).toEqual(ids);
  });

  it('draws single requests when the summary has no history, and says so', () => {
    const series = [{ name: 'response_time_ms', unit: 'ms', points: hour(() => 3000).slice(0, 9) } as const];
    const [first] = planCharts({ ...TROUBLE, history: [], causes: [], evidence: [{ ...HTTP, series }] });
    expect(first?.title).toBe('Response time (p95), each request of shop-api: 3.4 s, target 2 s');
  });

  it('shows the known usual value when the history is short', () => {
    const history = [{ ...HISTORY, points: HISTORY.points.slice(-5) }];
    const [first] = planCharts({ ...TROUBLE, history, usual: () => 410 }) as readonly [TimeChart];
    expect(first.band).toEqual({ lower: 410, upper: 410, label: 'usual 410 ms' });
  });

  it('puts the limit beside the processes', () => {
    const claim = { ...MISSING_INDEX, id: 'app.cpu_hot_function', service: 'shop-api' };
    const lines = [{ probe: 'docker.top', metric: 'top_process_cpu_cores', value: 1.9, text: '' }];
    const charts = planCharts({
      ...TROUBLE,
      evidence: [STATS, TOP],
      findings: [],
      history: [],
      causes: [{ ...claim, evidence: lines }],
    });
    expect(charts[0]).toMatchObject({ kind: 'bars', threshold: { value: 2, label: 'limit 2 cores' } });
  });
});

describe('planCharts of an overview', () => {
  const names = ['calm', 'slow', 'new'];
  const input: ChartPlanInput = {
    ...EMPTY,
    overview: true,
    services: names.map((name) => service(name, { response_time_p95: 1000 })),
    evidence: names.map((name) => evidence('http.timing', name)),
    findings: [
      { ...SLOW, service: 'calm', target: 'http:calm', severity: 'ok', value: 100 },
      { ...SLOW, service: 'slow', target: 'http:slow', value: 1500 },
      { ...SLOW, service: 'new', target: 'http:new', severity: 'ok', value: 100 },
    ],
    history: ['calm', 'slow'].map((name) => ({
      ...HISTORY,
      service: name,
      target: `http:${name}`,
      points: hour((ago) => (name === 'slow' && ago < 10 ? 1500 : 100)),
    })),
  };

  it('is one picture with a panel for each service that has a history, worst first', () => {
    const charts = planCharts(input);
    expect(charts).toHaveLength(1);
    const [overview] = charts as readonly [PanelChart];
    expect(overview.kind).toBe('panels');
    expect(overview.panels.map(({ title }) => title)).toEqual([
      'slow · Response time (p95)',
      'calm · Response time (p95)',
    ]);
    expect(overview.title).toBe('Last hour: each service by its worst KPI, 1 of 2 miss the target');
    expect(overview.panels[0]?.threshold?.label).toBe('target 1 s');
    expect(overview.alt).toContain('slow: Response time (p95) 1.5 s, target 1 s, missed since 03:05 UTC.');
  });

  it('is nothing before there is a history', () => {
    expect(planCharts({ ...input, history: [] })).toEqual([]);
  });
});
