import { withDependencies } from '../../inventory/service.ts';
import { formatValue } from '../../unit.ts';
import { numberIn, textIn } from '../cells.ts';
import { containerViews } from '../container-view.ts';
import { lines, metricLine } from '../evidence-line.ts';
import { collectedFor, type Facts, metricFor, rowsOf } from '../facts.ts';
import { type HttpVerdict, httpRule } from '../http-rule.ts';

const FAST_STATEMENT_MS = 5;
/** More than this is many small queries (another cause), not few that travel long. */
const MANY_CALLS_PER_SECOND = 300;
/** Transactions in flight; older ones were left open, which is another cause. */
const OPEN_MS = { least: 20, most: 5000 } as const;
const BUSY_CPU_RATIO = 0.6;

/** The database answers in no time, yet its sessions wait for the client in the middle of transactions: the way is long. */
export const netDbLatencyRule = httpRule({
  id: 'net.db_latency',
  judge(view, facts): HttpVerdict | undefined {
    const { responseTime, service } = view;
    if (!responseTime?.isSlow) return undefined;
    const database = withDependencies(facts.services, service).find(({ role }) => role === 'postgres');
    if (database === undefined) return undefined;
    const mean = metricFor(facts, 'postgres.statements', database.name, 'mean_exec_time_ms');
    const calls = metricFor(facts, 'postgres.statements', database.name, 'calls_per_second');
    if (mean === undefined || calls === undefined)
      return { unclear: `statements of ${database.name} were not measured` };
    if (mean >= FAST_STATEMENT_MS)
      return { clear: `${database.name} itself takes ${formatValue(mean, 'ms')} a statement` };
    if (calls >= MANY_CALLS_PER_SECOND)
      return { clear: `${database.name} gets many short statements (${formatValue(calls, 'per_second')})` };
    if (isBusy(facts, service.name)) return { clear: 'the service computes' };
    const waiting = waitingSessions(facts, database.name);
    if (waiting === 0) return { clear: `no transaction in ${database.name} waits for its client` };
    return {
      found: {
        title: 'The way to the database is long',
        summary: `${service.name} takes ${formatValue(responseTime.ms, 'ms')} although ${database.name} needs ${formatValue(mean, 'ms')} a statement: time passes between them.`,
        confidence: waiting > 1 ? 0.7 : 0.6,
        evidence: lines(
          responseTime.line,
          metricLine(
            collectedFor(facts, 'postgres.statements', database.name),
            'mean_exec_time_ms',
            `statements take ${formatValue(mean, 'ms')} in the database`,
          ),
          {
            probe: 'postgres.activity',
            metric: 'sessions',
            value: waiting,
            unit: 'count',
            text: `${waiting} open transactions wait for the next word of the client`,
          },
        ),
        against: [],
        advice: [
          {
            title: 'Measure the way',
            why: 'The time of an empty statement from where the service runs is the time of the way.',
            command: "psql \"$DATABASE_URL\" -c '\\timing on' -c 'SELECT 1'",
            source: 'https://www.postgresql.org/docs/current/monitoring-stats.html#WAIT-EVENT-CLIENT-TABLE',
          },
        ],
      },
    };
  },
});

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
