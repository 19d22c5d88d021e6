import type { Point, Series, Table } from '../../core/evidence.ts';

/** Events of one kind: when, and for how many milliseconds Redis stood still. */
export interface LatencyEvents {
  readonly event: string;
  readonly points: readonly Point[];
}

/** What the kinds mean. Source: https://redis.io/docs/latest/operate/oss_and_stack/management/optimization/latency-monitor/ */
const MEANINGS: Readonly<Record<string, string>> = {
  command: 'a command that is slow by nature ran',
  'fast-command': 'a quick command was held up: no CPU, swap or huge pages',
  fork: 'the page table was copied for a snapshot or a rewrite',
  'rdb-unlink-temp-file': 'a temporary snapshot was deleted',
  'aof-write': 'writing the append-only file',
  'aof-fsync-always': 'waiting for the disk after each write',
  'aof-write-pending-fsync': 'writing while the disk was still busy with the last sync',
  'aof-write-active-child': 'writing while a snapshot or a rewrite used the disk',
  'aof-write-alone': 'writing the append-only file, the disk otherwise idle',
  'aof-rewrite-diff-write': 'writing what changed during a rewrite',
  'expire-cycle': 'many keys expired at once',
  'eviction-cycle': 'making room by throwing keys away',
  'eviction-del': 'throwing a key away',
  'active-defrag-cycle': 'moving values together',
};

/** One row for each kind, the longest stop first. */
export function eventTable(kinds: readonly LatencyEvents[]): Table {
  return {
    name: 'events',
    title: 'Moments when Redis stood still, longest first',
    columns: [
      { name: 'event', title: 'Event' },
      { name: 'worst_ms', title: 'Longest', unit: 'ms' },
      { name: 'count', title: 'Seconds with one', unit: 'count' },
      { name: 'last_at', title: 'Last', unit: 'timestamp' },
      { name: 'meaning', title: 'Means' },
    ],
    rows: kinds
      .map(({ event, points }): [string, number, number, number, string | null] => [
        event,
        Math.max(...points.map(({ value }) => value)),
        points.length,
        Math.max(...points.map(({ at }) => at)),
        MEANINGS[event] ?? null,
      ])
      .sort(([, a], [, b]) => b - a),
  };
}

/** The same for a picture, oldest first. */
export function eventSeries({ event, points }: LatencyEvents): Series {
  return {
    name: 'latency_ms',
    unit: 'ms',
    label: event,
    points: [...points].sort((a, b) => a.at - b.at),
  };
}
