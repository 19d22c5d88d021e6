// Draws docs/images/flame.png: a shop is put under load, V8 profiles it, and perfbot's own renderer draws what it saw.
// Also writes test/fixtures/flame.json, which the tests of the picture read.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { Profiler } from 'node:inspector';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { createChartRenderer } from '../src/charts/chart-renderer.ts';
import { flameChart } from '../src/core/chart-plan/flame-chart.ts';
import type { CollectedEvidence, Table } from '../src/core/evidence.ts';
import { silentLog } from '../test/support/silent-log.ts';

const WINDOW_MS = 3000;
const SHOP = fileURLToPath(new URL('flame/shop.mjs', import.meta.url));
const ROOT = fileURLToPath(new URL('../', import.meta.url));
const MOST_ROWS = 400;

interface Branch {
  readonly name: string;
  readonly place: string;
  weight: number;
  readonly children: Map<string, Branch>;
}

async function profile(shop: ChildProcess): Promise<Profiler.Profile> {
  const [port] = (await once(shop, 'message')) as [number];
  const load = autocannon({ url: `http://127.0.0.1:${port}/orders`, connections: 4, duration: 5 });
  // Warm code is what a shop runs all day.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  shop.send(WINDOW_MS);
  const [seen] = (await once(shop, 'message')) as [Profiler.Profile];
  await load;
  return seen;
}

/** The call tree without waiting, the same function of the same callers once. */
function callTree({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Branch {
  const times = new Map<number, number>();
  for (const [index, id] of samples.entries())
    times.set(id, (times.get(id) ?? 0) + Math.max(0, timeDeltas[index + 1] ?? 0));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const root: Branch = { name: '', place: '', weight: 0, children: new Map() };
  const add = (id: number, above: Branch): number => {
    const node = byId.get(id);
    if (node === undefined || node.callFrame.functionName === '(idle)') return 0;
    const { functionName, url, lineNumber } = node.callFrame;
    const file = url.startsWith('file:')
      ? fileURLToPath(url).replace(ROOT, '').replace('scripts/flame/', '')
      : url;
    const place = file === '' ? '' : `${file}:${lineNumber + 1}`;
    const key = `${functionName} ${place}`;
    const branch = above.children.get(key) ?? {
      name: functionName || '(anonymous)',
      place,
      weight: 0,
      children: new Map(),
    };
    above.children.set(key, branch);
    const weight = (node.children ?? []).reduce((sum, child) => sum + add(child, branch), times.get(id) ?? 0);
    branch.weight += weight;
    return weight;
  };
  root.weight = (nodes[0]?.children ?? []).reduce((sum, child) => sum + add(child, root), 0);
  return root;
}

function flameTable(root: Branch): Table {
  const rows: [number, number, number, string, string][] = [];
  const layOut = (branch: Branch, depth: number, from: number): void => {
    let start = from;
    for (const child of [...branch.children.values()].sort((a, b) => b.weight - a.weight)) {
      const width = child.weight / root.weight;
      if (width > 0)
        rows.push([depth, Number(start.toFixed(6)), Number(width.toFixed(6)), child.name, child.place]);
      layOut(child, depth + 1, start);
      start += width;
    }
  };
  layOut(root, 0, 0);
  const kept = new Set(rows.toSorted((a, b) => b[2] - a[2] || a[0] - b[0]).slice(0, MOST_ROWS));
  return {
    name: 'flame',
    title: 'Call tree',
    columns: ['depth', 'start', 'width', 'frame', 'place'].map((name) => ({ name, title: name })),
    rows: rows.filter((row) => kept.has(row)),
    ...(rows.length > kept.size && { omittedRows: rows.length - kept.size }),
  };
}

const shop = fork(SHOP);
const table = flameTable(callTree(await profile(shop)));
const evidence: CollectedEvidence = {
  status: 'collected',
  probe: 'node.cpu_profile',
  target: 'node:shop-api',
  targetKind: 'node',
  service: 'shop-api',
  collectedAt: 0,
  durationMs: WINDOW_MS,
  metrics: [],
  tables: [table],
};
const chart = flameChart(evidence);
if (chart === undefined) throw new Error('the shop did nothing');
const charts = createChartRenderer({ timezone: 'UTC', log: silentLog });
const [image] = await charts.render([chart], new AbortController().signal);
await charts.close();
if (image) await writeFile('docs/images/flame.png', image.png);
await writeFile('test/fixtures/flame.json', `${JSON.stringify(table)}\n`);
console.log(chart.alt);
