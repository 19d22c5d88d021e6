import { withDependencies } from '../../inventory/service.ts';
import { formatValue } from '../../unit.ts';
import type { Cause, CauseAdvice, EvidenceLine } from '../cause.ts';
import { type ContainerView, containerViews } from '../container-view.ts';
import { lines, metricLine } from '../evidence-line.ts';
import { collectedFor, type Facts, metricFor } from '../facts.ts';
import { type HttpVerdict, httpRule } from '../http-rule.ts';
import type { HttpView, ResponseTime } from '../http-view.ts';
import { slowPeer } from '../trace-evidence.ts';

const IDLE_CPU_RATIO = 0.5;
/** One JavaScript thread is at its end at 1 core; half of it is waiting. */
const IDLE_CORES = 0.5;
const THROTTLED = 0.1;
const SERVER_SHARE = 0.7;
const LONG_QUERY_MS = 500;
const WAITING =
  /ETIMEDOUT|ECONNRESET|ESOCKETTIMEDOUT|socket hang up|fetch failed|UND_ERR|upstream|timed? ?out/i;

/** The service waits while it has CPU, its databases are idle and its cache is quick: then it waits for somebody else. */
export const depDownstreamSlowRule = httpRule({
  id: 'dep.downstream_slow',
  judge(view, facts): HttpVerdict | undefined {
    const { responseTime, service } = view;
    if (responseTime === undefined) return undefined;
    if (!responseTime.isSlow) return { clear: `answers within ${formatValue(responseTime.ms, 'ms')}` };
    const ttfb = view.value('ttfb_p95_ms');
    if (ttfb !== undefined && ttfb < SERVER_SHARE * responseTime.ms)
      return { clear: 'most of the time passes outside the service' };
    const container = containerViews(facts).find((candidate) => candidate.service === service.name);
    const cpu = container?.value('stats', 'cpu_ratio');
    const peer = slowPeer(facts, service);
    if (peer !== undefined && (container === undefined || !isComputing(container)))
      return { found: toCause({ view, responseTime, container, idle: [], peer }) };
    if (container === undefined || cpu === undefined)
      return { unclear: 'its CPU was not measured, so computing cannot be told from waiting' };
    if (isComputing(container))
      return { clear: `it computes (CPU ${formatValue(cpu, 'ratio')} of its limit)` };
    const stores = storesOf(view, facts);
    if (stores.busy !== undefined) return { clear: stores.busy };
    if (stores.unmeasured.length > 0)
      return { unclear: `${stores.unmeasured.join(' and ')} not measured: it may wait for that` };
    return { found: toCause({ view, responseTime, container, idle: stores.idle }) };
  },
});

function toCause(seen: {
  readonly view: HttpView;
  readonly responseTime: ResponseTime;
  readonly container: ContainerView | undefined;
  readonly idle: readonly EvidenceLine[];
  /** Named by traces. */
  readonly peer?: NonNullable<ReturnType<typeof slowPeer>>;
}): Omit<Cause, 'id' | 'service'> {
  const { view, responseTime, container, idle, peer } = seen;
  const logged = container?.patterns.find(({ pattern, example }) => WAITING.test(`${pattern} ${example}`));
  const took = formatValue(responseTime.ms, 'ms');
  return {
    title: peer === undefined ? 'Waits for another service' : `Waits for ${peer.name}`,
    summary:
      peer !== undefined
        ? `${view.service.name} takes ${took}, and most of it passes in calls to ${peer.name}.`
        : `${view.service.name} takes ${took} but computes little${idle.length > 0 ? ', and its databases are idle' : ''}: it waits for something that it calls.`,
    confidence: peer !== undefined ? 0.85 : 0.45 + (idle.length > 0 ? 0.1 : 0) + (logged ? 0.15 : 0),
    evidence: lines(
      responseTime.line,
      peer?.line,
      container?.line('stats', 'cpu_ratio', 'computes little: CPU as a share of its limit', IDLE_CPU_RATIO),
      ...idle,
      logged && {
        probe: 'docker.logs',
        metric: 'patterns',
        value: logged.count,
        unit: 'count',
        text: `in its log: ${logged.example.slice(0, 160)}`,
      },
    ),
    against: [],
    advice:
      peer !== undefined || container === undefined
        ? [followTrace]
        : [
            {
              title: 'Name the one it waits for',
              why: 'Connections of the process by peer, during slow requests, show where its calls are.',
              effect: 'reads',
              command: `nsenter -t $(docker inspect --format '{{.State.Pid}}' ${container.container}) -n ss -tnp`,
              risk: 'Needs root on the host.',
              source: 'https://man7.org/linux/man-pages/man8/ss.8.html',
            },
          ],
  };
}

