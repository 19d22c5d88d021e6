import { formatValue } from '../../unit.ts';
import { connectionText, isTelling, likelyPeer } from '../awaited-peer.ts';
import type { Cause, CauseAdvice, EvidenceLine } from '../cause.ts';
import { type ContainerView, containerViews } from '../container-view.ts';
import { loopEvidence } from '../event-loop.ts';
import { lines } from '../evidence-line.ts';
import { type Facts, metricFor } from '../facts.ts';
import { type HttpVerdict, httpRule } from '../http-rule.ts';
import type { HttpView, ResponseTime } from '../http-view.ts';
import { type Stores, storesOf } from '../idle-stores.ts';
import { nodeViewOf } from '../node-view.ts';
import { type Peer, peersOf } from '../peers.ts';
import { isPoolWait, poolWait } from '../pool-wait.ts';
import { slowPeer } from '../trace-evidence.ts';
import { tracedPeerCause } from '../traced-peer-cause.ts';
import { waitingLookUps } from './dep-dns-slow.ts';

const IDLE_CPU_RATIO = 0.5;
/** One JavaScript thread is at its end at 1 core; half of it is waiting. */
const IDLE_CORES = 0.5;
const THROTTLED = 0.1;
const SERVER_SHARE = 0.7;
/** Waiting is told by what is not busy, which is never quite certain. */
const SUREST = 0.95;
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
    const upstream = metricFor(facts, 'nginx.access', service.name, 'upstream_time_p95_ms');
    if (upstream !== undefined && upstream < SERVER_SHARE * responseTime.ms)
      return { clear: `its upstream answers within ${formatValue(upstream, 'ms')} (p95)` };
    const container = containerViews(facts).find((candidate) => candidate.service === service.name);
    const cpu = container?.value('stats', 'cpu_ratio');
    const process = nodeViewOf(facts, service.name);
    const loop = loopEvidence(process);
    if (loop.busy) return { clear: `it computes: ${loop.busy.text}` };
    const traced = slowPeer(facts, service);
    if (traced !== undefined && (container === undefined || !isComputing(container)))
      return { found: tracedPeerCause({ view, responseTime, container, traced, loop: loop.idle }) };
    if (container === undefined || cpu === undefined)
      return { unclear: 'its CPU was not measured, so computing cannot be told from waiting' };
    if (isComputing(container))
      return { clear: `it computes (CPU ${formatValue(cpu, 'ratio')} of its limit)` };
    const lookUps = waitingLookUps(process);
    if (lookUps !== undefined) return { clear: lookUps.text };
    return judgeWait({ view, responseTime, container, loop: loop.idle }, facts);
  },
});

/** It does not compute: whom it waits for, as far as its databases are known to be idle. */
function judgeWait(
  seen: Pick<Seen, 'view' | 'responseTime' | 'container' | 'loop'>,
  facts: Facts,
): HttpVerdict {
  const peers = peersOf(seen.container, facts);
  const stores = storesOf(seen.view.service, facts, peers);
  if (stores.busy !== undefined) return { clear: stores.busy };
  const peer = likelyPeer(peers, stores.services);
  if (stores.unmeasured.length > 0 && (peer === undefined || !isTelling(peer)))
    return { unclear: `${stores.unmeasured.join(' and ')} not measured: it may wait for that` };
  const ownPool = poolWait(seen.container);
  if (ownPool !== undefined && (peer === undefined || !isTelling(peer)))
    return { clear: `it waits for a connection of its own pool: ${ownPool.text}` };
  return { found: toCause({ ...seen, stores, peer }) };
}

interface Seen {
  readonly view: HttpView;
  readonly responseTime: ResponseTime;
  readonly container: ContainerView;
  readonly stores: Stores;
  readonly peer: Peer | undefined;
  /** What shows that its event loop waits. */
  readonly loop: EvidenceLine | undefined;
}

function toCause(seen: Seen): Omit<Cause, 'id' | 'service'> {
  const { view, responseTime, container, stores, peer, loop } = seen;
  const { idle, unmeasured } = stores;
  const logged = container.patterns.find(
    (row) => WAITING.test(`${row.pattern} ${row.example}`) && !isPoolWait(row),
  );
  const took = formatValue(responseTime.ms, 'ms');
  const named = peer !== undefined && isTelling(peer) ? peer : undefined;
  const whom = named === undefined ? 'something that it calls' : `${named.label}: ${connectionText(named)}`;
  return {
    title:
      named === undefined ? 'Waits for another service' : `Waits for ${named.service?.name ?? named.label}`,
    summary: `${view.service.name} takes ${took} but computes little${idle.length > 0 && unmeasured.length === 0 ? ', and its databases are idle' : ''}: it waits for ${whom}.`,
    confidence: Math.min(
      SUREST,
      0.45 +
        (idle.length > 0 ? 0.1 : 0) +
        (logged ? 0.15 : 0) +
        (named ? 0.2 : 0) +
        (loop ? 0.15 : 0) -
        (unmeasured.length > 0 ? 0.15 : 0),
    ),
    evidence: lines(
      responseTime.line,
      container.line('stats', 'cpu_ratio', 'computes little: CPU as a share of its limit', IDLE_CPU_RATIO),
      loop,
      ...idle,
      peer && {
        probe: 'docker.sockets',
        metric: 'peers',
        value: peer.connections + peer.unanswered,
        unit: 'count',
        text: `${connectionText(peer)} to ${peer.label}`,
      },
      logged && {
        probe: 'docker.logs',
        metric: 'patterns',
        value: logged.count,
        unit: 'count',
        text: `in its log: ${logged.example.slice(0, 160)}`,
      },
    ),
    against: unmeasured.map((name) => notMeasured(name)),
    advice: [adviceFor(container, named)],
  };
}

function notMeasured(name: string): EvidenceLine {
  const text = `${name} was not measured: it may be that`;
  return { probe: 'docker.sockets', metric: 'peers', value: name, text };
}

function adviceFor({ container }: ContainerView, peer: Peer | undefined): CauseAdvice {
  if (peer?.container !== undefined && peer.container !== container)
    return {
      title: `Look at ${peer.service?.name ?? peer.container}`,
      why: `The time passes there, or on the way: its own log and load tell which. /perf run high-response-time ${peer.service?.name ?? peer.container} looks at both.`,
      effect: 'reads',
      command: `docker logs --since 15m --timestamps ${peer.container}`,
      source: 'https://docs.docker.com/reference/cli/docker/container/logs/',
    };
  return {
    title: 'Name the one it waits for',
    why: 'Connections of the process by peer, during slow requests, show where its calls are.',
    effect: 'reads',
    command: `nsenter -t $(docker inspect --format '{{.State.Pid}}' ${container}) -n ss -tnp`,
    risk: 'Needs root on the host.',
    source: 'https://man7.org/linux/man-pages/man8/ss.8.html',
  };
}

function isComputing(container: ContainerView): boolean {
  return (
    (container.value('stats', 'cpu_ratio') ?? 0) >= IDLE_CPU_RATIO ||
    (container.value('stats', 'cpu_cores') ?? 0) >= IDLE_CORES ||
    (container.value('stats', 'throttled_ratio') ?? 0) >= THROTTLED
  );
}
