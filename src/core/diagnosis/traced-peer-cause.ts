import { formatValue } from '../unit.ts';
import type { Cause, CauseAdvice, EvidenceLine } from './cause.ts';
import type { ContainerView } from './container-view.ts';
import { lines } from './evidence-line.ts';
import type { HttpView, ResponseTime } from './http-view.ts';
import type { slowPeer } from './trace-evidence.ts';

interface TracedWait {
  readonly view: HttpView;
  readonly responseTime: ResponseTime;
  readonly container: ContainerView | undefined;
  readonly traced: NonNullable<ReturnType<typeof slowPeer>>;
  /** What shows that the event loop waits. */
  readonly loop: EvidenceLine | undefined;
}

/** Waiting for a service that traces name: no other evidence tells it better. */
export function tracedPeerCause(wait: TracedWait): Omit<Cause, 'id' | 'service'> {
  const { view, responseTime, container, traced, loop } = wait;
  return {
    title: `Waits for ${traced.name}`,
    summary: `${view.service.name} takes ${formatValue(responseTime.ms, 'ms')}, and most of it passes in calls to ${traced.name}.`,
    confidence: loop === undefined ? 0.85 : 0.9,
    evidence: lines(
      responseTime.line,
      traced.line,
      container?.line('stats', 'cpu_ratio', 'computes little: CPU as a share of its limit'),
      loop,
    ),
    against: [],
    advice: [FOLLOW_TRACE],
  };
}

const FOLLOW_TRACE: CauseAdvice = {
  title: 'Look into the service that it waits for',
  why: 'The table of slowest traces names traces to open: the call is the long bar, and what is below it says where its time goes. Meanwhile a timeout shorter than your users wait, and a cached or missing answer in its place, keep it from spreading.',
  source: 'https://sre.google/sre-book/addressing-cascading-failures/',
};
