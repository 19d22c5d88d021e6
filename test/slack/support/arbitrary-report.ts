import fc from 'fast-check';
import type { ChartSpec } from '../../../src/core/chart.ts';
import type { Cause, CauseAdvice, EvidenceLine } from '../../../src/core/diagnosis/cause.ts';
import type { Finding } from '../../../src/core/finding.ts';
import type { EvidenceTable, KeyNumber, Report, ServiceLine } from '../../../src/core/report.ts';
import { SEVERITIES } from '../../../src/core/severity.ts';
import type { Unit } from '../../../src/core/unit.ts';
import { hostileNumber as number, hostileText as text } from './hostile.ts';

const UNITS: readonly Unit[] = ['ms', 'bytes', 'ratio', 'count', 'per_minute', 'cores', 'timestamp'];
const unit = fc.constantFrom(...UNITS);
const severity = fc.constantFrom(...SEVERITIES);
const optional = { requiredKeys: [] };
const many = <T>(item: fc.Arbitrary<T>, maxLength: number) =>
  fc.oneof(fc.array(item, { maxLength: 3 }), fc.array(item, { maxLength, size: 'max' }));

const keyNumber: fc.Arbitrary<KeyNumber> = fc.record(
  { title: text, value: number, unit, severity, usual: number, target: number },
  { requiredKeys: ['title', 'value', 'unit', 'severity'] },
);
const serviceLine: fc.Arbitrary<ServiceLine> = fc.record({
  service: text,
  severity,
  numbers: fc.array(keyNumber, { maxLength: 8 }),
  remarks: fc.array(text, { maxLength: 4 }),
});
const evidenceLine: fc.Arbitrary<EvidenceLine> = fc.record(
  { probe: text, metric: text, value: fc.oneof(number, text), text, unit, usual: number, threshold: number },
  { requiredKeys: ['probe', 'metric', 'value', 'text'] },
);
/** Also what no rule says, but a report of an earlier version may hold. */
const advice: fc.Arbitrary<CauseAdvice> = fc
  .tuple(
    fc.record({ title: text, why: text }),
    fc.record(
      {
        command: text,
        risk: text,
        undo: text,
        effect: fc.constantFrom('reads' as const, 'changes' as const),
        source: fc.oneof(text, fc.constant('https://x.example/a?b=1&c=<d>|e')),
      },
      optional,
    ),
  )
  .map(([base, more]) => ({ ...base, ...more }) as CauseAdvice);
const cause: fc.Arbitrary<Cause> = fc.record({
  id: text,
  title: text,
  service: text,
  summary: text,
  confidence: fc.double({ min: 0, max: 1, noNaN: true }),
  evidence: many(evidenceLine, 30),
  against: many(evidenceLine, 12),
  advice: fc.array(advice, { maxLength: 2 }),
});
const cell = fc.oneof(text, number, fc.constant(null));
const column = fc
  .tuple(
    fc.record({ name: text, title: text }),
    fc.record({ unit, format: fc.constantFrom('text' as const, 'sql' as const, 'log' as const) }, optional),
  )
  .map(([base, more]) => ({ ...base, ...more }));
const table: fc.Arbitrary<EvidenceTable> = fc
  .tuple(
    fc.record({ name: text, title: text, probe: text, service: text, omittedRows: fc.nat() }),
    fc.array(column, { minLength: 1, maxLength: 25 }),
    many(fc.array(cell, { maxLength: 25 }), 60),
  )
  .map(([base, columns, rows]) => ({ ...base, columns, rows }));
const chart: fc.Arbitrary<ChartSpec> = fc.record({
  kind: fc.constant('bars' as const),
  id: text,
  title: text,
  alt: text,
  unit,
  bars: fc.constant([]),
});
const finding: fc.Arbitrary<Finding> = fc.record({
  severity,
  title: text,
  service: text,
  target: text,
  probe: text,
  metric: text,
  text,
});

const plainReport: fc.Arbitrary<Report> = fc.record({
  runId: fc.uuid(),
  playbook: text,
  title: text,
  service: fc.option(text, { nil: undefined }),
  overview: fc.boolean(),
  startedAt: number,
  durationMs: number,
  severity,
  verdict: text,
  numbers: fc.array(keyNumber, { maxLength: 9 }),
  services: many(serviceLine, 500),
  causes: many(cause, 8),
  ruledOut: many(fc.record({ id: text, reason: text }), 40),
  findings: many(finding, 80),
  unavailable: many(
    fc.record(
      { probe: text, service: text, target: text, reason: text, mend: text },
      { requiredKeys: ['probe', 'service', 'target', 'reason'] },
    ),
    80,
  ),
  lookedAt: many(
    fc.record({
      probe: text,
      service: text,
      target: text,
      cost: fc.constantFrom('light', 'moderate', 'heavy', undefined),
      durationMs: fc.nat(),
      collected: fc.boolean(),
    }),
    60,
  ),
  tables: many(table, 8),
  charts: many(chart, 10),
  nextSteps: fc.array(advice, { maxLength: 5 }),
});

const digest = fc.option(fc.record({ lines: many(text, 40), table }), { nil: undefined });

/** Reports of every size, filled with hostile text. */
export const arbitraryReport: fc.Arbitrary<Report> = fc
  .tuple(plainReport, digest)
  .map(([report, said]) => ({ ...report, ...(said && { digest: said }) }));
