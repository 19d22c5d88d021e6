/** Counters of one network namespace since it was made, by their names in the kernel. */
export type NetworkCounters = ReadonlyMap<string, number>;

/** Reads `/proc/<pid>/net/snmp` and `netstat`: pairs of lines, names and then values, behind the same word. */
export function parseNetworkCounters(...texts: readonly string[]): NetworkCounters {
  return new Map(texts.flatMap((text) => ['Tcp', 'TcpExt'].flatMap((word) => countersOf(text, word))));
}

function countersOf(text: string, word: string): readonly (readonly [name: string, value: number])[] {
  const [names = [], values = []] = text
    .split('\n')
    .filter((line) => line.startsWith(`${word}: `))
    .map((line) => line.trim().split(/\s+/).slice(1));
  return names.flatMap((name, index) => {
    const value = Number(values[index]);
    return Number.isFinite(value) ? [[name, value] as const] : [];
  });
}

/** Sockets in TIME_WAIT by `/proc/<pid>/net/sockstat`, which counts those that a table cut short leaves out. */
export function parseTimeWait(sockstat: string): number | undefined {
  const count = /^TCP:.*\btw (\d+)/m.exec(sockstat)?.[1];
  return count === undefined ? undefined : Number(count);
}

/** By how much a counter grew; undefined when it is not there or went backwards. */
export function growth(before: NetworkCounters, after: NetworkCounters, name: string): number | undefined {
  const [from, to] = [before.get(name), after.get(name)];
  return from === undefined || to === undefined || to < from ? undefined : to - from;
}
