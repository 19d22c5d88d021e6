import type { CollectedEvidence } from '../../evidence.ts';
import { formatValue } from '../../unit.ts';
import type { CauseAdvice, Verdict } from '../cause.ts';
import { numberIn, type Row, textIn } from '../cells.ts';
import { lines, metricLine } from '../evidence-line.ts';
import { collectedBy, collectedFor, type Facts, metricFor, rowsOf } from '../facts.ts';
import type { DiagnosisRule } from '../rule.ts';
import { causeVerdict, ruledOutVerdict, undecidedVerdict } from '../verdicts.ts';

const BIG = 'cache.big_key';
const NO_EXPIRY = 'cache.no_expiry';

/** Reading 10 MB takes a Gbit/s network a tenth of a second, and Redis about as long. */
const BIG_BYTES = 10e6;

/** A command over so many elements takes Redis 10 ms and more. */
const MANY_ELEMENTS = 100_000;

/** awesome-prometheus-alerts: a Redis that uses 90 % of its memory is about to be full. */
const NEARLY_FULL = 0.9;

/** A family that takes less is not what fills the memory. */
const LARGE_FAMILY = 0.3;
const HARDLY_EVER_EXPIRE = 0.9;

/** Keys that are too large, and keys that stay for ever while the memory runs out. */
export const cacheKeysRule: DiagnosisRule = {
  ids: [BIG, NO_EXPIRY],
  evaluate: (facts) =>
    collectedBy(facts, 'redis.keys').flatMap((evidence) => [
      bigKey(facts, evidence),
      noExpiry(facts, evidence),
    ]),
};

function bigKey(facts: Facts, evidence: CollectedEvidence): Verdict {
  const [worst] = rowsOf(evidence, 'big_keys').filter(
    (row) => (numberIn(row, 'bytes') ?? 0) >= BIG_BYTES || (numberIn(row, 'elements') ?? 0) >= MANY_ELEMENTS,
  );
  const coverage = evidence.metrics.find(({ name }) => name === 'coverage_ratio')?.value ?? 0;
  if (worst === undefined) {
    const seen = `none of the keys that were looked at (${formatValue(coverage, 'ratio')}) takes ${formatValue(BIG_BYTES, 'bytes')}`;
    // The largest keys are few: a sample hardly ever meets them.
    return coverage >= 1 ? ruledOutVerdict(BIG, seen) : undecidedVerdict(BIG, seen);
  }
  const bytes = numberIn(worst, 'bytes') ?? 0;
  const elements = numberIn(worst, 'elements');
  const used = metricFor(facts, 'redis.info', evidence.service, 'used_memory_bytes');
  const share = used === undefined ? undefined : bytes / used;
  const kind = textIn(worst, 'type') || 'value';
  return causeVerdict({
    id: BIG,
    title: 'A single key is very large',
    service: evidence.service,
    summary: `A ${kind} of the family ${textIn(worst, 'family')} takes ${formatValue(bytes, 'bytes')}${elements === undefined ? '' : ` in ${formatValue(elements, 'count')} elements`}${share === undefined ? '' : `, ${formatValue(share, 'ratio')} of the memory in use`}: whoever reads or deletes it as a whole holds up everybody.`,
    // A risk, not yet a symptom: commands that are slow for it are named by cache.on_command.
    confidence: share !== undefined && share >= 0.2 ? 0.62 : 0.5,
    evidence: [
      {
        probe: evidence.probe,
        metric: 'largest_key_bytes',
        value: bytes,
        unit: 'bytes',
        threshold: BIG_BYTES,
        text: `memory of the ${kind} ${textIn(worst, 'family')}`,
      },
      ...(elements === undefined
        ? []
        : [
            {
              probe: evidence.probe,
              metric: 'elements',
              value: elements,
              unit: 'count' as const,
              threshold: MANY_ELEMENTS,
              text: `elements in it, expires in: ${textIn(worst, 'expires') || 'not known'}`,
            },
          ]),
    ],
    advice: bigKeyAdvice(kind),
  });
}

function bigKeyAdvice(kind: string): readonly CauseAdvice[] {
  return [
    {
      title: 'Find the key by its name',
      why: 'perfbot masks names; this walks over all keys with SCAN and pauses, and prints the largest of each type.',
      effect: 'reads',
      command: 'redis-cli --memkeys -i 0.1',
      source: 'https://redis.io/docs/latest/develop/tools/cli/#scan-for-big-keys-and-memory-usage',
    },
    {
      title: kind === 'string' ? 'Store it in parts' : 'Keep it short, or split it',
      why:
        kind === 'list' || kind === 'stream'
          ? 'LTRIM or XTRIM after each write keeps only the newest entries; delete the old one with UNLINK, in the background.'
          : 'Several keys by a part of the id spread reads and memory; delete the old one with UNLINK, in the background.',
      source: 'https://redis.io/docs/latest/operate/oss_and_stack/management/optimization/latency/',
    },
  ];
}

