import type { CollectedEvidence } from '../../evidence.ts';
import { formatValue } from '../../unit.ts';
import { awaitedPeer } from '../awaited-peer.ts';
import type { CauseAdvice, EvidenceLine, Verdict } from '../cause.ts';
import { connectionAdvice } from '../connection-advice.ts';
import { containerViews } from '../container-view.ts';
import { lines, metricLine } from '../evidence-line.ts';
import { collectedBy, collectedFor, type Facts, metricFor } from '../facts.ts';
import { poolWait } from '../pool-wait.ts';
import type { DiagnosisRule } from '../rule.ts';
import { largestPool, leakOf, type SessionPool } from '../session-pool.ts';
import { symptomOf, userOf } from '../symptom.ts';
import { causeVerdict, ruledOutVerdict, undecidedVerdict } from '../verdicts.ts';

const PROBE = 'postgres.activity';

/** postgresqltuner: more than 90 % of the limit is critical. */
const NEARLY_FULL = 0.9;

/** What a leak is worth where its requests may wait for somebody else as well. */
const UNSURE = 0.4;
/** What it is worth where its own log says that no client came free. */
const LOGGED = 0.93;

/** Tells a server without free connections from a pool whose clients are all taken and do nothing. */
export const dbConnectionsRule: DiagnosisRule = {
  ids: ['db.connections_exhausted', 'app.pool_leak'],
  evaluate: (facts) => [
    ...refusals(facts),
    ...collectedBy(facts, PROBE).flatMap((evidence) => [leak(facts, evidence), exhausted(facts, evidence)]),
  ],
};

/** PostgreSQL refused perfbot itself (53300). */
function refusals(facts: Facts): readonly Verdict[] {
  const refused = facts.evidence.filter(
    (evidence) =>
      evidence.status === 'unavailable' &&
      evidence.targetKind === 'postgres' &&
      evidence.reason === 'overloaded',
  );
  return [...new Set(refused.map(({ service }) => service))].map((service) =>
    causeVerdict({
      id: 'db.connections_exhausted',
      title: 'The database has no free connection',
      service,
      summary: `${service} refuses every new connection: the limit is reached.`,
      confidence: 0.9,
      evidence: [
        {
          probe: refused[0]?.probe ?? PROBE,
          metric: 'connect',
          value: 'too many connections (53300)',
          text: 'a new connection was refused with 53300',
        },
      ],
      advice: connectionAdvice(facts, service, '<application>'),
    }),
  );
}

function leak(facts: Facts, evidence: CollectedEvidence): Verdict {
  const active = metricLine(evidence, 'connections_active', 'sessions at work');
  if (active === undefined)
    return undecidedVerdict('app.pool_leak', 'the state of sessions is hidden from this role');
  const pool = largestPool(evidence);
  const leaks = leakOf(facts, evidence, pool);
  if (pool === undefined || leaks === undefined) {
    return ruledOutVerdict(
      'app.pool_leak',
      `${active.value} sessions at work, the largest pool has ${pool?.idle ?? 0} of ${pool?.total ?? 0} idle`,
    );
  }
  const user = userOf(facts, evidence.service);
  const symptom = symptomOf(facts, user);
  const statements = collectedFor(facts, 'postgres.statements', evidence.service);
  const peer = user && awaitedPeer(facts, user);
  const logged = poolWait(containerViews(facts).find((view) => view.service === user?.name));
  return causeVerdict({
    id: 'app.pool_leak',
    title: 'The connection pool is empty: clients are not given back',
    service: user?.name ?? evidence.service,
    summary: summaryOf(pool, symptom),
    confidence: peer ? UNSURE : logged ? LOGGED : leakConfidence(leaks, symptom),
    evidence: lines(
      active,
      metricLine(evidence, 'connections_idle', 'idle sessions'),
      pool.idleInTransaction > 0
        ? metricLine(evidence, 'connections_idle_in_transaction', 'sessions idle in a transaction')
        : undefined,
      metricLine(statements, 'calls_per_second', 'statements that reach the database'),
      logged,
    ),
    against: lines(peer, statements === undefined ? NOT_COUNTED : undefined),
    advice: leakAdvice(pool, user?.name ?? pool.application),
  });
}

function leakConfidence(leaks: 'sure' | 'unsure', symptom: string | undefined): number {
  if (leaks === 'unsure') return UNSURE;
  return symptom ? 0.86 : 0.7;
}

const NOT_COUNTED: EvidenceLine = {
  probe: 'postgres.statements',
  metric: 'calls_per_second',
  value: 'not measured',
  text: 'statements were not counted: its requests may wait for something else',
};

function summaryOf({ application, total, idle }: SessionPool, symptom: string | undefined): string {
  const which =
    idle === total
      ? `All ${total} database sessions of ${application} are idle`
      : `${idle} of ${total} database sessions of ${application} are idle`;
  return `${which}${symptom ? `, while ${symptom}` : ''}: the application waits for its own pool.`;
}

function leakAdvice({ application }: SessionPool, user: string): readonly CauseAdvice[] {
  return [
    {
      title: `Look for a client that is not released in ${application}`,
      why: 'Every path after pool.connect(), errors too, has to call client.release(); pool.query() does it by itself.',
      source: 'https://node-postgres.com/features/pooling',
    },
    {
      title: `Restart ${user} to get going again`,
      why: 'A restart gives all clients of the pool back; the leak fills it again later.',
      risk: 'Requests under way are lost.',
      source: 'https://node-postgres.com/apis/pool',
    },
  ];
}

function exhausted(facts: Facts, evidence: CollectedEvidence): Verdict {
  const id = 'db.connections_exhausted';
  const line = metricLine(evidence, 'connections_ratio', 'connections in use, of those that may be open', {
    threshold: NEARLY_FULL,
    usual: facts.usual(evidence.target, 'connections_ratio'),
  });
  if (line === undefined) return undecidedVerdict(id, 'connections were not measured');
  const ratio = Number(line.value);
  const connections = metricFor(facts, PROBE, evidence.service, 'connections') ?? 0;
  const limit = metricFor(facts, PROBE, evidence.service, 'connections_limit') ?? 0;
  if (ratio < NEARLY_FULL) {
    return ruledOutVerdict(
      id,
      `${connections} of ${limit} connections in use (${formatValue(ratio, 'ratio')})`,
    );
  }
  const pool = largestPool(evidence);
  // A leaked pool that fills the server is told as a leak; this stays as its consequence.
  const isConsequence = leakOf(facts, evidence, pool) !== undefined;
  return causeVerdict({
    id,
    title: 'The database runs out of connections',
    service: evidence.service,
    summary: `${connections} of ${limit} connections are in use${pool ? `, ${pool.total} of them by ${pool.application} (${pool.idle} idle)` : ''}: new ones are about to be refused.`,
    confidence: isConsequence ? 0.6 : ratio >= 0.97 ? 0.92 : 0.85,
    evidence: lines(
      line,
      metricLine(evidence, 'connections', 'open connections'),
      metricLine(evidence, 'connections_active', 'of them at work'),
    ),
    advice: connectionAdvice(facts, evidence.service, pool?.application ?? '<application>'),
  });
}
