import type { Cost } from '../../../src/core/evidence.ts';
import type { LookedAt } from '../../../src/core/report/looked-at.ts';
import type { Report } from '../../../src/core/report.ts';
import type { AlertGroup } from '../../../src/engine/ports/group-store.ts';

/** Monday 23 November 2026, 03:14 UTC: two minutes after it began. */
export const NOW = Date.UTC(2026, 10, 23, 3, 14);
const STARTED = NOW - 120_000;

export const group: AlertGroup = {
  id: 'h4f2a9c01d3e5b7a8c9d0e1f',
  identity: 'alertmanager/slack/{}:{alertname="HighResponseTime"}',
  sender: 'alertmanager',
  title: 'High response time',
  severity: 'critical',
  service: 'shop-api',
  playbook: 'high-response-time',
  state: 'firing',
  channel: '#general',
  labels: { alertname: 'HighResponseTime', service: 'shop-api', severity: 'critical' },
  annotations: { summary: 'p95 of shop-api is above 2 s' },
  links: [
    { title: 'Rule', url: 'http://prometheus.example:9090/graph?g0.expr=up' },
    { title: 'Runbook', url: 'https://runbooks.example/high-response-time' },
    { title: 'Bad', url: 'javascript:alert(1)' },
  ],
  firing: 1,
  resolved: 0,
  truncated: 0,
  startedAt: STARTED,
  resolvedAt: undefined,
  acknowledgedBy: undefined,
  acknowledgedAt: undefined,
  reopened: 0,
  lastRunId: 'r1',
  version: 3,
};

const SQL =
  'SELECT o.id, o.total, c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.customer_id = $1';

function look(probe: string, service: string, cost: Cost, durationMs: number): LookedAt {
  return { probe, service, target: service, cost, durationMs, collected: true };
}

export const report: Report = {
  runId: 'r1',
  playbook: 'high-response-time',
  title: 'High response time',
  service: 'shop-api',
  overview: false,
  startedAt: STARTED,
  durationMs: 5_800,
  severity: 'critical',
  verdict:
    'Most likely (92 %): orders is read without an index on customer_id: one statement takes 81 % of the time of the database',
  numbers: [
    {
      title: 'Response time (p95)',
      value: 3_400,
      unit: 'ms',
      severity: 'critical',
      usual: 400,
      target: 2_000,
    },
    { title: 'Error rate', value: 0.002, unit: 'ratio', severity: 'ok', usual: 0.002, target: 0.01 },
    { title: 'Throughput', value: 2_280, unit: 'per_minute', severity: 'ok', target: 1_000 },
  ],
  services: [],
  causes: [
    {
      id: 'db.missing_index',
      title: 'Missing index',
      service: 'shop-db',
      summary:
        'orders is read without an index on customer_id: one statement takes 81 % of the time of the database.',
      confidence: 0.92,
      evidence: [
        {
          probe: 'postgres.statements',
          metric: 'mean_exec_time_ms',
          value: 340,
          unit: 'ms',
          usual: 1.4,
          threshold: 100,
          text: 'The statement takes 340 ms on average',
        },
        {
          probe: 'postgres.database',
          metric: 'rows_read_per_second',
          value: 2_400_000,
          unit: 'per_second',
          usual: 9_000,
          text: 'orders: 2.4 million/s rows are read one after the other (usually 9,000/s)',
        },
      ],
      against: [
        {
          probe: 'docker.stats',
          metric: 'cpu_ratio',
          value: 0.31,
          unit: 'ratio',
          text: 'CPU of shop-db is at 31 % of its limit',
        },
      ],
      advice: [],
    },
    {
      id: 'db.stale_statistics',
      title: 'Stale statistics',
      service: 'shop-db',
      summary: 'orders was not analysed since 24 % of it changed.',
      confidence: 0.41,
      evidence: [],
      against: [],
      advice: [],
    },
  ],
  ruledOut: [
    { id: 'cache.low_hit_ratio', reason: 'not the cache: hit ratio 97 %, usually 96 %' },
    { id: 'container.cpu_throttled', reason: 'not CPU: 31 % of the limit, no throttling' },
  ],
  findings: [],
  unavailable: [
    {
      probe: 'host.load',
      service: 'shop-api',
      target: 'host:local',
      reason: 'pressure numbers: the kernel has none',
      mend: 'Boot with psi=1',
    },
  ],
  lookedAt: [
    look('frontend.lighthouse', 'shop-web', 'heavy', 32_400),
    look('http.timing', 'shop-api', 'moderate', 4_100),
    look('docker.stats', 'shop-api', 'moderate', 2_300),
    look('docker.stats', 'shop-db', 'moderate', 2_200),
    { ...look('host.load', 'shop-api', 'light', 1_000), collected: false },
  ],
  tables: [
    {
      name: 'statements',
      title: 'Statements by time',
      probe: 'postgres.statements',
      service: 'shop-db',
      columns: [
        { name: 'queryid', title: 'Id' },
        { name: 'query', title: 'Statement', format: 'sql' },
        { name: 'mean_ms', title: 'Mean', unit: 'ms' },
        { name: 'share', title: 'Share', unit: 'ratio' },
      ],
      rows: [
        ['-4611686018427387904', SQL, 340, 0.81],
        ['77', 'SELECT 1', 0.1, 0.001],
      ],
      omittedRows: 12,
    },
    {
      name: 'containers',
      title: 'Containers',
      probe: 'docker.containers',
      service: 'shop-api',
      columns: [
        { name: 'name', title: 'Name' },
        { name: 'status', title: 'Status' },
        { name: 'started_at', title: 'Started', unit: 'timestamp' },
        { name: 'restart_count', title: 'Restarts', unit: 'count' },
      ],
      rows: [
        ['shop-api', 'running', STARTED - 40_000, 0],
        ['shop-db', null, STARTED - 86_400_000, 2],
      ],
    },
  ],
  charts: [
    {
      kind: 'time',
      id: 'response-time-shop-api',
      title: 'Response time (p95)',
      alt: 'Response time of shop-api rose from 0.4 s to 3.4 s at 03:11, above the target of 2 s',
      unit: 'ms',
      lines: [],
      marks: [],
    },
    {
      kind: 'bars',
      id: 'statements',
      title: 'Time by statement',
      alt: 'One statement takes 81 %',
      unit: 'ratio',
      bars: [],
    },
  ],
  nextSteps: [
    {
      title: 'Create the index',
      why: 'The statement reads all of orders to find the rows of one customer.',
      effect: 'changes',
      command: 'CREATE INDEX CONCURRENTLY orders_customer_id ON orders (customer_id);',
      risk: 'Needs disk for the index and reads the table once.',
      undo: 'DROP INDEX CONCURRENTLY orders_customer_id;',
      source: 'https://www.postgresql.org/docs/current/sql-createindex.html',
    },
  ],
};

