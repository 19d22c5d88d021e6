import type { CollectedEvidence } from '../../evidence.ts';
import type { Verdict } from '../cause.ts';
import { numberIn, textIn } from '../cells.ts';
import { lines, metricLine } from '../evidence-line.ts';
import { collectedBy, collectedFor, type Facts, rowsOf } from '../facts.ts';
import type { DiagnosisRule } from '../rule.ts';
import { causeVerdict, ruledOutVerdict, undecidedVerdict } from '../verdicts.ts';
import { PERSISTENCE_STALL, persistenceStall } from './cache-persistence-stall.ts';

const PROBE = 'redis.persistence';
const FAILED = 'cache.persistence_failed';
const LOADING = 'cache.loading';

const PERSISTENCE = 'https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/';

/** Saving to disk that stops the cache, that fails (then writes are refused), or loading that has not ended. */
export const cachePersistenceRule: DiagnosisRule = {
  ids: [PERSISTENCE_STALL, FAILED, LOADING],
  evaluate: (facts) =>
    collectedBy(facts, PROBE).flatMap((evidence) => [
      persistenceStall(facts, evidence),
      failed(facts, evidence),
      ...loading(evidence),
    ]),
};

function failed(facts: Facts, evidence: CollectedEvidence): Verdict {
  const failures = lines(
    metricLine(evidence, 'snapshot_failed', 'the last snapshot failed', { threshold: 0 }),
    metricLine(evidence, 'append_failed', 'the last write of the append-only file failed', { threshold: 0 }),
    metricLine(evidence, 'rewrite_failed', 'the last rewrite of the append-only file failed', {
      threshold: 0,
    }),
  );
  if (failures.length === 0) return undecidedVerdict(FAILED, 'Redis reports no state of its snapshots');
  const found = failures.filter(({ value }) => Number(value) > 0);
  if (found.length === 0) return ruledOutVerdict(FAILED, 'the last snapshot and append were good');
  const refused = rowsOf(collectedFor(facts, 'redis.commands', evidence.service), 'errors').find(
    (row) => textIn(row, 'error') === 'MISCONF',
  );
  return causeVerdict({
    id: FAILED,
    title: 'The cache cannot save to disk',
    service: evidence.service,
    summary: `${found.map(({ text }) => text).join('; ')}${refused ? ': Redis refuses all writes (MISCONF) until one is good' : ''}.`,
    confidence: refused ? 0.95 : 0.7,
    evidence: [
      ...found,
      ...(refused
        ? [
            {
              probe: 'redis.commands',
              metric: 'per_second',
              value: numberIn(refused, 'per_second') ?? 0,
              unit: 'per_second' as const,
              text: 'writes refused with MISCONF in the window',
            },
          ]
        : []),
    ],
    advice: [
      {
        title: 'Find out what the log says, then save once more',
        why: 'A full disk, a folder without the right to write, or no memory for the fork; after one good save writes go on.',
        effect: 'changes',
        command: 'redis-cli BGSAVE',
        risk: 'One fork. CONFIG SET stop-writes-on-bgsave-error no would let writes through without any copy on disk.',
        undo: 'None needed: it writes one more snapshot.',
        source: PERSISTENCE,
      },
    ],
  });
}

function loading(evidence: CollectedEvidence): readonly Verdict[] {
  const line = metricLine(evidence, 'loading', 'Redis is still loading its data', { threshold: 0 });
  if (line === undefined) return [];
  if (Number(line.value) === 0) return [ruledOutVerdict(LOADING, 'its data are loaded')];
  return [
    causeVerdict({
      id: LOADING,
      title: 'The cache is still loading its data',
      service: evidence.service,
      summary: `${evidence.service} was restarted and refuses commands (LOADING) until its data are in memory.`,
      confidence: 0.92,
      evidence: [line],
      advice: [
        {
          title: 'Wait, and see how far it is',
          why: 'It ends by itself; the time grows with the file.',
          effect: 'reads',
          command: 'redis-cli INFO persistence | grep loading_',
          source: PERSISTENCE,
        },
      ],
    }),
  ];
}
