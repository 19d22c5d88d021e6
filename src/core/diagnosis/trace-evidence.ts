import { metricValue } from '../evidence.ts';
import type { Service } from '../inventory/service.ts';
import { formatValue } from '../unit.ts';
import type { EvidenceLine } from './cause.ts';
import { numberIn, type Row, textIn } from './cells.ts';
import { collectedFor, type Facts, rowsOf } from './facts.ts';
import { userOf } from './symptom.ts';

const PROBE = 'jaeger.traces';
/** A peer that owns this much of the time of a request is what the request waits for. */
const OWNS = 0.5;

/** How many requests of a service the traces show, in words that say that they are a sample. */
function sampleOf(facts: Facts, service: string): string {
  const evidence = collectedFor(facts, PROBE, service);
  const count = (evidence && metricValue(evidence, 'traced_requests')) ?? 0;
  return `${count} sampled ${count === 1 ? 'request' : 'requests'} of ${service}`;
}

/** A statement of a database as the traces of its user show it; undefined when they do not. */
export function tracedStatement(facts: Facts, database: string, query: string): EvidenceLine | undefined {
  const user = userOf(facts, database);
  const row =
    user &&
    rowsOf(collectedFor(facts, PROBE, user.name), 'span_time').find((candidate) =>
      isSame(textIn(candidate, 'statement'), query),
    );
  const share = numberIn(row, 'share');
  if (user === undefined || share === undefined) return undefined;
  const times = numberIn(row, 'per_request') ?? 1;
  return {
    probe: PROBE,
    metric: 'span_time',
    value: share,
    unit: 'ratio',
    text: `its share of the time of ${sampleOf(facts, user.name)}, ${formatValue(times, 'count')} times in each`,
  };
}

/** pg_stat_statements writes `$1` where a normalised text has `?`. */
function isSame(a: string, b: string): boolean {
  const plain = (text: string) => text.replace(/\$\d+/g, '?').replace(/\s+/g, ' ').trim().toLowerCase();
  return a !== '' && plain(a) === plain(b);
}

/** The service that owns most of the time of a service's requests, when it is at least half. */
export function slowPeer(
  facts: Facts,
  { name }: Service,
): { readonly name: string; readonly line: EvidenceLine } | undefined {
  const [peer] = rowsOf(collectedFor(facts, PROBE, name), 'peers');
  const share = numberIn(peer, 'share') ?? 0;
  if (textIn(peer, 'kind') !== 'service' || share < OWNS) return undefined;
  const called = textIn(peer, 'peer');
  const took = numberIn(peer, 'ms_per_request');
  return {
    name: called,
    line: {
      probe: PROBE,
      metric: 'peers',
      value: share,
      unit: 'ratio',
      threshold: OWNS,
      text: `share of the time of ${sampleOf(facts, name)} that passes in calls to ${called}${took === undefined ? '' : ` (${formatValue(took, 'ms')} each)`}`,
    },
  };
}

/** The call that requests of a service repeat most, with its line of evidence. */
export function repeatedCall(
  facts: Facts,
  service: string,
): { readonly row: Row; readonly share: number; readonly line: EvidenceLine } | undefined {
  const [row] = rowsOf(collectedFor(facts, PROBE, service), 'repeats').filter(
    (candidate) => textIn(candidate, 'service') === service,
  );
  const count = numberIn(row, 'count');
  if (row === undefined || count === undefined) return undefined;
  return {
    row,
    share: numberIn(row, 'share') ?? 0,
    line: {
      probe: PROBE,
      metric: 'repeated_calls',
      value: count,
      unit: 'count',
      text: `times that one ${textIn(row, 'parent')} makes the same call, in ${numberIn(row, 'requests') ?? 1} of ${sampleOf(facts, service)}`,
    },
  };
}
