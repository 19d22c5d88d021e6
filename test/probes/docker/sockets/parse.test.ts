import { describe, expect, it } from 'vitest';
import { createContainerAddresses } from '../../../../src/probes/docker/container-addresses.ts';
import type { ContainerSummary } from '../../../../src/probes/docker/schemas.ts';
import { parseProcAddress, toEndpoint } from '../../../../src/probes/docker/sockets/addresses.ts';
import { toFlows } from '../../../../src/probes/docker/sockets/flows.ts';
import {
  growth,
  parseNetworkCounters,
  parseTimeWait,
} from '../../../../src/probes/docker/sockets/network-counters.ts';
import type { NetworkReading } from '../../../../src/probes/docker/sockets/network-reading.ts';
import { createPeerNames } from '../../../../src/probes/docker/sockets/peer-names.ts';
import { parseOpenFilesLimit } from '../../../../src/probes/docker/sockets/process-descriptors.ts';
import { parseSocketTable } from '../../../../src/probes/docker/sockets/socket-table.ts';

const HEAD =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const row = (local: string, remote: string, state: string, queues = '00000000:00000000') =>
  `   0: ${local} ${remote} ${state} ${queues} 00:00000000 00000000     0        0 18036 1 0 100 0 0 10 0\n`;

describe('parseProcAddress', () => {
  it.each([
    ['0100007F', 'LE', '127.0.0.1'],
    ['7F000001', 'BE', '127.0.0.1'],
    ['030011AC', 'LE', '172.17.0.3'],
    ['0000000000000000FFFF0000030011AC', 'LE', '172.17.0.3'],
    ['00000000000000000000FFFFAC110003', 'BE', '172.17.0.3'],
    ['B80D0120000000000000000007000000', 'LE', '2001:db8::7'],
    ['00000000000000000000000000000000', 'LE', '::'],
    ['00000000000000000000000001000000', 'LE', '::1'],
    ['nonsense', 'LE', undefined],
    ['0100007', 'LE', undefined],
  ] as const)('%s (%s) is %s', (hex, order, expected) => {
    expect(parseProcAddress(hex, order)).toBe(expected);
  });

  it('writes IPv6 endpoints in brackets', () => {
    expect([toEndpoint('172.17.0.3', 80), toEndpoint('2001:db8::7', 80)]).toEqual([
      '172.17.0.3:80',
      '[2001:db8::7]:80',
    ]);
  });
});

describe('parseSocketTable', () => {
  it('reads IPv4 and IPv6 rows and leaves out what is cut off', () => {
    const text =
      HEAD +
      row('00000000:0BB8', '00000000:0000', '0A', '00000000:00000200') +
      row(
        '0000000000000000FFFF0000020011AC:D431',
        '0000000000000000FFFF0000030011AC:1B58',
        '01',
        '0000000A:00006E00',
      ) +
      row('020011AC:D432', '030011AC:1B58', '99') +
      '   3: 020011AC:D4';
    expect(parseSocketTable(text)).toEqual([
      {
        state: 'listening',
        local: '0.0.0.0',
        localPort: 3000,
        remote: '0.0.0.0',
        remotePort: 0,
        unsentBytes: 0,
        unread: 512,
      },
      {
        state: 'established',
        local: '172.17.0.2',
        localPort: 54321,
        remote: '172.17.0.3',
        remotePort: 7000,
        unsentBytes: 10,
        unread: 28160,
      },
    ]);
  });

  it('takes an empty table', () => {
    expect(parseSocketTable('')).toEqual([]);
    expect(parseSocketTable(HEAD)).toEqual([]);
  });
});