export const overview: Report = {
  ...report,
  runId: 'r2',
  playbook: 'status',
  title: 'Status of all services',
  service: undefined,
  overview: true,
  severity: 'warning',
  verdict: '1 of 3 services needs attention: shop-db, 1 could not be measured.',
  services: [
    {
      service: 'shop-db',
      severity: 'warning',
      numbers: [
        {
          title: 'Database response (mean)',
          value: 340,
          unit: 'ms',
          severity: 'warning',
          usual: 1.4,
          target: 100,
        },
      ],
      remarks: ['Database response (mean) 340 ms, target 100 ms'],
    },
    { service: 'mailer', severity: 'unknown', numbers: [], remarks: [] },
    {
      service: 'shop-api',
      severity: 'ok',
      numbers: [
        { title: 'Response time (p95)', value: 400, unit: 'ms', severity: 'ok', target: 2_000 },
        { title: 'CPU', value: 0.31, unit: 'ratio', severity: 'ok', target: 0.8 },
      ],
      remarks: [],
    },
  ],
};

/** A weekly report, with a service that means no good. */
export const weekly: Report = {
  ...report,
  runId: 'w1',
  playbook: 'trends-week',
  title: 'Weekly report, week 47, 16 to 22 November',
  service: undefined,
  severity: 'warning',
  verdict: '2 things got worse this week; 1 thing got better',
  numbers: [],
  causes: [],
  ruledOut: [],
  findings: [],
  nextSteps: [],
  charts: [],
  unavailable: [
    {
      probe: 'endpoints',
      service: 'all services',
      target: '',
      reason: 'No Prometheus is configured, and only it knows the requests of every route.',
      mend: 'set PROMETHEUS_URL',
    },
  ],
  tables: [
    {
      name: 'kpis',
      title: 'KPIs of the week',
      probe: 'monitor',
      service: 'all services',
      columns: ['Service', 'KPI', 'This week', 'Last week', 'Usual (median)', 'Change', 'Target'].map(
        (title) => ({
          name: title.toLowerCase().replace(' (median)', '').replace(' ', '_'),
          title,
        }),
      ),
      rows: [
        ['shop-api', 'CPU (p95)', '91 %', '45 %', '44 %', '+46 points', '80 % missed'],
        ['<!channel> & co', 'Memory (p95)', '60 %', '70 %', 'not enough history', '-10 points', '90 %'],
      ],
    },
  ],
  digest: {
    lines: [
      'Disk of host 80 % used, full in 18 days (14 to 25)',
      'CPU (p95) of shop-api 91 %, last week 45 %, target 80 %',
      'Better: Memory (p95) of <!channel> & co 60 %, last week 70 %, target 90 %',
    ],
    table: {
      name: 'kpis',
      title: 'KPIs of the week',
      columns: ['Service', 'KPI', 'This week', 'Change'].map((title) => ({ name: title, title })),
      rows: [
        ['shop-api', 'CPU (p95)', '91 %', '+46 points'],
        ['<!channel> & co', 'Memory (p95)', '60 %', '-10 points'],
      ],
    },
  },
};
