import { type CollectedEvidence, metricValue } from '../evidence.ts';
import type { EvidenceLine } from './cause.ts';
import { numberIn, type Row, textIn } from './cells.ts';
import { type ContainerView, containerViews } from './container-view.ts';
import { metricLine } from './evidence-line.ts';
import { collectedBy, type Facts, rowsOf } from './facts.ts';

export const NODE_PROBES = {
  runtime: 'node.runtime',
  cpu: 'node.cpu_profile',
  heap: 'node.heap_profile',
  /** What the process tells Prometheus of itself: averages, for where nobody could look inside. */
  prometheus: 'prometheus.query',
} as const;
export type NodeSource = keyof typeof NODE_PROBES;

/** A function that a profile names; shares are of all that was measured. */
export interface NamedFunction {
  readonly name: string;
  /** `src/orders.js:12`, or empty. */
  readonly place: string;
  readonly share: number;
  /** The function below it in which most of it happens, or empty. */
  readonly mostlyIn: string;
  /** Its busiest line as it is written, or empty. */
  readonly code: string;
}

/** Everything that is known of the inside of one Node process. */
export interface NodeView {
  readonly service: string;
  /** Name of its container for commands. */
  readonly container: string;
  /** Its container from the outside, where that was measured. */
  readonly outside: ContainerView | undefined;
  has(source: NodeSource): boolean;
  value(source: NodeSource, metric: string): number | undefined;
  usual(source: NodeSource, metric: string): number | undefined;
  line(source: NodeSource, metric: string, text: string, threshold?: number): EvidenceLine | undefined;
  /** Of all functions that people can change, the one that takes most CPU. */
  readonly hottest: NamedFunction | undefined;
  /** The one that allocated most of what stayed in memory. */
  readonly largestSite: NamedFunction | undefined;
  /** What the process waits for, by kind: `GetAddrInfoReqWrap`. */
  waitingFor(kind: string): number;
}

/** Every Node process that was looked into, in the order of the evidence. */
export function nodeViews(facts: Facts): readonly NodeView[] {
  const targets = new Map<string, Partial<Record<NodeSource, CollectedEvidence>>>();
  for (const source of ['runtime', 'cpu', 'heap'] as const) {
    for (const evidence of collectedBy(facts, NODE_PROBES[source])) {
      targets.set(evidence.target, { ...targets.get(evidence.target), [source]: evidence });
    }
  }
  for (const prometheus of collectedBy(facts, NODE_PROBES.prometheus)) {
    if (!prometheus.metrics.some(({ name }) => TOLD_BY_NODE.includes(name))) continue;
    const known = [...targets].find(([, { runtime, cpu, heap }]) =>
      [runtime, cpu, heap].some((seen) => seen?.service === prometheus.service),
    );
    targets.set(known?.[0] ?? prometheus.target, { ...known?.[1], prometheus });
  }
  return [...targets.values()].flatMap((sources) => toView(facts, sources) ?? []);
}

/** Only a Node process has these in Prometheus. */
const TOLD_BY_NODE: readonly string[] = ['event_loop_lag_p99_ms', 'gc_ratio'];

/** The process of a service, when it was looked into. */
export function nodeViewOf(facts: Facts, service: string): NodeView | undefined {
  return nodeViews(facts).find((view) => view.service === service);
}

function toView(facts: Facts, sources: Partial<Record<NodeSource, CollectedEvidence>>): NodeView | undefined {
  const some = sources.runtime ?? sources.cpu ?? sources.heap ?? sources.prometheus;
  if (some === undefined) return undefined;
  const usual = (source: NodeSource, metric: string) => facts.usual(sources[source]?.target ?? '', metric);
  return {
    service: some.service,
    container: some.facts?.container ?? some.service,
    outside: containerViews(facts).find(({ service }) => service === some.service),
    has: (source) => sources[source] !== undefined,
    value: (source, metric) => sources[source] && metricValue(sources[source], metric),
    usual,
    line: (source, metric, text, threshold) =>
      metricLine(sources[source], metric, text, {
        usual: usual(source, metric),
        ...(threshold !== undefined && { threshold }),
      }),
    hottest: changeable(rowsOf(sources.cpu, 'hot_functions'), 'self_share'),
    largestSite: changeable(rowsOf(sources.heap, 'allocation_sites'), 'share'),
    waitingFor: (kind) =>
      numberIn(
        rowsOf(sources.runtime, 'resources').find((row) => textIn(row, 'kind') === kind),
        'count',
      ) ?? 0,
  };
}

/** The first function that stands in a file of the application or of a package: nobody changes Node itself. */
function changeable(rows: readonly Row[], share: string): NamedFunction | undefined {
  const row = rows.find((found) => ['application', 'library'].includes(textIn(found, 'kind')));
  return (
    row && {
      name: textIn(row, 'function'),
      place: textIn(row, 'place'),
      share: numberIn(row, share) ?? 0,
      mostlyIn: textIn(row, 'mostly_in'),
      code: textIn(row, 'code'),
    }
  );
}
