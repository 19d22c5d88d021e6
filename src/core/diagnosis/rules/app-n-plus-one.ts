import type { CollectedEvidence } from '../../evidence.ts';
import { formatValue } from '../../unit.ts';
import type { CauseAdvice, Verdict } from '../cause.ts';
import { numberIn, textIn } from '../cells.ts';
import { lines, metricLine } from '../evidence-line.ts';
import { collectedBy, collectedFor, type Facts, metricFor, rowsOf } from '../facts.ts';
import type { DiagnosisRule } from '../rule.ts';
import { quoteStatement } from '../statement-suspects.ts';
import { symptomOf, userOf } from '../symptom.ts';
import { repeatedCall } from '../trace-evidence.ts';
import { causeVerdict, ruledOutVerdict, undecidedVerdict } from '../verdicts.ts';

const ID = 'app.n_plus_one';
const PROBE = 'postgres.statements';

/** Measured with 60 queries a request against 0.4 without the fault. */
const MANY_PER_REQUEST = 10;
const MANY_PER_SECOND = 500;
const TINY_MS = 1;
/** Shares of the time of a request that its repeated calls take, as traces show it. */
const MOST_OF_TIME = 0.5;
const SOME_OF_TIME = 0.2;
const SHOWN = 120;

const fetchAtOnce: CauseAdvice = {
  title: 'Fetch the rows in one statement',
  why: 'One JOIN, or WHERE id = ANY($1) with all ids, replaces one trip for each row. ORMs call it eager loading.',
  source: 'https://use-the-index-luke.com/sql/join/nested-loops-join-n1-problem',
};

/** One small statement that is sent once for each row of another's result, many times per request. */
export const appNPlusOneRule: DiagnosisRule = {
  ids: [ID],
  evaluate(facts) {
    const counted = collectedBy(facts, PROBE).map((evidence) => judge(facts, evidence));
    const named = counted.flatMap((verdict) => (verdict.kind === 'cause' ? [verdict.cause.service] : []));
    const traced = collectedBy(facts, 'jaeger.traces')
      .filter(({ service }) => !named.includes(service))
      .flatMap((evidence) => judgeTraces(facts, evidence));
    return [...counted, ...traced];
  },
};

/** A trace shows the loop itself: who calls, what, and how often in one request. */
function judgeTraces(facts: Facts, { service, metrics }: CollectedEvidence): readonly Verdict[] {
  const repeated = repeatedCall(facts, service);
  if (repeated === undefined) {
    const isKnown = metrics.some(({ name }) => name === 'repeated_calls');
    return isKnown ? [ruledOutVerdict(ID, `no sampled request of ${service} repeats a call`)] : [];
  }
  const { row, share, line } = repeated;
  const statement = textIn(row, 'statement');
  const call = statement === '' ? textIn(row, 'operation') : `“${statement.slice(0, SHOWN)}”`;
  return [
    causeVerdict({
      id: ID,
      title: 'Many small calls per request',
      service,
      summary: `${textIn(row, 'parent')} of ${service} makes the same call ${numberIn(row, 'count')} times in one request, ${call}: together ${formatValue(share, 'ratio')} of its time.`,
      confidence: share >= MOST_OF_TIME ? 0.88 : share >= SOME_OF_TIME ? 0.7 : 0.45,
      evidence: [line],
      advice: [fetchAtOnce],
    }),
  ];
}

/** Without requests per minute many statements may be many requests; a trace shows that they are not. */
function confidenceOf(perRequest: number | undefined, isTraced: boolean): number {
  if (isTraced) return perRequest === undefined ? 0.85 : 0.93;
  return perRequest === undefined ? 0.5 : 0.88;
}

function judge(facts: Facts, evidence: CollectedEvidence): Verdict {
  const user = userOf(facts, evidence.service);
  const calls = metricFor(facts, PROBE, evidence.service, 'calls_per_second');
  const [busiest] = [...rowsOf(evidence, 'statements')].sort(
    (a, b) => (numberIn(b, 'calls') ?? 0) - (numberIn(a, 'calls') ?? 0),
  );
  const mean = numberIn(busiest, 'mean_ms');
  if (calls === undefined || mean === undefined)
    return undecidedVerdict(ID, 'no statement finished in the window');
  const perMinute = user && metricFor(facts, 'prometheus.query', user.name, 'throughput_per_minute');
  const perRequest = perMinute ? (calls * 60) / perMinute : undefined;
  const symptom = symptomOf(facts, user);
  const many =
    perRequest === undefined
      ? calls >= MANY_PER_SECOND && symptom !== undefined
      : perRequest > MANY_PER_REQUEST;
  const told =
    perRequest === undefined
      ? formatValue(calls, 'per_second')
      : `${formatValue(perRequest, 'count')} per request`;
  if (!many || mean >= TINY_MS) {
    return ruledOutVerdict(ID, `${told} statements, the most frequent takes ${formatValue(mean, 'ms')}`);
  }
  const traced = user && repeatedCall(facts, user.name);
  return causeVerdict({
    id: ID,
    title: 'Many small statements per request',
    service: user?.name ?? evidence.service,
    summary: `${user?.name ?? 'The application'} sends ${told} statements, mostly ${quoteStatement(busiest)} (${formatValue(mean, 'ms')} each): the time goes into the trips, not into the database.`,
    confidence: confidenceOf(perRequest, traced !== undefined),
    evidence: lines(
      metricLine(
        evidence,
        'calls_per_second',
        perRequest === undefined ? 'statements' : `statements, ${told}`,
      ),
      metricLine(evidence, 'mean_exec_time_ms', 'mean time of a statement', { threshold: TINY_MS }),
      user &&
        metricLine(
          collectedFor(facts, 'http.timing', user.name),
          'response_time_p95_ms',
          `p95 of ${user.name}`,
        ),
      traced?.line,
    ),
    advice: [fetchAtOnce],
  });
}
