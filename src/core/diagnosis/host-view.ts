import type { CollectedEvidence } from '../evidence.ts';
import { metricValue } from '../evidence.ts';
import { findService } from '../inventory/service.ts';
import type { EvidenceLine, Verdict } from './cause.ts';
import { numberIn, type Row, textIn } from './cells.ts';
import { metricLine } from './evidence-line.ts';
import { collectedBy, type Facts, rowsOf } from './facts.ts';
import type { DiagnosisRule } from './rule.ts';
import { undecidedVerdict } from './verdicts.ts';

/** What one host probe told of one machine. */
export interface HostView {
  readonly service: string;
  value(metric: string): number | undefined;
  line(metric: string, text: string, threshold?: number): EvidenceLine | undefined;
  rows(table: string): readonly Row[];
}

/** A rule that looks at each machine by one probe; undecided where the probe could not look. */
export function hostRule(options: {
  readonly id: string;
  readonly probe: string;
  judge(view: HostView, facts: Facts): Verdict | undefined;
}): DiagnosisRule {
  const { id, probe, judge } = options;
  return {
    ids: [id],
    evaluate: (facts) => [
      ...collectedBy(facts, probe).flatMap((evidence) => judge(toView(facts, evidence), facts) ?? []),
      ...facts.evidence.flatMap((evidence) =>
        evidence.status === 'unavailable' && evidence.probe === probe
          ? [undecidedVerdict(id, `${evidence.service}: ${evidence.message}`)]
          : [],
      ),
    ],
  };
}

function toView(facts: Facts, evidence: CollectedEvidence): HostView {
  return {
    service: evidence.service,
    value: (metric) => metricValue(evidence, metric),
    line: (metric, text, threshold) =>
      metricLine(evidence, metric, text, {
        usual: facts.usual(evidence.target, metric),
        ...(threshold !== undefined && { threshold }),
      }),
    rows: (table) => rowsOf(evidence, table),
  };
}

/** Who uses most of something: the container with the largest sum, or a program or process outside of any container. */
export interface Consumer {
  readonly container: string | undefined;
  /** The service of the container, where the inventory knows it. */
  readonly service: string | undefined;
  /** Its largest process. */
  readonly pid: string;
  readonly command: string;
  readonly amount: number;
  /** Processes that were added up. */
  readonly processes: number;
}

/** A server that names its processes puts its own name first: `postgres: shop 172.17.0.3 SELECT`, `php-fpm: pool www`. */
const NAMED_BY_PROGRAM = /^([\w.-]+): /;

/** What is added up: a container, a program of many named processes, else each process. */
function ownerOf(row: Row): string {
  const program = NAMED_BY_PROGRAM.exec(textIn(row, 'command'))?.[1];
  return textIn(row, 'container') || (program === undefined ? `pid ${textIn(row, 'pid')}` : `${program}:`);
}

/** The largest consumer by a column of the table `processes`. */
export function largestConsumer(
  view: HostView,
  column: 'cpu_cores' | 'memory_bytes' | 'read_bytes_per_second' | 'write_bytes_per_second',
  facts: Facts,
): Consumer | undefined {
  const totals = new Map<string, { amount: number; processes: number; first: Row }>();
  for (const row of view.rows('processes')) {
    const key = ownerOf(row);
    const known = totals.get(key);
    const amount = (known?.amount ?? 0) + (numberIn(row, column) ?? 0);
    totals.set(key, { amount, processes: (known?.processes ?? 0) + 1, first: known?.first ?? row });
  }
  const largest = [...totals.values()].sort((a, b) => b.amount - a.amount)[0];
  if (largest === undefined) return undefined;
  const container = textIn(largest.first, 'container') || undefined;
  return {
    container,
    service: container && findService(facts.services, { container })?.name,
    pid: textIn(largest.first, 'pid'),
    command: textIn(largest.first, 'command').slice(0, 80),
    amount: largest.amount,
    processes: largest.processes,
  };
}
