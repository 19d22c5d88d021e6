import { type CollectedEvidence, metricValue } from '../../evidence.ts';
import { formatValue } from '../../unit.ts';
import type { CauseAdvice, EvidenceLine, Verdict } from '../cause.ts';
import { changeSetting } from '../change-setting.ts';
import { lines, metricLine } from '../evidence-line.ts';
import { collectedBy, collectedFor, type Facts, metricFor } from '../facts.ts';
import type { DiagnosisRule } from '../rule.ts';
import { scanSuspects } from '../statement-suspects.ts';
import { causeVerdict, ruledOutVerdict, undecidedVerdict } from '../verdicts.ts';
import { goodSharedBuffers, memoryOf } from './db-memory-settings.ts';
import { LOW_HIT, noisySession } from './db-noisy-query.ts';

const ID = 'db.low_cache_hit';
const MISSED = 'cache_miss_bytes_per_second';

const MIB = 1024 ** 2;
/** Of all misses: less than this by statements is not what makes the ratio. */
const SMALL_PART = 0.2;

/** Less than this is read in no time by any disk; a database that just started is warming up. */
const LEAST_MISSED_BYTES_PER_SECOND = 1e6;

/** The database reads much of its data from outside its own memory. */
export const dbLowCacheHitRule: DiagnosisRule = {
  ids: [ID],
  evaluate: (facts) =>
    collectedBy(facts, 'postgres.database').map((evidence) => {
      const usual = facts.usual(evidence.target, 'cache_hit_ratio');
      const line = metricLine(evidence, 'cache_hit_ratio', 'blocks found in the buffer cache', {
        threshold: LOW_HIT,
        usual,
      });
      if (line === undefined)
        return undecidedVerdict(ID, 'too few blocks were read in the window for a ratio');
      const ratio = Number(line.value);
      if (ratio >= LOW_HIT)
        return ruledOutVerdict(ID, `buffer cache hit ratio ${formatValue(ratio, 'ratio')}`);
      const other = otherReason(facts, evidence, ratio);
      if (other !== undefined) return other;
      const scans = scanSuspects(facts, evidence.service).length > 0;
      const dropped = usual !== undefined && usual - ratio >= 0.05;
      return causeVerdict({
        id: ID,
        title: 'The working set does not fit into the buffer cache',
        service: evidence.service,
        summary: `Only ${formatValue(ratio, 'ratio')} of blocks come from the buffer cache${usual === undefined ? '' : `, usually ${formatValue(usual, 'ratio')}`}.`,
        confidence: (scans ? 0.3 : 0.45) + (dropped ? 0.1 : 0),
        evidence: lines(
          line,
          missedLine(evidence),
          metricLine(evidence, 'database_size_bytes', 'size of the database'),
        ),
        advice: [largerCache(facts, evidence.service)],
      });
    }),
};

function missedLine(evidence: CollectedEvidence): EvidenceLine | undefined {
  return metricLine(evidence, MISSED, 'read from outside the buffer cache', {
    threshold: LEAST_MISSED_BYTES_PER_SECOND,
  });
}

/** Why a low ratio is no fault of the size of the cache: next to nothing is read, or it is what somebody else leads to. */
function otherReason(facts: Facts, evidence: CollectedEvidence, ratio: number): Verdict | undefined {
  const missed = metricValue(evidence, MISSED);
  if (missed !== undefined && missed < LEAST_MISSED_BYTES_PER_SECOND)
    return ruledOutVerdict(
      ID,
      `only ${formatValue(missed, 'bytes_per_second')} come from outside the buffer cache`,
    );
  const upkeep = upkeepReason(facts, evidence);
  if (upkeep !== undefined) return ruledOutVerdict(ID, upkeep);
  const noisy = noisySession(facts, evidence.service);
  return noisy === undefined
    ? undefined
    : undecidedVerdict(
        ID,
        `${formatValue(ratio, 'ratio')} of blocks come from the buffer cache while ${noisy} works: what that reads pushes out what others need. Look again when it is over`,
      );
}

/**
 * autovacuum, VACUUM and their like read whole tables through a small ring of buffers: however large the cache is, they
 * miss. Those reads are in the counters of the database and not in those of statements.
 */
function upkeepReason(facts: Facts, evidence: CollectedEvidence): string | undefined {
  const missed = metricValue(evidence, MISSED);
  const byStatements = metricFor(facts, 'postgres.statements', evidence.service, MISSED);
  if (missed === undefined || byStatements === undefined) return undefined;
  const small = Math.max(LEAST_MISSED_BYTES_PER_SECOND, SMALL_PART * missed);
  return byStatements < small
    ? `of ${formatValue(missed, 'bytes_per_second')} from outside the buffer cache only ${formatValue(byStatements, 'bytes_per_second')} are those of statements; the rest is upkeep, such as autovacuum`
    : undefined;
}

/** A quarter of the memory that the server has; without a command where it has that much, or nobody knows how much there is. */
function largerCache(facts: Facts, service: string): CauseAdvice {
  const base = {
    title: 'Give PostgreSQL a larger buffer cache',
    why: 'About a quarter of the memory of the machine (or container) is the usual size.',
    source: 'https://www.postgresql.org/docs/current/runtime-config-resource.html#GUC-SHARED-BUFFERS',
  };
  const settings = collectedFor(facts, 'postgres.settings', service);
  const memory = settings && memoryOf(facts, settings);
  const now = settings && metricValue(settings, 'shared_buffers_bytes');
  if (memory === undefined || now === undefined) return base;
  const mib = goodSharedBuffers(memory);
  const size = `${formatValue(memory.bytes, 'bytes')} of ${memory.of}`;
  if (mib * MIB <= now)
    return {
      ...base,
      title: 'Give the database more memory, or read less',
      why: `shared_buffers (${formatValue(now, 'bytes')}) is a quarter of the ${size} already.`,
    };
  const { command, undo, needs } = changeSetting(facts, service, {
    setting: 'shared_buffers',
    value: `'${mib}MB'`,
  });
  return {
    ...base,
    why: `It is ${formatValue(now, 'bytes')}; a quarter of the ${size} is ${mib} MB.`,
    effect: 'changes',
    command,
    risk: `${needs} Too much takes memory from sorting and from the file cache.`,
    undo,
  };
}
