import type { CollectedEvidence } from '../../evidence.ts';
import { formatValue } from '../../unit.ts';
import type { EvidenceLine, Verdict } from '../cause.ts';
import { numberIn, textIn } from '../cells.ts';
import { lines, metricLine } from '../evidence-line.ts';
import { collectedBy, collectedFor, type Facts, metricFor, rowsOf } from '../facts.ts';
import { moreCacheMemory } from '../redis-memory.ts';
import type { DiagnosisRule } from '../rule.ts';
import { causeVerdict, ruledOutVerdict, undecidedVerdict } from '../verdicts.ts';

const PROBE = 'redis.info';
const LOW_HIT_RATIO = 0.8;

/** A drop against the usual value (10 points) that tells even above 80 %. */
const HIT_DROP = 0.1;

/** A few evictions are what a full LRU cache does all day. */
const TELLING_EVICTIONS = 10;

const HALF = 0.5;

/** With fewer values stored in the window their share says nothing. */
const LEAST_STORED = 20;

const WRITES = /^(set|setex|psetex|setnx|getset|hset|hmset|mset)$/;

/** Tells a cache that is too small (it throws away what is needed) from one whose keys never repeat. */
export const cacheEvictionRule: DiagnosisRule = {
  ids: ['cache.eviction_thrash', 'cache.key_cardinality'],
  evaluate: (facts) => collectedBy(facts, PROBE).flatMap((evidence) => judge(facts, evidence)),
};

function judge(facts: Facts, evidence: CollectedEvidence): readonly Verdict[] {
  const metric = (name: string) => metricFor(facts, PROBE, evidence.service, name);
  const hit = metric('hit_ratio');
  const evictions = metric('evictions_per_second');
  const usual = facts.usual(evidence.target, 'hit_ratio');
  const isLow =
    hit !== undefined && (hit < LOW_HIT_RATIO || (usual !== undefined && usual - hit >= HIT_DROP));
  if (evictions !== undefined && evictions >= TELLING_EVICTIONS) return [thrash(facts, evidence, isLow)];
  const noThrash = ruledOutVerdict(
    'cache.eviction_thrash',
    `${formatValue(evictions ?? 0, 'per_second')} evictions`,
  );
  if (hit === undefined) {
    return [
      ...(evictions === undefined ? [] : [noThrash]),
      undecidedVerdict('cache.key_cardinality', 'too few look-ups for a hit ratio'),
    ];
  }
  if (!isLow) {
    const reason = `hit ratio ${formatValue(hit, 'ratio')}${usual === undefined ? '' : `, usual ${formatValue(usual, 'ratio')}`}`;
    return [
      ruledOutVerdict('cache.eviction_thrash', reason),
      ruledOutVerdict('cache.key_cardinality', reason),
    ];
  }
  const renewed = renewedShare(facts, evidence.service);
  if (renewed !== undefined && renewed >= HALF) {
    const reason = `${formatValue(renewed, 'ratio')} of what is stored replaces a key that was there: keys do repeat`;
    return [noThrash, ruledOutVerdict('cache.key_cardinality', reason)];
  }
  return [noThrash, cardinality(facts, evidence, hit)];
}

function thrash(facts: Facts, evidence: CollectedEvidence, isLow: boolean): Verdict {
  const hit = metricFor(facts, PROBE, evidence.service, 'hit_ratio');
  const evictions = metricFor(facts, PROBE, evidence.service, 'evictions_per_second') ?? 0;
  return causeVerdict({
    id: 'cache.eviction_thrash',
    title: 'The cache is too small',
    service: evidence.service,
    summary: `The cache is full and throws ${formatValue(evictions, 'per_second')} keys away${hit === undefined ? '' : `; only ${formatValue(hit, 'ratio')} of look-ups find their key`}.`,
    confidence: isLow ? 0.92 : hit === undefined ? 0.6 : 0.4,
    evidence: cacheLines(facts, evidence),
    against:
      hit !== undefined && !isLow
        ? lines(metricLine(evidence, 'hit_ratio', 'most look-ups still find their key'))
        : [],
    advice: [
      moreCacheMemory(
        facts,
        evidence.service,
        'Give the cache more memory',
        'It is at its limit and evicts keys that are asked for again.',
      ),
      {
        title: 'Or store less: shorter TTLs, smaller values',
        why: 'What is never read again should expire instead of pushing out what is.',
        source: 'https://redis.io/docs/latest/develop/reference/eviction/',
      },
    ],
  });
}

