import { describe, expect, it } from 'vitest';
import type { CollectedEvidence, Table } from '../../../src/core/evidence.ts';
import { MONITORED } from '../../../src/engine/monitor/monitored.ts';
import { toSamples } from '../../../src/engine/monitor/to-samples.ts';
import { probeCatalogue } from '../../support/probe-catalogue.ts';

function evidence(probe: string, more: Partial<CollectedEvidence>): CollectedEvidence {
  const base = {
    target: 'host:host',
    targetKind: 'host',
    service: 'host',
    collectedAt: 5,
    durationMs: 1,
  } as const;
  return { ...base, status: 'collected', probe, metrics: [], ...more };
}

function mounts(rows: Table['rows']): Table {
  const columns = [
    { name: 'mount', title: 'Mount' },
    { name: 'used_ratio', title: 'Used', unit: 'ratio' },
  ] as const;
  return { name: 'mounts', title: 'File systems', columns, rows };
}

describe('what the monitor keeps', () => {
  it('is asked of probes that are there, with parameters that they take', async () => {
    const catalogue = await probeCatalogue();
    for (const { probe, params } of MONITORED) {
      const known = catalogue.find(({ name }) => name === probe);
      expect(known?.params.safeParse(params), probe).toMatchObject({ success: true });
    }
  });

  it('is the whole target and each of its parts', () => {
    const seen = evidence('host.disk', {
      metrics: [
        { name: 'disk_used_ratio', value: 0.9, unit: 'ratio' },
        { name: 'disk_await_ms', value: 3, unit: 'ms' },
      ],
      tables: [
        mounts([
          ['/data', 0.9],
          ['/', 0.4],
          ['/odd', null],
          ['', 0.2],
          [7, 0.1],
        ]),
      ],
    });
    const base = { target: 'host:host', service: 'host', metric: 'disk_used_ratio', unit: 'ratio', at: 5 };
    expect(toSamples(seen, MONITORED)).toEqual([
      { ...base, value: 0.9 },
      { ...base, label: '/data', value: 0.9 },
      { ...base, label: '/', value: 0.4 },
    ]);
  });

  it('is at most twenty parts, and none where the table is another one or missing', () => {
    const many = mounts(Array.from({ length: 50 }, (_, index) => [`/${index}`, 0.5]));
    expect(toSamples(evidence('host.disk', { tables: [many] }), MONITORED)).toHaveLength(20);
    for (const tables of [[], [{ ...many, name: 'devices' }], [{ ...many, columns: [] }]])
      expect(toSamples(evidence('host.disk', { tables }), MONITORED)).toEqual([]);
  });
});
