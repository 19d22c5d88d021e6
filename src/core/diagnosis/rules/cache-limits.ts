import type { CollectedEvidence } from '../../evidence.ts';
import { formatValue } from '../../unit.ts';
import type { CauseAdvice, Verdict } from '../cause.ts';
import { textIn } from '../cells.ts';
import { lines, metricLine } from '../evidence-line.ts';
import { collectedBy, collectedFor, type Facts, metricFor, rowsOf } from '../facts.ts';
import { moreCacheMemory } from '../redis-memory.ts';
import type { DiagnosisRule } from '../rule.ts';
import { causeVerdict, ruledOutVerdict, undecidedVerdict } from '../verdicts.ts';

const PROBE = 'redis.info';
const FULL = 0.95;
const FRAGMENTED = 1.5;

/** With less in use the allocator's own overhead makes any ratio look bad. */
const LEAST_USED_BYTES = 100e6;

/** A cache at one of its limits: connections, memory without eviction, memory lost to fragmentation. */
export const cacheLimitsRule: DiagnosisRule = {
  ids: ['cache.rejected', 'cache.full', 'cache.memory_fragmentation'],
  evaluate: (facts) => [
    ...refusals(facts),
    ...collectedBy(facts, PROBE).flatMap((evidence) => [
      rejected(facts, evidence),
      full(facts, evidence),
      fragmented(facts, evidence),
    ]),
  ],
};

function refusals(facts: Facts): readonly Verdict[] {
  const refused = facts.evidence.filter(
    (evidence) =>
      evidence.status === 'unavailable' &&
      evidence.targetKind === 'redis' &&
      evidence.reason === 'overloaded',
  );
  return [...new Map(refused.map((evidence) => [evidence.service, evidence])).values()].map(
    ({ service, probe }) =>
      causeVerdict({
        id: 'cache.rejected',
        title: 'The cache refuses connections',
        service,
        summary: `${service} refuses every new connection: maxclients is reached.`,
        confidence: 0.9,
        evidence: [{ probe, metric: 'connect', value: 'refused', text: 'a new connection was refused' }],
        advice: [clientsAdvice()],
      }),
  );
}

function rejected(facts: Facts, evidence: CollectedEvidence): Verdict {
  const id = 'cache.rejected';
  const line = metricLine(evidence, 'rejected_connections', 'connections refused at maxclients', {
    threshold: 0,
  });
  if (line === undefined) return undecidedVerdict(id, 'refused connections were not counted');
  const ratio = metricFor(facts, PROBE, evidence.service, 'clients_ratio');
  if (Number(line.value) === 0) {
    return ruledOutVerdict(
      id,
      `no connection refused${ratio === undefined ? '' : `, clients ${formatValue(ratio, 'ratio')} of the limit`}`,
    );
  }
  return causeVerdict({
    id,
    title: 'The cache refuses connections',
    service: evidence.service,
    summary: `${line.value} connections were refused because maxclients is reached.`,
    confidence: 0.9,
    evidence: lines(
      line,
      metricLine(evidence, 'connected_clients', 'connected clients'),
      metricLine(evidence, 'clients_ratio', 'of maxclients in use', { threshold: 0.9 }),
    ),
    advice: [clientsAdvice()],
  });
}

function clientsAdvice(): CauseAdvice {
  return {
    title: 'Find who opens so many connections',
    why: 'A client that connects for every request, or a pool per request, uses up maxclients.',
    effect: 'reads',
    command: 'redis-cli CLIENT LIST | grep -o "addr=[0-9.]*" | sort | uniq -c | sort -rn | head',
    risk: 'Raising maxclients needs file descriptors (ulimit -n).',
    source: 'https://redis.io/docs/latest/develop/reference/clients/#maximum-concurrent-connected-clients',
  };
}

