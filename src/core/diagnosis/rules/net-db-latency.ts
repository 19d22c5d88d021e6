import { metricValue } from '../../evidence.ts';
import { withDependencies } from '../../inventory/service.ts';
import { formatValue } from '../../unit.ts';
import type { EvidenceLine } from '../cause.ts';
import { numberIn, textIn } from '../cells.ts';
import { type ContainerView, containerViews } from '../container-view.ts';
import { loopEvidence } from '../event-loop.ts';
import { lines, metricLine } from '../evidence-line.ts';
import { collectedFor, type Facts, metricFor, rowsOf } from '../facts.ts';
import { type HttpVerdict, httpRule } from '../http-rule.ts';
import { nodeViewOf } from '../node-view.ts';
import { peersOf } from '../peers.ts';
import { retransmitLine } from '../retransmits.ts';

const FAST_STATEMENT_MS = 5;
/** More than this is many small queries (another cause), not few that travel long. */
const MANY_CALLS_PER_SECOND = 300;
/** Transactions in flight; older ones were left open, which is another cause. */
const OPEN_MS = { least: 20, most: 5000 } as const;
const BUSY_CPU_RATIO = 0.6;
/** At 80 ms of round trip two of three looks find a session between two statements; at none, next to no look does. */
const WAITING_SHARE = 0.3;
const LEAST_TRANSACTIONS = 3;
const LOCKED_SHARE = 0.1;
const MUCH_UNREAD_BYTES = 64 * 1024;

/** The database answers in no time, yet its sessions wait for the client in the middle of transactions: the way is long. */
export const netDbLatencyRule = httpRule({
  id: 'net.db_latency',
  judge(view, facts): HttpVerdict | undefined {
    const { responseTime, service } = view;
    if (!responseTime?.isSlow) return undefined;
    const database = withDependencies(facts.services, service).find(({ role }) => role === 'postgres');
    if (database === undefined) return undefined;
    const excuse = excuseOf(facts, { service: service.name, database: database.name });
    if (excuse !== undefined) return excuse;
    const mean = metricFor(facts, 'postgres.statements', database.name, 'mean_exec_time_ms') ?? 0;
    const profile = collectedFor(facts, 'postgres.waits', database.name);
    const waiting = waitingTransactions(facts, database.name);
    const container = containerViews(facts).find((candidate) => candidate.service === service.name);
    const unread = unreadLine(facts, container, database.name);
    const loop = loopEvidence(nodeViewOf(facts, service.name));
    return {
      found: {
        title: 'The way to the database is long',
        summary: `${service.name} takes ${formatValue(responseTime.ms, 'ms')} although ${database.name} needs ${formatValue(mean, 'ms')} a statement: time passes between them.`,
        confidence: (profile ? 0.78 : waiting > 1 ? 0.7 : 0.6) + (loop.idle ? 0.1 : 0) - (unread ? 0.2 : 0),
        evidence: lines(
          responseTime.line,
          metricLine(
            collectedFor(facts, 'postgres.statements', database.name),
            'mean_exec_time_ms',
            `statements take ${formatValue(mean, 'ms')} in the database`,
          ),
          metricLine(
            profile,
            'client_read_in_transaction_share',
            `of all looks at sessions found one that waits for its client within a transaction, ${waiting} different ones`,
            { threshold: WAITING_SHARE },
          ) ?? {
            probe: 'postgres.activity',
            metric: 'sessions',
            value: waiting,
            unit: 'count',
            text: `${waiting} open transactions wait for the next word of the client`,
          },
          retransmitLine(container),
          loop.idle,
        ),
        against: lines(unread),
        advice: [
          {
            title: 'Measure the way',
            why: 'The time of an empty statement from where the service runs is the time of the way.',
            effect: 'reads',
            command: "psql \"$DATABASE_URL\" -c '\\timing on' -c 'SELECT 1'",
            source: 'https://www.postgresql.org/docs/current/monitoring-stats.html#WAIT-EVENT-CLIENT-TABLE',
          },
        ],
      },
    };
  },
});