describe('counters', () => {
  const before = parseNetworkCounters(
    'Ip: Forwarding\nIp: 1\nTcp: RtoMin MaxConn ActiveOpens RetransSegs\nTcp: 200 -1 40 7\n',
    'TcpExt: TW ListenOverflows\nTcpExt: 5 1164\nIpExt: InOctets\nIpExt: 99\n',
  );

  it('are read by name, whatever stands before them', () => {
    expect(before.get('ActiveOpens')).toBe(40);
    expect(before.get('ListenOverflows')).toBe(1164);
    expect(before.get('InOctets')).toBeUndefined();
  });

  it('grow between two readings, and are not known when they are missing or went backwards', () => {
    const after = new Map([...before, ['ActiveOpens', 55], ['RetransSegs', 3]]);
    expect(growth(before, after, 'ActiveOpens')).toBe(15);
    expect(growth(before, after, 'RetransSegs')).toBeUndefined();
    expect(growth(before, after, 'ListenDrops')).toBeUndefined();
  });

  it('of closed connections and of open files', () => {
    expect(parseTimeWait('sockets: used 2\nTCP: inuse 0 orphan 0 tw 3000 alloc 2 mem 303\n')).toBe(3000);
    expect(parseTimeWait('TCP: inuse 0\n')).toBeUndefined();
    expect(
      parseOpenFilesLimit('Max open files            64                   128                  files\n'),
    ).toBe(64);
    expect(
      parseOpenFilesLimit('Max open files            unlimited            unlimited            files\n'),
    ).toBeUndefined();
  });
});

describe('toFlows', () => {
  const reading = (rows: string): NetworkReading => ({
    sockets: parseSocketTable(HEAD + rows),
    truncated: false,
    counters: new Map(),
    timeWait: undefined,
  });
  const listen = row('00000000:0BB8', '00000000:0000', '0A', '00000000:00000003');
  const before = reading(listen + row('020011AC:D431', '030011AC:1B58', '01', '00000000:00000064'));
  const after = reading(
    row('00000000:0BB8', '00000000:0000', '0A', '00000000:00000009') +
      row('020011AC:D431', '030011AC:1B58', '01', '00000000:00000032') +
      row('020011AC:D432', '030011AC:1B58', '01', '00000000:00000032') +
      row('020011AC:D433', '030011AC:1B58', '02') +
      row('020011AC:D434', '030011AC:1B58', '06') +
      row('020011AC:0BB8', '010011AC:9000', '08') +
      row('020011AC:0BB8', '010011AC:9001', '01'),
  );

  it('tells who is called from who calls, and counts by peer', () => {
    const { outgoing, incoming } = toFlows(before, after);
    expect(outgoing).toMatchObject([
      { address: '172.17.0.3', port: 7000, established: 2, unanswered: 1, timeWait: 1, opened: 3 },
    ]);
    expect(incoming).toMatchObject([{ address: '172.17.0.1', port: 3000, established: 1, closeWait: 1 }]);
  });

  it('counts only what waited in both readings', () => {
    const { outgoing, listeners } = toFlows(before, after);
    expect(outgoing[0]?.unreadBytes).toBe(50);
    expect(listeners).toEqual([{ address: '0.0.0.0', port: 3000, waitingBefore: 3, waiting: 9 }]);
  });
});

describe('createPeerNames', () => {
  const container = (name: string, address: string, published?: number): ContainerSummary => ({
    Id: name,
    Names: [`/other/${name}`, `/${name}`],
    Image: '',
    Command: '',
    State: 'running',
    Status: '',
    Labels: {},
    Ports: published === undefined ? [] : [{ PrivatePort: 80, PublicPort: published, Type: 'tcp' }],
    NetworkSettings: {
      Networks: { shop: { IPAddress: address, Gateway: '172.18.0.1', GlobalIPv6Address: '' } },
    },
  });
  const addresses = createContainerAddresses([
    container('payments', '172.18.0.3'),
    container('web', '172.18.0.4', 8080),
  ]);
  const names = createPeerNames(addresses, 'api');

  it.each([
    ['172.18.0.3', 7000, 'payments'],
    ['172.18.0.1', 8080, 'web'],
    ['172.18.0.1', 9999, undefined],
    ['127.0.0.1', 6379, 'api'],
    ['10.9.8.7', 5432, undefined],
    ['', 80, undefined],
  ])('%s:%i is %s', (address, port, expected) => {
    expect(names(address, port)).toBe(expected);
  });
});
