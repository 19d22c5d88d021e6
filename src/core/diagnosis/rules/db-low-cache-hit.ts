import { metricValue } from '../../evidence.ts';
import { formatValue } from '../../unit.ts';
import type { CauseAdvice } from '../cause.ts';
import { changeSetting } from '../change-setting.ts';
import { lines, metricLine } from '../evidence-line.ts';
import { collectedBy, collectedFor, type Facts } from '../facts.ts';
import type { DiagnosisRule } from '../rule.ts';
import { scanSuspects } from '../statement-suspects.ts';
import { causeVerdict, ruledOutVerdict, undecidedVerdict } from '../verdicts.ts';
import { goodSharedBuffers, memoryOf } from './db-memory-settings.ts';

const ID = 'db.low_cache_hit';

/** PgHero warns below 99 %; below 95 % the working set does not fit any more. */
const LOW = 0.95;
const MIB = 1024 ** 2;

/** Less than this is read in no time by any disk; a database that just started is warming up. */
const LEAST_MISSED_BYTES_PER_SECOND = 1e6;

/** The database reads much of its data from outside its own memory. */
export const dbLowCacheHitRule: DiagnosisRule = {
  ids: [ID],
  evaluate: (facts) =>
    collectedBy(facts, 'postgres.database').map((evidence) => {
      const usual = facts.usual(evidence.target, 'cache_hit_ratio');
      const line = metricLine(evidence, 'cache_hit_ratio', 'blocks found in the buffer cache', {
        threshold: LOW,
        usual,
      });
      if (line === undefined)
        return undecidedVerdict(ID, 'too few blocks were read in the window for a ratio');
      const ratio = Number(line.value);
      if (ratio >= LOW) return ruledOutVerdict(ID, `buffer cache hit ratio ${formatValue(ratio, 'ratio')}`);
      const missed = metricLine(
        evidence,
        'cache_miss_bytes_per_second',
        'read from outside the buffer cache',
        {
          threshold: LEAST_MISSED_BYTES_PER_SECOND,
        },
      );
      if (missed !== undefined && Number(missed.value) < LEAST_MISSED_BYTES_PER_SECOND) {
        return ruledOutVerdict(
          ID,
          `only ${formatValue(Number(missed.value), 'bytes_per_second')} come from outside the buffer cache`,
        );
      }
      const scans = scanSuspects(facts, evidence.service).length > 0;
      const dropped = usual !== undefined && usual - ratio >= 0.05;
      return causeVerdict({
        id: ID,
        title: 'The working set does not fit into the buffer cache',
        service: evidence.service,
        summary: `Only ${formatValue(ratio, 'ratio')} of blocks come from the buffer cache${usual === undefined ? '' : `, usually ${formatValue(usual, 'ratio')}`}.`,
        confidence: (scans ? 0.3 : 0.45) + (dropped ? 0.1 : 0),
        evidence: lines(line, missed, metricLine(evidence, 'database_size_bytes', 'size of the database')),
        advice: [largerCache(facts, evidence.service)],
      });
    }),
};

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