function full(facts: Facts, evidence: CollectedEvidence): Verdict {
  const id = 'cache.full';
  const policy = evidence.facts?.maxmemory_policy;
  const line = metricLine(evidence, 'memory_ratio', `of maxmemory in use, policy ${policy ?? 'unknown'}`, {
    threshold: FULL,
  });
  if (line === undefined) return ruledOutVerdict(id, 'no maxmemory is set');
  const oom = rowsOf(collectedFor(facts, 'redis.commands', evidence.service), 'errors').find(
    (row) => textIn(row, 'error') === 'OOM',
  );
  // A volatile policy evicts nothing once all keys that expire are gone: then writes fail as well.
  const isFull = oom !== undefined || (policy === 'noeviction' && Number(line.value) >= FULL);
  if (!isFull) {
    return ruledOutVerdict(
      id,
      `memory ${formatValue(Number(line.value), 'ratio')} of the limit, policy ${policy ?? 'unknown'}`,
    );
  }
  return causeVerdict({
    id,
    title: 'The cache is full and takes no more writes',
    service: evidence.service,
    summary: `Redis uses ${formatValue(Number(line.value), 'ratio')} of maxmemory and its policy ${policy === 'noeviction' ? 'is noeviction' : `(${policy}) finds nothing to evict`}: writes fail with "OOM command not allowed".`,
    confidence: oom ? 0.95 : 0.85,
    evidence: [
      ...lines(line),
      ...(oom
        ? [
            {
              probe: 'redis.commands',
              metric: 'per_second',
              value: Number(oom.per_second),
              unit: 'per_second' as const,
              text: 'OOM errors answered in the window',
            },
          ]
        : []),
    ],
    advice: [
      {
        title: 'Let it evict, if it is a cache',
        why: 'A cache may throw away what was not used for long; a store of record may not.',
        effect: 'changes',
        command: 'CONFIG SET maxmemory-policy allkeys-lru',
        risk: 'Keys disappear, also those without a TTL: never where Redis holds queues, sessions or locks.',
        undo: `CONFIG SET maxmemory-policy ${policy ?? 'noeviction'}`,
        source: 'https://redis.io/docs/latest/develop/reference/eviction/',
      },
      moreCacheMemory(
        facts,
        evidence.service,
        'Or give it more memory',
        'The right way where no key may be lost.',
      ),
    ],
  });
}

function fragmented(facts: Facts, evidence: CollectedEvidence): Verdict {
  const id = 'cache.memory_fragmentation';
  const line = metricLine(evidence, 'fragmentation_ratio', 'memory of the process per byte in use', {
    threshold: FRAGMENTED,
  });
  const used = metricFor(facts, PROBE, evidence.service, 'used_memory_bytes');
  if (line === undefined || used === undefined) return undecidedVerdict(id, 'memory was not measured');
  const ratio = Number(line.value);
  if (used < LEAST_USED_BYTES) return ruledOutVerdict(id, `only ${formatValue(used, 'bytes')} in use`);
  if (ratio <= FRAGMENTED) return ruledOutVerdict(id, `fragmentation ratio ${ratio}`);
  return causeVerdict({
    id,
    title: 'The cache loses memory to fragmentation',
    service: evidence.service,
    summary: `Redis holds ${formatValue(used * ratio, 'bytes')} of memory for ${formatValue(used, 'bytes')} in use (ratio ${ratio}).`,
    confidence: ratio >= 2 ? 0.55 : 0.42,
    evidence: lines(line, metricLine(evidence, 'used_memory_bytes', 'in use')),
    advice: [
      {
        title: 'Let Redis defragment while it runs',
        why: 'It moves values together and gives pages back.',
        effect: 'changes',
        command: 'CONFIG SET activedefrag yes',
        risk: 'Takes some CPU; not every build supports it.',
        undo: 'CONFIG SET activedefrag no',
        source:
          'https://redis.io/docs/latest/operate/oss_and_stack/management/optimization/memory-optimization/',
      },
    ],
  });
}
