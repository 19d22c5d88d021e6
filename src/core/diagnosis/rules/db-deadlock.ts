import { lines, metricLine } from '../evidence-line.ts';
import { collectedBy } from '../facts.ts';
import type { DiagnosisRule } from '../rule.ts';
import { causeVerdict, ruledOutVerdict, undecidedVerdict } from '../verdicts.ts';

const ID = 'db.deadlock';

/** Transactions that waited for each other, one of which PostgreSQL ended with 40P01. */
export const dbDeadlockRule: DiagnosisRule = {
  ids: [ID],
  evaluate: (facts) =>
    collectedBy(facts, 'postgres.database').map((evidence) => {
      const line = metricLine(
        evidence,
        'deadlocks',
        `deadlocks within ${evidence.facts?.deadlocks_within ?? 'the window'}`,
        {
          threshold: 0,
        },
      );
      if (line === undefined) return undecidedVerdict(ID, 'deadlocks were not counted');
      const count = Number(line.value);
      const within = evidence.facts?.deadlocks_within ?? 'the window';
      if (count === 0) return ruledOutVerdict(ID, `no deadlock within ${within}`);
      return causeVerdict({
        id: ID,
        title: 'Transactions lock each other out',
        service: evidence.service,
        summary: `${count} ${count === 1 ? 'deadlock' : 'deadlocks'} within ${within}: each time one transaction was ended with error 40P01.`,
        confidence: count >= 3 ? 0.85 : 0.75,
        evidence: lines(line, metricLine(evidence, 'rollbacks_per_second', 'rolled-back transactions')),
        advice: [
          {
            title: 'Find the two statements in the server log',
            why: 'PostgreSQL writes both of them with the rows they waited for.',
            effect: 'reads',
            command: "grep -A 6 'deadlock detected' <log of PostgreSQL>",
            source: 'https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-DEADLOCKS',
          },
          {
            title: 'Lock rows in one order everywhere, and repeat a transaction that fails with 40P01',
            why: 'Deadlocks need two transactions that take the same rows in a different order; sorting by key before an update takes that away.',
            source: 'https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-DEADLOCKS',
          },
        ],
      });
    }),
};
