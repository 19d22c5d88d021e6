import type { Gap, Metric, Observation } from '../../../core/evidence.ts';
import { redactSecrets } from '../../../core/logs/redact-secrets.ts';
import { topRows } from '../../../core/top-rows.ts';
import type { ProcessDescriptors } from './process-descriptors.ts';

const MAX_ROWS = 20;
const MAX_COMMAND = 300;

export interface SeenProcess extends ProcessDescriptors {
  readonly command: string;
}

/** The process that is nearest to its limit of open files; undefined when none could be read. */
export function nearestToLimit(processes: readonly SeenProcess[]): SeenProcess | undefined {
  return processes
    .filter((process) => usedRatio(process) !== undefined)
    .toSorted((a, b) => (usedRatio(b) ?? 0) - (usedRatio(a) ?? 0))[0];
}

/** Open files against the limit, and threads. `kinds`: what the open files of the nearest one are. */
export function toProcessesObservation(
  processes: readonly SeenProcess[],
  kinds: string | undefined,
): Observation {
  const worst = nearestToLimit(processes);
  const threads = processes.flatMap((process) => process.threads ?? []);
  const sorted = processes.toSorted((a, b) => (usedRatio(b) ?? -1) - (usedRatio(a) ?? -1));
  return {
    metrics: [
      ...(worst ? fileMetrics(worst) : []),
      ...(threads.length > 0
        ? [
            {
              name: 'threads',
              value: threads.reduce((total, count) => total + count, 0),
              unit: 'count',
            } as const,
          ]
        : []),
    ],
    tables: [
      {
        name: 'processes',
        title: 'Open files by process',
        columns: [
          { name: 'pid', title: 'PID' },
          { name: 'command', title: 'Command', format: 'log' },
          { name: 'state', title: 'State' },
          { name: 'open_files', title: 'Open files', unit: 'count' },
          { name: 'open_files_limit', title: 'Limit', unit: 'count' },
          { name: 'open_files_ratio', title: 'Used', unit: 'ratio' },
          { name: 'threads', title: 'Threads', unit: 'count' },
        ],
        ...topRows(sorted, MAX_ROWS, (process) => [
          String(process.pid),
          redactSecrets(process.command).slice(0, MAX_COMMAND),
          process.state ?? null,
          process.openFiles ?? null,
          process.openFilesLimit ?? null,
          usedRatio(process) ?? null,
          process.threads ?? null,
        ]),
      },
    ],
    ...(kinds !== undefined && { facts: { open_files_by_kind: kinds } }),
    gaps: worst === undefined ? [HIDDEN] : [],
  };
}

const HIDDEN: Gap = {
  what: 'open files',
  reason: 'The kernel shows the descriptors of a process only to its own user and to root.',
  mend: 'run perfbot as root, or with the capability SYS_PTRACE (compose: cap_add: [SYS_PTRACE])',
};

function fileMetrics({ openFiles, openFilesLimit }: SeenProcess): readonly Metric[] {
  if (openFiles === undefined || openFilesLimit === undefined) return [];
  return [
    { name: 'open_files', value: openFiles, unit: 'count' },
    { name: 'open_files_limit', value: openFilesLimit, unit: 'count' },
    { name: 'open_files_ratio', value: openFiles / Math.max(1, openFilesLimit), unit: 'ratio' },
  ];
}

function usedRatio({ openFiles, openFilesLimit }: SeenProcess): number | undefined {
  if (openFiles === undefined || openFilesLimit === undefined) return undefined;
  return openFiles / Math.max(1, openFilesLimit);
}
