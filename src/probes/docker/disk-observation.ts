import type { Gap, Metric, Observation, Table } from '../../core/evidence.ts';
import { topRows } from '../../core/top-rows.ts';
import type { Unit } from '../../core/unit.ts';
import type { DiskUsage, KindUsage } from './disk-usage.ts';
import type { LogFile } from './log-files.ts';

const MAX_ROWS = 15;

export interface GrownLog extends LogFile {
  /** Undefined when it was rotated meanwhile. */
  readonly bytesPerSecond: number | undefined;
}

export interface FileSystem {
  readonly totalBytes: number;
  readonly usedRatio: number;
}

export interface DiskReading {
  readonly usage: DiskUsage;
  readonly logs: readonly GrownLog[];
  /** Undefined: the engine is on another machine, or its directory cannot be seen. */
  readonly fileSystem: FileSystem | undefined;
  readonly rootDirectory: string | undefined;
  readonly windowMs: number;
}

/** What Docker takes of the disk, as metrics and tables. */
export function toDiskObservation(reading: DiskReading): Observation {
  const { usage, logs, fileSystem, rootDirectory, windowMs } = reading;
  return {
    metrics: [
      ...kindMetrics(usage),
      ...logMetrics(logs),
      ...sumMetrics(reading),
      ...(fileSystem
        ? [
            metric('file_system_bytes', fileSystem.totalBytes, 'bytes'),
            metric('file_system_used_ratio', fileSystem.usedRatio, 'ratio'),
          ]
        : []),
    ],
    tables: [usageTable(usage, logs), largestTable(usage), ...(logs.length > 0 ? [logTable(logs)] : [])],
    ...(rootDirectory !== undefined && { facts: { docker_root: rootDirectory } }),
    gaps: [
      ...(fileSystem === undefined ? [NO_FILE_SYSTEM] : []),
      ...(logs.length === 0 && usage.containers.count > 0 ? [NO_LOGS] : []),
    ],
    windowMs,
  };
}

const NO_FILE_SYSTEM: Gap = {
  what: 'how full the disk of Docker is',
  reason: 'The directory of the engine cannot be seen from where perfbot runs.',
  mend: 'run perfbot on the Docker host',
};

const NO_LOGS: Gap = {
  what: 'size of container logs',
  reason: 'Docker does not count its log files, and perfbot may not see them.',
  mend: 'run perfbot on the Docker host as root',
};

function kindMetrics({ images, containers, volumes, buildCache }: DiskUsage): readonly Metric[] {
  return [
    metric('images_bytes', images.bytes, 'bytes'),
    metric('images_reclaimable_bytes', images.reclaimableBytes, 'bytes'),
    metric('containers_bytes', containers.bytes, 'bytes'),
    metric('containers_reclaimable_bytes', containers.reclaimableBytes, 'bytes'),
    metric('volumes_bytes', volumes.bytes, 'bytes'),
    metric('volumes_reclaimable_bytes', volumes.reclaimableBytes, 'bytes'),
    metric('build_cache_bytes', buildCache.bytes, 'bytes'),
    metric('build_cache_reclaimable_bytes', buildCache.reclaimableBytes, 'bytes'),
  ];
}

function logMetrics(logs: readonly GrownLog[]): readonly Metric[] {
  if (logs.length === 0) return [];
  const growth = logs.reduce((sum, { bytesPerSecond }) => sum + (bytesPerSecond ?? 0), 0);
  return [
    metric('logs_bytes', logBytes(logs), 'bytes'),
    metric('logs_growth_bytes_per_second', growth, 'bytes_per_second'),
  ];
}

/** Images and build cache can be made again; what volumes and containers hold cannot, and is not called reclaimable. */
function sumMetrics({ usage, logs, fileSystem }: DiskReading): readonly Metric[] {
  const { images, containers, volumes, buildCache } = usage;
  const bytes = images.bytes + containers.bytes + volumes.bytes + buildCache.bytes + logBytes(logs);
  const reclaimable = images.reclaimableBytes + buildCache.reclaimableBytes;
  return [
    metric('docker_bytes', bytes, 'bytes'),
    metric('reclaimable_bytes', reclaimable, 'bytes'),
    ...(fileSystem && fileSystem.totalBytes > 0
      ? [
          metric('docker_ratio', bytes / fileSystem.totalBytes, 'ratio'),
          metric('reclaimable_ratio', reclaimable / fileSystem.totalBytes, 'ratio'),
        ]
      : []),
  ];
}

function usageTable(
  { images, containers, volumes, buildCache }: DiskUsage,
  logs: readonly GrownLog[],
): Table {
  const row = (kind: string, { count, bytes, reclaimableBytes }: KindUsage) => [
    kind,
    count,
    bytes,
    reclaimableBytes,
  ];
  return {
    name: 'usage',
    title: 'Disk by kind',
    columns: [
      { name: 'kind', title: 'Kind' },
      { name: 'count', title: 'Number', unit: 'count' },
      { name: 'bytes', title: 'Size', unit: 'bytes' },
      { name: 'reclaimable_bytes', title: 'Not in use', unit: 'bytes' },
    ],
    rows: [
      row('images', images),
      row('writable layers of containers', containers),
      row('volumes', volumes),
      row('build cache', buildCache),
      ...(logs.length > 0 ? [['logs', logs.length, logBytes(logs), null]] : []),
    ].toSorted((a, b) => Number(b[2]) - Number(a[2])),
  };
}

function largestTable({ items }: DiskUsage): Table {
  return {
    name: 'largest',
    title: 'Largest images, containers and volumes',
    columns: [
      { name: 'kind', title: 'Kind' },
      { name: 'name', title: 'Name' },
      { name: 'bytes', title: 'Size', unit: 'bytes' },
      { name: 'in_use', title: 'In use' },
    ],
    ...topRows(items, MAX_ROWS, ({ kind, name, bytes, inUse }) => [kind, name, bytes, inUse ? 'yes' : 'no']),
  };
}

function logTable(logs: readonly GrownLog[]): Table {
  const sorted = logs.toSorted((a, b) => b.bytes - a.bytes);
  return {
    name: 'logs',
    title: 'Log files of containers',
    columns: [
      { name: 'container', title: 'Container' },
      { name: 'bytes', title: 'Size', unit: 'bytes' },
      { name: 'bytes_per_second', title: 'Grows by', unit: 'bytes_per_second' },
      { name: 'rotation', title: 'Rotation' },
    ],
    ...topRows(sorted, MAX_ROWS, ({ container, bytes, bytesPerSecond, rotation }) => [
      container,
      bytes,
      bytesPerSecond ?? null,
      rotation,
    ]),
  };
}

function logBytes(logs: readonly GrownLog[]): number {
  return logs.reduce((sum, { bytes }) => sum + bytes, 0);
}

function metric(name: string, value: number, unit: Unit): Metric {
  return { name, value, unit };
}
