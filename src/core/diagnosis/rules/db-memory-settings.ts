import type { CollectedEvidence } from '../../evidence.ts';
import { metricValue } from '../../evidence.ts';
import { formatValue } from '../../unit.ts';
import type { CauseAdvice, EvidenceLine, Verdict } from '../cause.ts';
import { changeSetting } from '../change-setting.ts';
import { lines, metricLine } from '../evidence-line.ts';
import { collectedBy, collectedFor, type Facts, metricFor } from '../facts.ts';
import type { DiagnosisRule } from '../rule.ts';
import { causeVerdict, ruledOutVerdict, undecidedVerdict } from '../verdicts.ts';

const ID = 'db.memory_settings';
const MIB = 1024 ** 2;

/** PostgreSQL's documentation: a quarter of memory is a good start, more than 40 % hardly ever better. */
const SHARED_BUFFERS = { good: 0.25, least: 0.1, most: 0.45 } as const;
/** Half to three quarters is what its documentation and pgtune take. */
const CACHE_SHARE = 0.75;
/** pgtune: a session may use work_mem several times in one plan. */
const WORK_MEM_USES = 3;
const LOW_HIT_RATIO = 0.95;
const RESOURCES = 'https://www.postgresql.org/docs/current/runtime-config-resource.html';

/** The memory that a database server may use, and where that was seen. */
export interface Memory {
  readonly bytes: number;
  /** `the container` or `the machine`. */
  readonly of: string;
  readonly line: EvidenceLine;
}

/** Memory settings that do not fit to the memory that there is: most of it left alone, or more promised than there is. */
export const dbMemorySettingsRule: DiagnosisRule = {
  ids: [ID],
  evaluate: (facts) =>
    collectedBy(facts, 'postgres.settings').map((evidence) => {
      const memory = memoryOf(facts, evidence);
      if (memory === undefined)
        return undecidedVerdict(ID, `the memory of the machine of ${evidence.service} was not measured`);
      return judge(facts, evidence, memory);
    }),
};

/** What the server may use: the limit of its container, all of the machine without one, or the machine perfbot shares with it. */
export function memoryOf(facts: Facts, settings: CollectedEvidence): Memory | undefined {
  const stats = collectedFor(facts, 'docker.stats', settings.service);
  const limit = metricLine(stats, 'memory_limit_bytes', 'memory limit of its container');
  if (limit !== undefined) return { bytes: Number(limit.value), of: 'the container', line: limit };
  const used = stats && metricValue(stats, 'memory_used_bytes');
  const ratio = stats && metricValue(stats, 'memory_ratio');
  if (used !== undefined && ratio !== undefined && ratio > 0) {
    const bytes = Math.round(used / ratio);
    const line = { probe: 'docker.stats', metric: 'memory_ratio', value: bytes, unit: 'bytes' } as const;
    return {
      bytes,
      of: 'the machine',
      line: { ...line, text: 'memory of the machine; its container has no limit' },
    };
  }
  if (settings.facts?.same_machine !== 'yes') return undefined;
  const [host] = collectedBy(facts, 'host.memory');
  const total = metricLine(host, 'memory_total_bytes', 'memory of the machine');
  return total && { bytes: Number(total.value), of: 'the machine', line: total };
}

function judge(facts: Facts, evidence: CollectedEvidence, memory: Memory): Verdict {
  const shared = metricValue(evidence, 'shared_buffers_bytes') ?? 0;
  const possible = metricValue(evidence, 'work_mem_possible_bytes') ?? 0;
  const share = shared / memory.bytes;
  const size = `${formatValue(memory.bytes, 'bytes')} of ${memory.of}`;
  const sharedLine = metricLine(evidence, 'shared_buffers_bytes', 'shared_buffers');
  if (shared + possible > memory.bytes) {
    return verdictOf(facts, evidence, {
      memory,
      confidence: 0.4,
      summary: `shared_buffers (${formatValue(shared, 'bytes')}) and work_mem times max_connections (${formatValue(possible, 'bytes')}) can take more than the ${size}: under load the server runs out of memory.`,
      found: lines(
        metricLine(evidence, 'work_mem_possible_bytes', 'work_mem times max_connections', {
          threshold: Math.round(memory.bytes - shared),
        }),
        sharedLine,
      ),
    });
  }
  if (share < SHARED_BUFFERS.least || share > SHARED_BUFFERS.most) {
    const hit = metricFor(facts, 'postgres.database', evidence.service, 'cache_hit_ratio');
    const hurts = share < SHARED_BUFFERS.least && hit !== undefined && hit < LOW_HIT_RATIO;
    return verdictOf(facts, evidence, {
      memory,
      confidence: hurts ? 0.46 : 0.32,
      summary: `shared_buffers is ${formatValue(shared, 'bytes')}, ${formatValue(share, 'ratio')} of the ${size}: ${share < SHARED_BUFFERS.least ? 'most of it is not used for its cache' : 'too little is left for sorting and for the cache of files'}.`,
      found: lines(
        sharedLine,
        hurts
          ? metricLine(
              collectedFor(facts, 'postgres.database', evidence.service),
              'cache_hit_ratio',
              'blocks found in the buffer cache',
              { threshold: LOW_HIT_RATIO },
            )
          : undefined,
      ),
    });
  }
  return ruledOutVerdict(ID, `shared_buffers is ${formatValue(share, 'ratio')} of the ${size}`);
}