function noExpiry(facts: Facts, evidence: CollectedEvidence): Verdict {
  const info = collectedFor(facts, 'redis.info', evidence.service);
  const memory = metricFor(facts, 'redis.info', evidence.service, 'memory_ratio');
  if (info === undefined) return undecidedVerdict(NO_EXPIRY, 'memory was not measured');
  if (memory === undefined) return ruledOutVerdict(NO_EXPIRY, 'no maxmemory is set');
  if (memory < NEARLY_FULL)
    return ruledOutVerdict(NO_EXPIRY, `memory ${formatValue(memory, 'ratio')} of the limit`);
  const [family] = rowsOf(evidence, 'families').filter(staysAndIsLarge);
  if (family === undefined) return ruledOutVerdict(NO_EXPIRY, 'no large family of keys stays for ever');
  const policy = info.facts?.maxmemory_policy ?? 'unknown';
  const refused = rowsOf(collectedFor(facts, 'redis.commands', evidence.service), 'errors').some(
    (row) => textIn(row, 'error') === 'OOM',
  );
  const name = textIn(family, 'family');
  return causeVerdict({
    id: NO_EXPIRY,
    title: 'Keys that never expire fill the cache',
    service: evidence.service,
    summary: `${name} takes ${formatValue(numberIn(family, 'byte_share') ?? 0, 'ratio')} of the memory that was looked at and ${formatValue(numberIn(family, 'without_expiry_ratio') ?? 0, 'ratio')} of its keys have no time to live; ${formatValue(memory, 'ratio')} of maxmemory is in use, policy ${policy}${policy.startsWith('volatile') ? ', which may evict only keys that expire' : ''}.`,
    confidence: confidenceOf(policy, refused),
    evidence: lines(
      shareLine(evidence, family, 'byte_share', `of the memory is ${name}`, LARGE_FAMILY),
      shareLine(evidence, family, 'without_expiry_ratio', `of ${name} never expires`, HARDLY_EVER_EXPIRE),
      metricLine(info, 'memory_ratio', 'of maxmemory in use', { threshold: NEARLY_FULL }),
      metricLine(evidence, 'without_expiry_ratio', 'of all keys never expire'),
      metricLine(evidence, 'coverage_ratio', 'of all keys were looked at'),
    ),
    advice: expiryAdvice(name, policy),
  });
}

function staysAndIsLarge(row: Row): boolean {
  return (
    (numberIn(row, 'byte_share') ?? 0) >= LARGE_FAMILY &&
    (numberIn(row, 'without_expiry_ratio') ?? 0) >= HARDLY_EVER_EXPIRE
  );
}

/** With a volatile policy these keys are the reason; with noeviction the policy is, and with allkeys the size. */
function confidenceOf(policy: string, refused: boolean): number {
  if (policy.startsWith('volatile')) return refused ? 0.96 : 0.85;
  return policy === 'noeviction' ? 0.7 : 0.6;
}

function shareLine({ probe }: CollectedEvidence, row: Row, metric: string, text: string, threshold: number) {
  return { probe, metric, value: numberIn(row, metric) ?? 0, unit: 'ratio' as const, threshold, text };
}

function expiryAdvice(name: string, policy: string): readonly CauseAdvice[] {
  const source = 'https://redis.io/docs/latest/develop/reference/eviction/';
  return [
    {
      title: `Give ${name} a time to live where the application writes it`,
      why: 'SET key value EX 3600 (or EXPIRE after HSET, LPUSH, SADD): what is not asked for again goes by itself. Look first who writes these keys.',
      effect: 'reads',
      command: `redis-cli --scan --count 500 --pattern '${name}' | head -20`,
      source: 'https://redis.io/docs/latest/commands/expire/',
    },
    ...(policy.startsWith('volatile')
      ? [
          {
            title: 'Or let it evict any key, if it is a cache',
            why: `${policy} may evict only keys that expire, and these do not.`,
            effect: 'changes' as const,
            command: `CONFIG SET maxmemory-policy ${policy.endsWith('lfu') ? 'allkeys-lfu' : 'allkeys-lru'}`,
            risk: 'Keys without a time to live disappear too: never where Redis holds queues, sessions or locks.',
            undo: `CONFIG SET maxmemory-policy ${policy}`,
            source,
          },
        ]
      : []),
  ];
}
