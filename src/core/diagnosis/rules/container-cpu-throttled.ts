import { formatValue } from '../../unit.ts';
import type { CauseAdvice } from '../cause.ts';
import { type ContainerVerdict, containerRule } from '../container-rule.ts';
import { type ContainerView, processText } from '../container-view.ts';
import { changeCpuLimit } from '../cpu-limit.ts';
import { lines } from '../evidence-line.ts';
import { orFromPrometheus } from '../from-prometheus.ts';

/** Share of CFS periods from which throttling hurts: kubernetes-mixin, `CPUThrottlingHigh`. */
export const THROTTLED_HIGH = 0.25;

const atContainer = containerRule({
  id: 'container.cpu_throttled',
  needs: 'stats',
  judge(view): ContainerVerdict | undefined {
    const throttled = view.value('stats', 'throttled_ratio');
    const cores = view.value('stats', 'cpu_cores');
    const limit = view.value('stats', 'cpu_limit_cores');
    if (cores === undefined || limit === undefined) return undefined;
    if (throttled === undefined) return { clear: 'no CPU quota is set', near: 0 };
    const share = formatValue(throttled, 'ratio');
    if (throttled < THROTTLED_HIGH) {
      return {
        clear: `throttled in ${share} of the CPU periods (mark: 25 %)`,
        near: throttled / THROTTLED_HIGH,
      };
    }
    return {
      found: {
        title: 'CPU quota too small',
        summary: `${view.service} was stopped by its CPU quota in ${share} of the periods: it used ${formatValue(cores, 'cores')} of the ${formatValue(limit, 'cores')} it may use${processText(view)}.`,
        confidence: confidenceOf(view, throttled, limit),
        evidence: lines(
          view.line(
            'stats',
            'throttled_ratio',
            `stopped by the quota in ${share} of the CPU periods`,
            THROTTLED_HIGH,
          ),
          view.line('top', 'top_process_cpu_cores', `busiest process: ${view.topProcess ?? 'unknown'}`),
          view.line('stats', 'cpu_ratio', `CPU at ${formatValue(cores / limit, 'ratio')} of the limit`),
          view.line(
            'stats',
            'cpu_limit_cores',
            `limit of ${formatValue(limit, 'cores')}${usualLimit(view, limit)}`,
          ),
        ),
        against: isUsual(view, throttled)
          ? lines(view.line('stats', 'throttled_ratio', 'it is throttled as much at other times'))
          : [],
        advice: [raiseLimit(view, limit)],
      },
    };
  },
});

/** The CPU quota stops the container in many periods, so requests wait although CPU% looks low. */
export const containerCpuThrottledRule = orFromPrometheus(atContainer, {
  id: 'container.cpu_throttled',
  measured: { probe: 'docker.stats', metric: 'cpu_cores' },
  metric: 'throttled_ratio',
  mark: THROTTLED_HIGH,
  clear: ({ value }) => `throttled in ${formatValue(value, 'ratio')} of the CPU periods (mark: 25 %)`,
  found: ({ service, value, line }) => ({
    title: 'CPU quota too small',
    summary: `${service} was stopped by its CPU quota in ${formatValue(value, 'ratio')} of the periods, by what cAdvisor tells Prometheus.`,
    confidence: value >= 0.5 ? 0.8 : 0.7,
    evidence: lines(line('stopped by the quota, share of CPU periods')),
    against: [],
    advice: [
      {
        title: 'Raise the CPU limit of the container',
        why: 'In every period of 100 ms the kernel stops the container as soon as its share is used up; what it was doing waits for the next period.',
        source: 'https://docs.docker.com/engine/containers/resource_constraints/#cpu',
      },
    ],
  }),
});

function confidenceOf(view: ContainerView, throttled: number, limit: number): number {
  const usual = view.usual('stats', 'cpu_limit_cores');
  // A limit that was lowered is the change that explains it.
  if (usual !== undefined && limit < 0.9 * usual) return 0.97;
  if (isUsual(view, throttled)) return 0.65;
  return throttled >= 0.5 ? 0.93 : 0.8;
}

function isUsual(view: ContainerView, throttled: number): boolean {
  const usual = view.usual('stats', 'throttled_ratio');
  return usual !== undefined && usual >= 0.8 * throttled;
}

function usualLimit(view: ContainerView, limit: number): string {
  const usual = view.usual('stats', 'cpu_limit_cores');
  return usual !== undefined && limit < 0.9 * usual ? `, usually ${formatValue(usual, 'cores')}` : '';
}

function raiseLimit(view: ContainerView, limit: number): CauseAdvice {
  const online = view.value('stats', 'online_cpus');
  const base = {
    title: 'Raise the CPU limit of the container',
    why: 'In every period of 100 ms the kernel stops the container as soon as its share is used up; what it was doing waits for the next period.',
    risk: 'Other containers on this machine get less CPU. Takes effect at once, without a restart; set it in the compose file as well or the next deployment undoes it.',
    source: 'https://docs.docker.com/engine/containers/resource_constraints/#cpu',
  };
  if (online === undefined)
    return { ...base, why: `${base.why} How many CPUs the machine has is not known.` };
  if (limit >= online)
    return {
      ...base,
      title: 'Let it compute less, or give the machine more CPUs',
      why: `${base.why} The limit is all that the machine has: ${formatValue(online, 'cores')}.`,
    };
  // Docker refuses more than the machine has.
  return { ...base, effect: 'changes', ...changeCpuLimit(view, limit, Math.min(2 * limit, online)) };
}
