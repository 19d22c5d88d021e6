import type { Column, Table } from '../../../core/evidence.ts';
import { topRows } from '../../../core/top-rows.ts';
import { toEndpoint } from './addresses.ts';
import type { Flow, Flows } from './flows.ts';
import type { NetworkReading } from './network-reading.ts';
import type { PeerNames } from './peer-names.ts';

const MAX_ROWS = 20;

const FLOW_COLUMNS: readonly Column[] = [
  { name: 'name', title: 'Container' },
  { name: 'connections', title: 'Connections', unit: 'count' },
  { name: 'opened', title: 'New in the window', unit: 'count' },
  { name: 'unanswered', title: 'Not answered', unit: 'count' },
  { name: 'close_wait', title: 'Not closed', unit: 'count' },
  { name: 'time_wait', title: 'Time wait', unit: 'count' },
  { name: 'unread_bytes', title: 'Not read', unit: 'bytes' },
  { name: 'unsent_bytes', title: 'Not acknowledged', unit: 'bytes' },
];

/** Sockets by state, by peer that the container calls, by peer that calls it, and by listening port. */
export function toSocketTables(
  { outgoing, incoming, listeners }: Flows,
  reading: NetworkReading,
  names: PeerNames,
): readonly Table[] {
  const flowCells = (flow: Flow) => [
    names(flow.address, flow.port) ?? null,
    flow.established,
    flow.opened,
    flow.unanswered,
    flow.closeWait,
    flow.timeWait,
    flow.unreadBytes,
    flow.unsentBytes,
  ];
  return [
    {
      name: 'peers',
      title: 'Connections by peer that is called',
      columns: [{ name: 'peer', title: 'Peer' }, ...FLOW_COLUMNS],
      ...topRows(outgoing, MAX_ROWS, (flow) => [toEndpoint(flow.address, flow.port), ...flowCells(flow)]),
    },
    {
      name: 'clients',
      title: 'Connections by client',
      columns: [{ name: 'client', title: 'Client' }, { name: 'port', title: 'To port' }, ...FLOW_COLUMNS],
      ...topRows(incoming, MAX_ROWS, (flow) => [flow.address, String(flow.port), ...flowCells(flow)]),
    },
    {
      name: 'listeners',
      title: 'Listening ports',
      columns: [
        { name: 'listener', title: 'Listens on' },
        { name: 'waiting_before', title: 'Waiting to be accepted, before', unit: 'count' },
        { name: 'waiting', title: 'Waiting to be accepted', unit: 'count' },
      ],
      ...topRows(listeners, MAX_ROWS, ({ address, port, waitingBefore, waiting }) => [
        toEndpoint(address, port),
        waitingBefore,
        waiting,
      ]),
    },
    stateTable(reading),
  ];
}

function stateTable({ sockets }: NetworkReading): Table {
  const counts = new Map<string, number>();
  for (const { state } of sockets) counts.set(state, (counts.get(state) ?? 0) + 1);
  return {
    name: 'states',
    title: 'TCP sockets by state',
    columns: [
      { name: 'state', title: 'State' },
      { name: 'sockets', title: 'Sockets', unit: 'count' },
    ],
    rows: [...counts].sort(([, a], [, b]) => b - a),
  };
}