function verdictOf(
  facts: Facts,
  evidence: CollectedEvidence,
  found: {
    readonly memory: Memory;
    readonly confidence: number;
    readonly summary: string;
    readonly found: readonly EvidenceLine[];
  },
): Verdict {
  return causeVerdict({
    id: ID,
    title: 'Memory settings do not fit the memory',
    service: evidence.service,
    summary: found.summary,
    confidence: found.confidence,
    evidence: [...found.found, found.memory.line],
    advice: adviceFor(facts, evidence, found.memory),
  });
}

function adviceFor(facts: Facts, evidence: CollectedEvidence, memory: Memory): readonly CauseAdvice[] {
  const { bytes, of } = memory;
  const now = (name: string) => metricValue(evidence, name) ?? 0;
  const connections = Math.max(1, now('max_connections'));
  const shared = goodSharedBuffers(memory);
  const workMem = Math.max(1, Math.floor((bytes - shared * MIB) / (connections * WORK_MEM_USES) / MIB));
  const cache = roundedMib(bytes * CACHE_SHARE);
  const change = (setting: string, mib: number, risk: string) => {
    const { command, undo, needs } = changeSetting(facts, evidence.service, { setting, value: `'${mib}MB'` });
    return { effect: 'changes' as const, command, undo, risk: `${needs} ${risk}` };
  };
  const size = `${formatValue(bytes, 'bytes')} of ${of}`;
  return [
    {
      title: `Set shared_buffers to ${shared} MB, a quarter of the ${size}`,
      why: `It is ${formatValue(now('shared_buffers_bytes'), 'bytes')} now. It is PostgreSQL's own cache of tables and indexes.`,
      ...change(
        'shared_buffers',
        shared,
        of === 'the machine'
          ? 'Take less where other programs need the memory of the machine.'
          : 'The rest of the container has to fit into what is left.',
      ),
      source: `${RESOURCES}#GUC-SHARED-BUFFERS`,
    },
    {
      title: `Set work_mem to ${workMem} MB`,
      why: `What shared_buffers leaves, divided by ${connections} connections that use it ${WORK_MEM_USES} times each. It is ${formatValue(now('work_mem_bytes'), 'bytes')} now. A report that needs more gets it by ALTER ROLE, not by everybody having it.`,
      ...change(
        'work_mem',
        workMem,
        'Too little makes sorts go to disk, too much makes the server run out of memory under load.',
      ),
      source: `${RESOURCES}#GUC-WORK-MEM`,
    },
    {
      title: `Set effective_cache_size to ${cache} MB`,
      why: `It is ${formatValue(now('effective_cache_size_bytes'), 'bytes')} now. It takes no memory: it tells the planner how much of the tables it will find cached.`,
      ...change('effective_cache_size', cache, 'Plans may change.'),
      source: 'https://www.postgresql.org/docs/current/runtime-config-query.html#GUC-EFFECTIVE-CACHE-SIZE',
    },
  ];
}

/** A quarter of the memory, in MB: what PostgreSQL's documentation begins with. */
export function goodSharedBuffers({ bytes }: Memory): number {
  return roundedMib(bytes * SHARED_BUFFERS.good);
}

/** In steps of 16 MB, so that it reads well. */
function roundedMib(bytes: number): number {
  return Math.max(16, Math.floor(bytes / MIB / 16) * 16);
}
