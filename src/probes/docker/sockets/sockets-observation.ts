import type { Gap, Metric, Observation } from '../../../core/evidence.ts';
import type { Unit } from '../../../core/unit.ts';
import { type Flow, type Flows, sizeOf, standing, toFlows } from './flows.ts';
import { growth } from './network-counters.ts';
import type { NetworkReading } from './network-reading.ts';
import type { PeerNames } from './peer-names.ts';
import { toSocketTables } from './socket-tables.ts';

export interface NetworkReadings {
  readonly before: NetworkReading;
  readonly after: NetworkReading;
  readonly windowMs: number;
  readonly names: PeerNames;
}

/** What two readings of the sockets of a network namespace say. */
export function toNetworkObservation({ before, after, windowMs, names }: NetworkReadings): Observation {
  const flows = toFlows(before, after);
  return {
    metrics: [
      ...connectionMetrics(flows, after),
      ...queueMetrics(flows),
      ...counterMetrics(before, after, windowMs),
    ],
    tables: toSocketTables(flows, after, names),
    gaps: after.truncated ? [TOO_MANY] : [],
    windowMs,
  };
}

const TOO_MANY: Gap = {
  what: 'all sockets',
  reason:
    'There are more sockets than perfbot reads (about 50,000): the counts by peer and state are too low.',
};

function connectionMetrics({ outgoing, incoming }: Flows, after: NetworkReading): readonly Metric[] {
  const inState = (state: string) => after.sockets.filter((socket) => socket.state === state).length;
  return [
    metric('connections_outgoing', sum(outgoing, sizeOf), 'count'),
    metric('connections_incoming', sum(incoming, sizeOf), 'count'),
    metric('largest_peer_connections', outgoing[0] ? sizeOf(outgoing[0]) : 0, 'count'),
    metric('connections_time_wait', Math.max(after.timeWait ?? 0, inState('time wait')), 'count'),
    metric('connections_close_wait', inState('close wait'), 'count'),
    metric('connections_unanswered', inState('syn sent'), 'count'),
  ];
}

function queueMetrics({ outgoing, incoming, listeners }: Flows): readonly Metric[] {
  const all = [...outgoing, ...incoming];
  return [
    metric('accept_queue', listeners[0] ? standing(listeners[0]) : 0, 'count'),
    metric(
      'unread_bytes',
      sum(all, ({ unreadBytes }) => unreadBytes),
      'bytes',
    ),
    metric(
      'unsent_bytes',
      sum(all, ({ unsentBytes }) => unsentBytes),
      'bytes',
    ),
  ];
}

/** Counters of the kernel (RFC 4022 and Linux' own) and the names under which their growth is reported. */
const RATES = {
  connections_opened_per_second: 'ActiveOpens',
  connections_accepted_per_second: 'PassiveOpens',
  connections_failed_per_second: 'AttemptFails',
  connections_reset_per_second: 'EstabResets',
  retransmits_per_second: 'RetransSegs',
} as const;
const COUNTS = { listen_overflows: 'ListenOverflows', listen_drops: 'ListenDrops' } as const;

function counterMetrics(before: NetworkReading, after: NetworkReading, windowMs: number): readonly Metric[] {
  const grown = (name: string) => growth(before.counters, after.counters, name);
  const [sent, again] = [grown('OutSegs'), grown('RetransSegs')];
  return [
    ...Object.entries(RATES).flatMap(([name, counter]) => {
      const value = grown(counter);
      return value === undefined || windowMs <= 0
        ? []
        : [metric(name, (value * 1000) / windowMs, 'per_second')];
    }),
    ...Object.entries(COUNTS).flatMap(([name, counter]) => {
      const value = grown(counter);
      return value === undefined ? [] : [metric(name, value, 'count')];
    }),
    // OutSegs leaves retransmitted segments out (RFC 4022), so that the share of all is of both.
    ...(sent !== undefined && again !== undefined && sent + again > 0
      ? [metric('retransmit_ratio', again / (sent + again), 'ratio')]
      : []),
  ];
}

function sum(flows: readonly Flow[], value: (flow: Flow) => number): number {
  return flows.reduce((total, flow) => total + value(flow), 0);
}

function metric(name: string, value: number, unit: Unit): Metric {
  return { name, value, unit };
}
