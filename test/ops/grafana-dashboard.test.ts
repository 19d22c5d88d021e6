import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { z } from 'zod';
import { createMetrics } from '../../src/ingress/metrics.ts';
import { describeWith } from '../support/requirements.ts';
import { ROOT } from './rule-files.ts';

const DATA_SOURCE = z.object({ type: z.literal('prometheus'), uid: z.literal('${datasource}') });
const Panel = z.object({
  id: z.int(),
  type: z.enum(['row', 'stat', 'timeseries']),
  title: z.string().min(1),
  description: z.string().optional(),
  gridPos: z.object({ x: z.int(), y: z.int(), w: z.int(), h: z.int() }),
  datasource: DATA_SOURCE.optional(),
  fieldConfig: z.object({ defaults: z.object({ unit: z.string() }) }).optional(),
  targets: z
    .array(z.object({ expr: z.string(), legendFormat: z.string(), datasource: DATA_SOURCE }))
    .default([]),
});
const Dashboard = z.object({
  uid: z.string(),
  templating: z.object({
    list: z.array(z.object({ name: z.string(), type: z.string(), definition: z.string().optional() })),
  }),
  panels: z.array(Panel),
});

const dashboard = Dashboard.parse(
  JSON.parse(readFileSync(join(ROOT, 'deploy/grafana-dashboard.json'), 'utf8')),
);
const charts = dashboard.panels.filter(({ type }) => type !== 'row');
const queries = charts.flatMap(({ title, targets }) => targets.map((target) => ({ title, ...target })));

/** Label names of every metric that perfbot shows once it has counted everything, by name of the metric. */
async function shownMetrics(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const metrics = createMetrics();
  metrics.alertsReceived('alertmanager', { accepted: 1, duplicates: 1 });
  metrics.alertDropped('duplicate');
  metrics.requestEnded({ route: 'alerts', method: 'POST', status: 202, durationMs: 4 });
  metrics.runEnded('memory', 'ok', 1500);
  metrics.probeEnded('docker.stats', 'collected', 1100);
  metrics.messageSent('post');
  metrics.messageFailed('rate_limited');
  metrics.sampleRoundEnded({ outcome: 'done', durationMs: 4000, samples: 40 });
  metrics.sampleRoundSkipped();
  metrics.checklistRound('posted');
  metrics.watchStale(async () => 1);
  metrics.watchQueues(async () => ({ intake: 1 }));
  const { body } = await metrics.render();
  metrics.close();
  const shown = new Map<string, Set<string>>();
  for (const [, name = '', labels = ''] of body.matchAll(/^(perfbot_\w+)(?:\{(.*)\})? \S+$/gm)) {
    const names = [...labels.matchAll(/(\w+)="/g)].map(([, label = '']) => label);
    shown.set(name, new Set([...(shown.get(name) ?? []), ...names]));
  }
  return shown;
}

describe('the Grafana dashboard', () => {
  it('lets people choose the data source and the process', () => {
    expect(dashboard.templating.list.map(({ name, type }) => [name, type])).toEqual([
      ['datasource', 'datasource'],
      ['instance', 'query'],
    ]);
  });

  it('asks only for metrics and labels that perfbot has', async () => {
    const shown = await shownMetrics();
    const variables = dashboard.templating.list.map(({ definition = '' }) => definition);
    const asked = [...queries.map(({ expr }) => expr), ...variables];
    expect(asked.flatMap((expr) => expr.match(/perfbot_\w+/g) ?? []).length).toBeGreaterThan(20);
    for (const expr of asked) {
      for (const name of expr.match(/perfbot_\w+/g) ?? []) expect([...shown.keys()]).toContain(name);
    }
    for (const { title, expr, legendFormat } of queries) {
      const [metric = ''] = expr.match(/perfbot_\w+/) ?? [];
      const known = [...(shown.get(metric) ?? []), 'instance'];
      expect(known, title).toEqual(expect.arrayContaining([...labelsIn(expr, legendFormat)]));
    }
  });

  it('shows every metric of perfbot that is not of the Node.js process', async () => {
    const used = queries.map(({ expr }) => expr).join('\n');
    const families = [...(await shownMetrics()).keys()]
      .filter((name) => !/^perfbot_(process|nodejs)_/.test(name))
      .map((name) => name.replace(/_(bucket|sum|count)$/, ''));
    for (const family of new Set(families)) expect(used).toContain(family);
  });

  it('says of each panel what it shows and in which unit, and lays them out without overlap', () => {
    for (const { title, description, fieldConfig, datasource, targets } of charts) {
      expect(description, title).toMatch(/\w.+\.$/);
      expect(fieldConfig?.defaults.unit, title).toBeTruthy();
      expect(datasource, title).toBeDefined();
      expect(targets.length, title).toBeGreaterThan(0);
    }
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...dashboard.panels.map(({ gridPos: { x, w } }) => x + w))).toBe(24);
  });
});

/** Labels that a query selects or groups by, and those that its legend names. */
function labelsIn(expr: string, legend: string): readonly string[] {
  const grouped = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/));
  const selected = [...expr.matchAll(/(\w+)\s*(?:=|!=|=~|!~)"/g)].map(([, label = '']) => label);
  const named = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
  return [...grouped, ...selected, ...named];
}

describeWith(['prometheus'], 'the queries of the Grafana dashboard', () => {
  it('are valid PromQL', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'perfbot-dashboard-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const rules = queries.map(({ expr }, index) => ({
      record: `query:${index}`,
      expr: expr.replace(/\$__(rate_interval|range)/g, '5m').replaceAll('$instance', '.*'),
    }));
    const file = join(directory, 'queries.yml');
    writeFileSync(file, stringify({ groups: [{ name: 'dashboard', rules }] }));
    const { stdout } = await promisify(execFile)('promtool', ['check', 'rules', file]);
    expect(stdout).toContain(`SUCCESS: ${rules.length} rules found`);
  });
});