function cardinality(facts: Facts, evidence: CollectedEvidence, hit: number): Verdict {
  const commands = rowsOf(collectedFor(facts, 'redis.commands', evidence.service), 'commands');
  const rateOf = (pattern: RegExp) =>
    commands
      .filter((row) => pattern.test(textIn(row, 'command')))
      .reduce((sum, row) => sum + (numberIn(row, 'calls_per_second') ?? 0), 0);
  const reads = rateOf(/^(get|mget|hget|hgetall)$/);
  const fills = rateOf(WRITES);
  const refilled = reads > 0 && fills >= reads * (1 - hit) * 0.3;
  const family = largestFamily(facts, evidence.service);
  return causeVerdict({
    id: 'cache.key_cardinality',
    title: 'Cache keys hardly ever repeat',
    service: evidence.service,
    summary: `Only ${formatValue(hit, 'ratio')} of look-ups find their key although nothing is evicted: each request asks for a key that nobody stored before.${family ? ` ${formatValue(family.share, 'ratio')} of all keys are ${family.name}.` : ''}`,
    confidence: (hit < 0.3 && refilled ? 0.82 : hit < 0.5 ? 0.6 : 0.4) + (family ? 0.06 : 0),
    evidence: [...cacheLines(facts, evidence), ...(family ? [family.line] : [])],
    advice: [
      {
        title: `Look at how the application builds its cache keys${family ? ` for ${family.name}` : ''}`,
        why: 'A timestamp, a request id or an unsorted list of parameters in the key makes every key new.',
        effect: 'reads',
        command: `redis-cli --scan --count 500${family ? ` --pattern '${family.name}'` : ''} | head -50`,
        risk: 'Reads keys step by step; safe on a running server, unlike KEYS.',
        source: 'https://redis.io/docs/latest/commands/scan/',
      },
    ],
  });
}

/** Share of the values stored in the window whose key was there before; undefined where too few were counted. */
function renewedShare(facts: Facts, service: string): number | undefined {
  const stored = metricFor(facts, 'redis.commands', service, 'stored_values') ?? 0;
  const created = metricFor(facts, 'redis.commands', service, 'created_keys');
  return created === undefined || stored < LEAST_STORED ? undefined : Math.max(0, 1 - created / stored);
}

/** The family that makes up most of the keys: it is the one whose keys never repeat. */
function largestFamily(facts: Facts, service: string) {
  const keys = collectedFor(facts, 'redis.keys', service);
  const [first] = [...rowsOf(keys, 'families')].sort(
    (a, b) => (numberIn(b, 'key_share') ?? 0) - (numberIn(a, 'key_share') ?? 0),
  );
  const share = numberIn(first, 'key_share') ?? 0;
  const name = textIn(first, 'family');
  if (share < HALF || name === '') return undefined;
  const line: EvidenceLine = {
    probe: 'redis.keys',
    metric: 'key_share',
    value: share,
    unit: 'ratio',
    threshold: HALF,
    text: `of the keys that were seen are ${name}`,
  };
  return { name, share, line };
}

function cacheLines(facts: Facts, evidence: CollectedEvidence) {
  return lines(
    metricLine(evidence, 'hit_ratio', 'look-ups that find their key, in the window', {
      threshold: LOW_HIT_RATIO,
      usual: facts.usual(evidence.target, 'hit_ratio'),
    }),
    metricLine(evidence, 'evictions_per_second', 'keys thrown away for lack of memory', {
      threshold: TELLING_EVICTIONS,
    }),
    metricLine(evidence, 'memory_ratio', 'of maxmemory in use'),
    metricLine(evidence, 'keys', 'keys in the cache', { usual: facts.usual(evidence.target, 'keys') }),
  );
}
