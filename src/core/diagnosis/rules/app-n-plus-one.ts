import type { CollectedEvidence } from '../../evidence.ts';
import { formatValue } from '../../unit.ts';
import type { Verdict } from '../cause.ts';
import { numberIn } from '../cells.ts';
import { lines, metricLine } from '../evidence-line.ts';
import { collectedBy, collectedFor, type Facts, metricFor, rowsOf } from '../facts.ts';
import type { DiagnosisRule } from '../rule.ts';
import { quoteStatement } from '../statement-suspects.ts';
import { symptomOf, userOf } from '../symptom.ts';
import { causeVerdict, ruledOutVerdict, undecidedVerdict } from '../verdicts.ts';

const ID = 'app.n_plus_one';
const PROBE = 'postgres.statements';

/** Measured with 60 queries a request against 0.4 without the fault. */
const MANY_PER_REQUEST = 10;
const MANY_PER_SECOND = 500;
const TINY_MS = 1;

/** One small statement that is sent once for each row of another's result, many times per request. */
export const appNPlusOneRule: DiagnosisRule = {
  ids: [ID],
  evaluate: (facts) => collectedBy(facts, PROBE).map((evidence) => judge(facts, evidence)),
};

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
  return causeVerdict({
    id: ID,
    title: 'Many small statements per request',
    service: user?.name ?? evidence.service,
    summary: `${user?.name ?? 'The application'} sends ${told} statements, mostly ${quoteStatement(busiest)} (${formatValue(mean, 'ms')} each): the time goes into the trips, not into the database.`,
    confidence: perRequest === undefined ? 0.5 : 0.88,
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
    ),
    advice: [
      {
        title: 'Fetch the rows in one statement',
        why: 'One JOIN, or WHERE id = ANY($1) with all ids, replaces one trip for each row. ORMs call it eager loading.',
        source: 'https://use-the-index-luke.com/sql/join/nested-loops-join-n1-problem',
      },
    ],
  });
}