/** Answers of the database that the service has received and not read: then it is the service that is slow. */
function unreadLine(
  facts: Facts,
  container: ContainerView | undefined,
  database: string,
): EvidenceLine | undefined {
  const peer = peersOf(container, facts).find(({ service }) => service?.name === database);
  if (peer === undefined || peer.unreadBytes < MUCH_UNREAD_BYTES) return undefined;
  return {
    probe: 'docker.sockets',
    metric: 'peers',
    value: peer.unreadBytes,
    unit: 'bytes',
    text: `the service leaves ${formatValue(peer.unreadBytes, 'bytes')} from ${peer.label} unread`,
  };
}

/** Why it is not the way, or cannot be told; undefined when nothing speaks against it. */
function excuseOf(
  facts: Facts,
  { service, database }: { readonly service: string; readonly database: string },
): HttpVerdict | undefined {
  const mean = metricFor(facts, 'postgres.statements', database, 'mean_exec_time_ms');
  const calls = metricFor(facts, 'postgres.statements', database, 'calls_per_second');
  if (mean === undefined || calls === undefined)
    return { unclear: `statements of ${database} were not measured` };
  if (mean >= FAST_STATEMENT_MS)
    return { clear: `${database} itself takes ${formatValue(mean, 'ms')} a statement` };
  if (calls >= MANY_CALLS_PER_SECOND)
    return { clear: `${database} gets many short statements (${formatValue(calls, 'per_second')})` };
  if (isBusy(facts, service)) return { clear: 'the service computes' };
  const { busy } = loopEvidence(nodeViewOf(facts, service));
  if (busy) return { clear: `the service computes between its statements: ${busy.text}` };
  const locked = waitingForLocks(facts, database);
  if (locked !== undefined) return { clear: `${locked} in ${database}` };
  if (waitingTransactions(facts, database) === 0)
    return { clear: `no transaction in ${database} waits for its client` };
  return undefined;
}

/** Transactions that wait for the next word of their client. Many looks tell more than one look at sessions. */
function waitingTransactions(facts: Facts, database: string): number {
  const profile = collectedFor(facts, 'postgres.waits', database);
  const share = profile && metricValue(profile, 'client_read_in_transaction_share');
  const seen = profile && metricValue(profile, 'transactions_waiting_for_client');
  if (seen === undefined) return waitingSessions(facts, database);
  // A single transaction that stands open is not a long way.
  return seen >= LEAST_TRANSACTIONS && (share ?? 0) >= WAITING_SHARE ? seen : 0;
}

function isBusy(facts: Facts, service: string): boolean {
  const container = containerViews(facts).find((candidate) => candidate.service === service);
  return (container?.value('stats', 'cpu_ratio') ?? 0) >= BUSY_CPU_RATIO;
}

function waitingSessions(facts: Facts, database: string): number {
  return rowsOf(collectedFor(facts, 'postgres.activity', database), 'sessions').filter((row) => {
    const age = numberIn(row, 'transaction_age_ms') ?? 0;
    const waits =
      textIn(row, 'wait').endsWith('ClientRead') && textIn(row, 'state') === 'idle in transaction';
    return waits && age >= OPEN_MS.least && age <= OPEN_MS.most;
  }).length;
}

/** Waits for locks, in words: whoever holds them may well wait for its client, but that is not what is slow. */
function waitingForLocks(facts: Facts, database: string): string | undefined {
  const blocked = metricFor(facts, 'postgres.locks', database, 'blocked_sessions') ?? 0;
  if (blocked > 0) return `${blocked === 1 ? '1 session waits' : `${blocked} sessions wait`} for locks`;
  const share = metricFor(facts, 'postgres.waits', database, 'lock_share') ?? 0;
  if (share >= LOCKED_SHARE) return `${formatValue(share, 'ratio')} of the time of sessions goes into locks`;
  const sessions = rowsOf(collectedFor(facts, 'postgres.activity', database), 'sessions');
  return sessions.some((row) => textIn(row, 'wait').startsWith('Lock:'))
    ? 'sessions wait for locks'
    : undefined;
}
