import type { CollectedEvidence } from '../../evidence.ts';
import { formatValue } from '../../unit.ts';
import type { EvidenceLine } from '../cause.ts';
import { numberIn, type Row, textIn } from '../cells.ts';
import { lines, metricLine } from '../evidence-line.ts';
import { collectedBy, collectedFor, type Facts, rowsOf } from '../facts.ts';
import type { DiagnosisRule } from '../rule.ts';
import { quoteStatement } from '../statement-suspects.ts';
import { causeVerdict, ruledOutVerdict, undecidedVerdict } from '../verdicts.ts';

const ID = 'db.noisy_query';

/** Ordinary requests are long over by then. */
const LONG_MS = 10_000;

/** PgHero calls a query long-running from 60 s on. */
const VERY_LONG_MS = 60_000;

const HALF = 0.5;
/**
 * PgHero warns below 99 %; below 95 % the working set does not fit any more: the cache is too small, or somebody fills
 * it with other things.
 */
export const LOW_HIT = 0.95;

const IDLE_WAIT = /^(Lock|Client|Activity|Timeout|IPC|Extension):/;
/** The leader of a parallel query waits for its own workers, which work. */
const PARALLEL_WAIT = /^IPC:(ExecuteGather|Append|Parallel|Hash|BgWorker)/;

/** A long query of an outsider (a report, an export, a person) that takes the database's CPU or disk from the application. */
export const dbNoisyQueryRule: DiagnosisRule = {
  ids: [ID],
  evaluate: (facts) =>
    collectedBy(facts, 'postgres.activity').map((evidence) => {
      const longest = metricLine(evidence, 'longest_query_ms', 'longest query that runs now', {
        threshold: LONG_MS,
      });
      if (longest === undefined) return undecidedVerdict(ID, 'running queries are hidden from this role');
      const { working, outsider, foreign } = suspectOf(facts, evidence);
      if (outsider === undefined) {
        return ruledOutVerdict(
          ID,
          `the longest running query has taken ${formatValue(Number(longest.value), 'ms')}${working.length > 0 ? ', and is one of the application itself' : ''}`,
        );
      }
      const ageMs = numberIn(outsider, 'age_ms') ?? 0;
      const pid = numberIn(outsider, 'pid') ?? 0;
      const application = textIn(outsider, 'application') || textIn(outsider, 'user') || 'unnamed';
      const work = workOf(facts, evidence.service, textIn(outsider, 'application'));
      return causeVerdict({
        id: ID,
        title: 'A long query takes the database for itself',
        service: evidence.service,
        summary: `Session ${pid} of ${application} has run ${quoteStatement(outsider)} for ${formatValue(ageMs, 'ms')}.`,
        confidence: confidenceOf(ageMs, foreign, work?.value ?? 0),
        evidence: lines(
          longest,
          metricLine(evidence, 'connections_active', 'sessions at work'),
          work,
          coldCache(facts, evidence.service),
        ),
        advice: [
          {
            title: `Cancel the query of session ${pid}`,
            why: 'Its CPU and disk become free at once; the session stays.',
            effect: 'changes',
            command: `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid = ${pid} AND state = 'active' AND query_start < now() - interval '${Math.floor(ageMs / 2000)} s';`,
            risk: 'Its result is lost; ask its owner when it is a report or a backup.',
            undo: 'None; the query is run again, better on a replica or at night.',
            source: 'https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-SIGNAL',
          },
        ],
      });
    }),
};

/** What the long query reads pushes what others need out of the buffer cache. */
function coldCache(facts: Facts, service: string): EvidenceLine | undefined {
  const line = metricLine(
    collectedFor(facts, 'postgres.database', service),
    'cache_hit_ratio',
    'of blocks that others wanted were in the buffer cache meanwhile',
    { threshold: LOW_HIT },
  );
  return line !== undefined && Number(line.value) < LOW_HIT ? line : undefined;
}

/** The session that takes the database for itself, for sentences of other rules; undefined when there is none. */
export function noisySession(facts: Facts, service: string): string | undefined {
  const evidence = collectedFor(facts, 'postgres.activity', service);
  const outsider = evidence && suspectOf(facts, evidence).outsider;
  return (
    outsider &&
    `session ${numberIn(outsider, 'pid') ?? 0} of ${textIn(outsider, 'application') || textIn(outsider, 'user') || 'unnamed'} (${ID})`
  );
}

function confidenceOf(ageMs: number, foreign: boolean, share: number): number {
  return (ageMs >= VERY_LONG_MS ? 0.6 : 0.45) + (foreign ? 0.1 : 0) + (share >= HALF ? 0.08 : 0);
}

/** The long query of another application; else one of an application that was seen to have half of the work. */
function suspectOf(facts: Facts, evidence: CollectedEvidence) {
  const crowd = mainApplication(evidence);
  const working = rowsOf(evidence, 'sessions').filter(isWorking);
  const stranger = working.find((row) => crowd !== undefined && textIn(row, 'application') !== crowd);
  const busy = working.find(
    (row) => (workOf(facts, evidence.service, textIn(row, 'application'))?.value ?? 0) >= HALF,
  );
  return { working, outsider: stranger ?? busy, foreign: stranger !== undefined };
}

/** The share of all work that an application had in many looks. */
function workOf(facts: Facts, service: string, application: string) {
  const row = rowsOf(collectedFor(facts, 'postgres.waits', service), 'applications').find(
    (found) => textIn(found, 'application') === application,
  );
  const value = numberIn(row, 'active_share');
  if (value === undefined) return undefined;
  return {
    probe: 'postgres.waits',
    metric: 'active_share',
    value,
    unit: 'ratio',
    threshold: HALF,
    text: `of the work that the database did was for ${application || 'it'}, from ${textIn(row, 'address')}`,
  } as const;
}

/** Runs for long and works: a wait for a lock, its client, a timer (`pg_sleep`), another process or an extension takes no CPU. */
function isWorking(row: Row): boolean {
  const wait = textIn(row, 'wait');
  return (
    textIn(row, 'state') === 'active' &&
    (numberIn(row, 'age_ms') ?? 0) >= LONG_MS &&
    (!IDLE_WAIT.test(wait) || PARALLEL_WAIT.test(wait))
  );
}

/** The application with most connections: the one that the database is there for. */
function mainApplication(evidence: CollectedEvidence): string | undefined {
  const counts = new Map<string, number>();
  for (const row of rowsOf(evidence, 'connections_by')) {
    const application = textIn(row, 'application');
    counts.set(application, (counts.get(application) ?? 0) + (numberIn(row, 'count') ?? 0));
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}