const followTrace: CauseAdvice = {
  title: 'Look into the service that it waits for',
  why: 'The table of slowest traces names traces to open: the call is the long bar, and what is below it says where its time goes. Meanwhile a timeout shorter than your users wait, and a cached or missing answer in its place, keep it from spreading.',
  source: 'https://sre.google/sre-book/addressing-cascading-failures/',
};

function isComputing(container: ContainerView): boolean {
  return (
    (container.value('stats', 'cpu_ratio') ?? 0) >= IDLE_CPU_RATIO ||
    (container.value('stats', 'cpu_cores') ?? 0) >= IDLE_CORES ||
    (container.value('stats', 'throttled_ratio') ?? 0) >= THROTTLED
  );
}

interface Stores {
  readonly idle: readonly EvidenceLine[];
  /** Why a store may be what it waits for. */
  readonly busy: string | undefined;
  readonly unmeasured: readonly string[];
}

function storesOf({ service }: HttpView, facts: Facts): Stores {
  const stores = withDependencies(facts.services, service).filter(
    ({ role }) => role === 'postgres' || role === 'redis',
  );
  const judged = stores.map(({ name, role }) =>
    role === 'postgres' ? judgePostgres(name, facts) : judgeRedis(name, facts),
  );
  return {
    idle: judged.flatMap(({ line }) => line ?? []),
    busy: judged.find(({ busy }) => busy !== undefined)?.busy,
    unmeasured: stores
      .filter((_, index) => judged[index]?.line === undefined && !judged[index]?.busy)
      .map(({ name }) => name),
  };
}

interface Judged {
  readonly line?: EvidenceLine | undefined;
  readonly busy?: string | undefined;
}

function judgePostgres(name: string, facts: Facts): Judged {
  const longest = metricFor(facts, 'postgres.activity', name, 'longest_query_ms');
  const blocked = metricFor(facts, 'postgres.locks', name, 'blocked_sessions') ?? 0;
  const mean = metricFor(facts, 'postgres.statements', name, 'mean_exec_time_ms') ?? 0;
  if (blocked > 0) return { busy: `${name} has ${blocked} sessions that wait for locks` };
  if (mean >= LONG_QUERY_MS || (longest ?? 0) >= LONG_QUERY_MS)
    return { busy: `${name} works on queries of ${formatValue(Math.max(mean, longest ?? 0), 'ms')}` };
  const evidence = collectedFor(facts, 'postgres.activity', name);
  return { line: metricLine(evidence, 'connections_active', `${name}: no long query, nothing blocked`) };
}

function judgeRedis(name: string, facts: Facts): Judged {
  const slowest = metricFor(facts, 'redis.slowlog', name, 'slowest_ms') ?? 0;
  if (slowest >= LONG_QUERY_MS) return { busy: `${name} had a command of ${formatValue(slowest, 'ms')}` };
  const evidence = collectedFor(facts, 'redis.slowlog', name) ?? collectedFor(facts, 'redis.info', name);
  const metric = evidence?.probe === 'redis.slowlog' ? 'slow_commands' : 'ops_per_second';
  return { line: metricLine(evidence, metric, `${name}: no slow command`) };
}
