import { formatValue } from '../../unit.ts';
import type { CauseAdvice } from '../cause.ts';
import { type ContainerVerdict, containerRule } from '../container-rule.ts';
import { ageOf, type ContainerView } from '../container-view.ts';
import { lines } from '../evidence-line.ts';
import { orFromPrometheus } from '../from-prometheus.ts';
import { heapBelowLimit, heapShareLine } from '../heap-cap.ts';
import { raiseMemory } from '../memory-advice.ts';
import { isNode } from '../node-advice.ts';

/** The guide's KPI for memory. */
const NEAR_LIMIT = 0.9;
/** More than this above the usual is growth, in bytes and as a factor: caches fill and empty by less. */
const LEAST_GROWTH_BYTES = 50e6;
const GROWTH_FACTOR = 1.5;

const nearLimit = containerRule({
  id: 'container.memory_near_limit',
  needs: 'stats',
  judge(view, facts): ContainerVerdict | undefined {
    const limit = view.value('stats', 'memory_limit_bytes');
    const ratio = view.value('stats', 'memory_ratio');
    if (ratio === undefined) return undefined;
    if (limit === undefined) return { clear: 'no memory limit is set', near: 0 };
    const share = `${formatValue(ratio, 'ratio')} of its memory limit of ${formatValue(limit, 'bytes')}`;
    if (ratio < NEAR_LIMIT) return { clear: `uses ${share}`, near: ratio / NEAR_LIMIT };
    const usual = view.usual('stats', 'memory_ratio');
    const asUsual = usual !== undefined && usual >= 0.95 * ratio;
    return {
      found: {
        title: 'Memory close to its limit',
        summary: `${view.service} uses ${share}, page cache not counted: the next rise ends in a kill by the kernel, and garbage collection works harder until then.`,
        confidence: asUsual ? 0.4 : ratio >= 0.97 ? 0.8 : 0.7,
        evidence: lines(
          view.line('stats', 'memory_ratio', `memory at ${share}`, NEAR_LIMIT),
          view.line('stats', 'oom_events', 'out-of-memory kills in the last hour'),
          view.line('stats', 'memory_pressure_some_ratio', 'share of time in which it waited for memory'),
          heapShareLine(view),
        ),
        against: asUsual ? lines(view.line('stats', 'memory_ratio', 'it is as full at other times')) : [],
        advice: [raiseMemory(view, facts), ...heapBelowLimit(view)],
      },
    };
  },
});

/** Hardly any memory is left before the kernel kills a process of the container. */
export const containerMemoryNearLimitRule = orFromPrometheus(nearLimit, {
  id: 'container.memory_near_limit',
  measured: { probe: 'docker.stats', metric: 'memory_ratio' },
  metric: 'memory_ratio',
  mark: NEAR_LIMIT,
  clear: ({ value }) => `uses ${formatValue(value, 'ratio')} of its memory limit`,
  found: ({ service, value, line }) => ({
    title: 'Memory close to its limit',
    summary: `${service} uses ${formatValue(value, 'ratio')} of its memory limit, by what cAdvisor tells Prometheus: the next rise may end in a kill by the kernel.`,
    confidence: value >= 0.97 ? 0.65 : 0.55,
    evidence: lines(line('working set of the memory limit')),
    against: [],
    advice: [
      {
        title: 'Give the container more memory',
        why: 'The kernel kills a process of the container at its limit. Compare with the usual level first: a leak fills every limit.',
        source: 'https://docs.docker.com/engine/containers/resource_constraints/#memory',
      },
    ],
  }),
});

/** The container uses far more memory than it usually does. One reading cannot tell a leak from a large job. */
export const appMemoryGrowthRule = containerRule({
  id: 'app.memory_growth',
  needs: 'stats',
  judge(view): ContainerVerdict | undefined {
    const used = view.value('stats', 'memory_used_bytes');
    const usual = view.usual('stats', 'memory_used_bytes');
    if (used === undefined) return undefined;
    if (usual === undefined) return { unclear: 'what it usually uses is not known yet' };
    const text = `uses ${formatValue(used, 'bytes')}, usually ${formatValue(usual, 'bytes')}`;
    if (used < GROWTH_FACTOR * usual || used - usual < LEAST_GROWTH_BYTES) {
      return { clear: text, near: Math.min(0.99, used / (GROWTH_FACTOR * usual)) };
    }
    const ratio = view.value('stats', 'memory_ratio');
    return {
      found: {
        title: 'Memory has grown',
        summary: `${view.service} ${text}.`,
        confidence: ratio !== undefined && ratio >= 0.7 ? 0.6 : 0.5,
        evidence: lines(
          view.line('stats', 'memory_used_bytes', text),
          view.line(
            'stats',
            'memory_ratio',
            `${formatValue(ratio ?? Number.NaN, 'ratio')} of what it may use`,
          ),
        ),
        against: restartedLately(view)
          ? lines(view.factLine('started_at', 'it started a short time ago'))
          : [],
        advice: [growthAdvice(view)],
      },
    };
  },
});

function growthAdvice(view: ContainerView): CauseAdvice {
  const node = isNode(view);
  return {
    title: node ? 'See what keeps the memory' : 'Watch whether it falls again',
    why: node
      ? 'A leak only grows; a large job or a filled cache falls or levels off. With node: { inspect: true } in services.yaml the run tells the heap from the rest.'
      : 'A leak only grows; a large job or a filled cache falls or levels off.',
    effect: 'reads',
    command: node ? `/perf run memory ${view.service}` : '/perf trends 7d',
    ...(node && { risk: 'The inspector of the process is open on its own loopback for some seconds.' }),
    source: 'https://nodejs.org/en/learn/diagnostics/memory/using-heap-profiler',
  };
}

function restartedLately(view: ContainerView): boolean {
  return (ageOf(view, 'started_at') ?? Number.POSITIVE_INFINITY) < 600_000;
}
