import type { CollectedEvidence } from '../../evidence.ts';
import { formatValue } from '../../unit.ts';
import type { EvidenceLine, Verdict } from '../cause.ts';
import { numberIn, type Row } from '../cells.ts';
import { collectedBy, type Facts } from '../facts.ts';
import { missBursts } from '../miss-bursts.ts';
import type { DiagnosisRule } from '../rule.ts';
import { quoteStatement, statementsOf } from '../statement-suspects.ts';
import { causeVerdict, ruledOutVerdict, undecidedVerdict } from '../verdicts.ts';

const ID = 'cache.stampede';
const PROBE = 'redis.commands';

/** Values that were stored although others had stored the same key a moment before: a second request did the work again. */
const DOING_TWICE = 0.5;

/** A statement that runs about as often as the cache misses is what fills it. */
const LIKE_MISSES = { least: 0.5, most: 2 };

/** Many requests miss the same key at once when it expires, and all do the work that fills it again. */
export const cacheStampedeRule: DiagnosisRule = {
  ids: [ID],
  evaluate: (facts) => collectedBy(facts, PROBE).map((evidence) => judge(facts, evidence)),
};

function judge(facts: Facts, evidence: CollectedEvidence): Verdict {
  const found = missBursts(evidence);
  if (found === undefined) return undecidedVerdict(ID, 'look-ups were not counted over time');
  const { bursts, misses, stored } = found;
  if (bursts.length === 0) return ruledOutVerdict(ID, 'misses do not come in bursts');
  const storedAll = metricOf(evidence, 'stored_values') ?? 0;
  const created = metricOf(evidence, 'created_keys');
  if (created === undefined || storedAll === 0 || stored < misses * 0.3)
    return ruledOutVerdict(ID, 'what is missed in bursts is not stored right after');
  const again = Math.max(0, 1 - created / storedAll);
  if (again < DOING_TWICE)
    return ruledOutVerdict(
      ID,
      `${formatValue(1 - again, 'ratio')} of what is stored is new: the misses are of different keys`,
    );
  const filler = fillerOf(facts, misses);
  const largest = Math.max(...bursts);
  return causeVerdict({
    id: ID,
    title: 'Many requests fill the same key at once when it expires',
    service: evidence.service,
    summary: `Misses come in bursts (${bursts.length} in ${formatValue(evidence.windowMs ?? 0, 'ms')}, up to ${formatValue(largest, 'count')} at once), and ${formatValue(again, 'ratio')} of what is stored after them replaces what another request has just stored${filler ? `; each time ${quoteStatement(filler.row, 80)} runs on ${filler.service}` : ''}.`,
    confidence: confidenceOf(bursts.length, filler !== undefined),
    evidence: [
      line('misses_per_slice', largest, `misses in the largest burst; ${bursts.length} bursts in the window`),
      line(
        'stored_values',
        storedAll,
        `values stored in the window, for ${formatValue(created, 'count')} keys that were new`,
      ),
      ...(filler ? [fillerLine(filler.row)] : []),
    ],
    advice: [
      {
        title: 'Let one request fill the key while the others wait or take the old value',
        why: 'A short lock (SET lock:<key> <id> NX PX 5000) or one promise per key in the process turns a burst of equal statements into one.',
        source: 'https://redis.io/docs/latest/commands/set/#patterns',
      },
      {
        title: 'Do not let keys expire together',
        why: 'A time to live with a random part (±10 %), or renewing it before it ends, spreads the misses.',
        source: 'https://aws.amazon.com/builders-library/caching-challenges-and-strategies/',
      },
    ],
  });
}

function confidenceOf(bursts: number, hasFiller: boolean): number {
  return (bursts >= 2 ? 0.75 : 0.55) + (hasFiller ? 0.15 : 0);
}

function metricOf({ metrics }: CollectedEvidence, name: string): number | undefined {
  return metrics.find((metric) => metric.name === name)?.value;
}

/** The statement of any database in this run that ran about as often as the cache missed, the most time first. */
function fillerOf(facts: Facts, misses: number): { readonly row: Row; readonly service: string } | undefined {
  for (const { service } of collectedBy(facts, 'postgres.statements')) {
    const row = statementsOf(facts, service)?.find((candidate) => {
      const calls = numberIn(candidate, 'calls') ?? 0;
      return calls >= misses * LIKE_MISSES.least && calls <= misses * LIKE_MISSES.most;
    });
    if (row) return { row, service };
  }
  return undefined;
}

function line(metric: string, value: number, text: string): EvidenceLine {
  return { probe: PROBE, metric, value, unit: 'count', text };
}

function fillerLine(row: Row): EvidenceLine {
  return {
    probe: 'postgres.statements',
    metric: 'calls',
    value: numberIn(row, 'calls') ?? 0,
    unit: 'count',
    text: `calls of ${quoteStatement(row, 80)}, about as many as the cache missed`,
  };
}
