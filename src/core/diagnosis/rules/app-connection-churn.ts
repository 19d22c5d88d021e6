import { formatValue } from '../../unit.ts';
import type { CauseAdvice, EvidenceLine } from '../cause.ts';
import { type ContainerVerdict, containerRule } from '../container-rule.ts';
import type { ContainerView } from '../container-view.ts';
import { lines } from '../evidence-line.ts';
import type { Facts } from '../facts.ts';
import { clientsOf, type Peer, peersOf } from '../peers.ts';

/** Linux keeps a closed connection for 60 s: 1000 of them are 17 new ones a second. */
const MANY_CLOSED = 1000;
const MANY_PER_SECOND = 15;
/** From here on setting up connections is a cost of its own. */
const VERY_MANY_PER_SECOND = 100;
/** There are 28,232 local ports for one peer (`ip_local_port_range` 32768-60999). */
const PORTS_RUN_OUT = 20_000;
/** A peer that makes up less of them is one of many, as browsers are: they cannot share connections. */
const ONE_PEER = 0.5;
const NO_PORTS = /EADDRNOTAVAIL|cannot assign requested address/i;

/** Connections are opened, used once and closed: nobody keeps them alive. */
export const appConnectionChurnRule = containerRule({
  id: 'app.connection_churn',
  needs: 'sockets',
  judge(view, facts): ContainerVerdict | undefined {
    const closed = view.value('sockets', 'connections_time_wait');
    if (closed === undefined) return undefined;
    const opened = view.value('sockets', 'connections_opened_per_second') ?? 0;
    const accepted = view.value('sockets', 'connections_accepted_per_second') ?? 0;
    const rate = Math.max(opened, accepted);
    const text = `${formatValue(rate, 'per_second')} new connections, ${formatValue(closed, 'count')} closed ones in TIME_WAIT`;
    if (rate < MANY_PER_SECOND && closed < MANY_CLOSED)
      return { clear: text, near: Math.max(rate / MANY_PER_SECOND, closed / MANY_CLOSED) };
    const churn = { ...towards(view, facts, opened >= accepted), rate, closed, noPorts: noPortsLine(view) };
    if (churn.peer === undefined && churn.spread)
      return { clear: `${text}, of many different clients`, near: 0.5 };
    return { found: { title: 'Connections are used once', ...toCause(view, churn, text) } };
  },
});

interface Churn {
  readonly isOutgoing: boolean;
  readonly peer: Peer | undefined;
  /** True when the connections are those of many peers. */
  readonly spread: boolean;
  readonly rate: number;
  readonly closed: number;
  readonly noPorts: EvidenceLine | undefined;
}

/** With whom: the peer that makes up most of the new and the closed connections. */
function towards(view: ContainerView, facts: Facts, isOutgoing: boolean) {
  const peers = isOutgoing ? peersOf(view, facts) : clientsOf(view, facts);
  const weight = ({ opened, timeWait }: Peer) => Math.max(opened, timeWait);
  const total = peers.reduce((sum, peer) => sum + weight(peer), 0);
  const largest = peers.toSorted((a, b) => weight(b) - weight(a))[0];
  const peer = largest && total > 0 && weight(largest) >= ONE_PEER * total ? largest : undefined;
  return { isOutgoing, peer, spread: total > 0 && peer === undefined };
}

function toCause(view: ContainerView, churn: Churn, text: string) {
  const { isOutgoing, peer, noPorts } = churn;
  const whom = peer === undefined ? '' : `, most of them ${isOutgoing ? 'to' : 'from'} ${peer.label}`;
  return {
    summary: `${view.service} ${isOutgoing ? 'opens' : 'gets'} connections that are used once: ${text}${whom}.`,
    confidence: confidenceOf(churn),
    evidence: lines(
      view.line(
        'sockets',
        isOutgoing ? 'connections_opened_per_second' : 'connections_accepted_per_second',
        `new connections${whom}`,
        MANY_PER_SECOND,
      ),
      view.line(
        'sockets',
        'connections_time_wait',
        'closed connections that hold a port for a minute',
        MANY_CLOSED,
      ),
      noPorts,
    ),
    against: [],
    advice: adviceFor(view, isOutgoing),
  };
}

/** It costs round trips and CPU; it stops a service only when the ports run out. */
function confidenceOf({ rate, closed, peer, noPorts, isOutgoing }: Churn): number {
  const held = Math.max(peer?.timeWait ?? 0, isOutgoing ? closed : 0);
  if (noPorts !== undefined || (isOutgoing && held >= PORTS_RUN_OUT)) return 0.9;
  return rate >= VERY_MANY_PER_SECOND ? 0.5 : 0.38;
}

function noPortsLine(view: ContainerView): EvidenceLine | undefined {
  const row = view.patterns.find(
    ({ count, pattern, example }) => count > 0 && NO_PORTS.test(`${pattern} ${example}`),
  );
  return (
    row && {
      probe: 'docker.logs',
      metric: 'patterns',
      value: row.count,
      unit: 'count',
      text: `in its log: ${row.example.slice(0, 160)}`,
    }
  );
}

function adviceFor({ container }: ContainerView, isOutgoing: boolean): readonly CauseAdvice[] {
  const look: CauseAdvice = {
    title: 'See whom the closed connections were with',
    why: 'Each new connection costs a round trip, with TLS three and some CPU, and holds a port for a minute.',
    effect: 'reads',
    command: `nsenter -t $(docker inspect --format '{{.State.Pid}}' ${container}) -n ss -tan state time-wait`,
    risk: 'Needs root on the host.',
    source: 'https://man7.org/linux/man-pages/man8/ss.8.html',
  };
  if (isOutgoing)
    return [
      {
        title: 'Keep connections and share them',
        why: 'One agent or pool for the whole process, made once: new http.Agent({ keepAlive: true }) in Node.js, a pool for a database.',
        source: 'https://nodejs.org/api/http.html#new-agentoptions',
      },
      look,
    ];
  return [
    {
      title: 'Let callers keep their connections',
      why: 'A proxy before it needs keepalive in its upstream and an empty Connection header; the server a keep-alive time longer than that of its callers.',
      source: 'https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive',
    },
    look,
  ];
}
