import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { readKernelFile } from '../../kernel-file.ts';
import { readCapped } from '../read-capped.ts';
import { type NetworkCounters, parseNetworkCounters, parseTimeWait } from './network-counters.ts';
import { parseSocketTable, type TcpSocket } from './socket-table.ts';

/** 150 bytes a socket: some 50,000 of them, which take about 0.1 s to read. */
const MAX_TABLE_BYTES = 8 * 1024 * 1024;

/** The TCP sockets of a network namespace at one moment. */
export interface NetworkReading {
  readonly sockets: readonly TcpSocket[];
  /** True when there were more sockets than are read. */
  readonly truncated: boolean;
  readonly counters: NetworkCounters;
  /** Undefined where the kernel does not count them apart. */
  readonly timeWait: number | undefined;
}

/** Reads the network namespace of a process through `/proc/<pid>/net`; undefined when that is not there. */
export async function readNetwork(
  procRoot: string,
  pid: number,
  signal: AbortSignal,
): Promise<NetworkReading | undefined> {
  const path = (name: string) => join(procRoot, String(pid), 'net', name);
  const [tcp, tcp6, snmp, netstat, sockstat] = await Promise.all([
    readTable(path('tcp'), signal),
    // Not there where IPv6 is switched off.
    readTable(path('tcp6'), signal),
    readKernelFile(path('snmp'), signal),
    readKernelFile(path('netstat'), signal),
    readKernelFile(path('sockstat'), signal),
  ]);
  if (tcp === undefined) return undefined;
  return {
    sockets: [...parseSocketTable(tcp.text), ...parseSocketTable(tcp6?.text ?? '')],
    truncated: tcp.truncated || tcp6?.truncated === true,
    counters: parseNetworkCounters(snmp ?? '', netstat ?? ''),
    timeWait: parseTimeWait(sockstat ?? ''),
  };
}

async function readTable(
  path: string,
  signal: AbortSignal,
): Promise<{ readonly text: string; readonly truncated: boolean } | undefined> {
  try {
    const { body, truncated } = await readCapped(createReadStream(path), MAX_TABLE_BYTES, signal);
    return { text: body.toString('latin1'), truncated };
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
