import { formatValue } from '../../unit.ts';
import type { CauseAdvice } from '../cause.ts';
import { textIn } from '../cells.ts';
import { type ContainerVerdict, containerRule } from '../container-rule.ts';
import type { ContainerView, PatternRow } from '../container-view.ts';
import { lines } from '../evidence-line.ts';
import { orFromPrometheus } from '../from-prometheus.ts';

const NEARLY_ALL = 0.9;
const ALL = 0.98;
/** The program's own words; many programs say nothing at all. */
const TOLD = /\bE[MN]FILE\b|too many open files/i;
/** From this share on, connections that nobody closes are what fills the table. */
const LEAKED_SHARE = 0.3;

const atContainer = containerRule({
  id: 'app.fd_exhaustion',
  needs: ['sockets', 'logs'],
  judge(view): ContainerVerdict | undefined {
    const ratio = view.value('sockets', 'open_files_ratio');
    const told = view.patterns.find(
      ({ count, pattern, example }) => count > 0 && TOLD.test(`${pattern} ${example}`),
    );
    if (ratio === undefined && told === undefined) return undefined;
    if (ratio !== undefined && ratio < NEARLY_ALL && told === undefined)
      return { clear: `${openText(view)} are open`, near: ratio };
    return {
      found: {
        title: 'No file descriptors left',
        summary: `${view.service}: ${ratio === undefined ? 'its log says that too many files are open' : `${openText(view)} are open${kindsText(view)}`}; it can open no further connection or file.`,
        confidence: confidenceOf(ratio, told),
        evidence: lines(
          view.line('sockets', 'open_files_ratio', `${openText(view)} are open`, NEARLY_ALL),
          view.line('sockets', 'connections_close_wait', 'connections that the other side closed long ago'),
          told && {
            probe: 'docker.logs',
            metric: 'patterns',
            value: told.count,
            unit: 'count',
            text: `in its log: ${told.example.slice(0, 160)}`,
          },
        ),
        against:
          ratio !== undefined && ratio < NEARLY_ALL
            ? lines(view.line('sockets', 'open_files_ratio', `now only ${openText(view)} are open`))
            : [],
        advice: adviceFor(view),
      },
    };
  },
});

/** A process has as many files and connections open as it may: it takes no more, often without a word in its log. */
export const appFdExhaustionRule = orFromPrometheus(atContainer, {
  id: 'app.fd_exhaustion',
  measured: { probe: 'docker.sockets', metric: 'open_files_ratio' },
  metric: 'open_files_ratio',
  mark: NEARLY_ALL,
  clear: ({ value }) => `${formatValue(value, 'ratio')} of its file descriptors are open`,
  found: ({ service, value, line }) => ({
    title: 'No file descriptors left',
    summary: `${service} has ${formatValue(value, 'ratio')} of its file descriptors open, by what it tells Prometheus; it can hardly open a further connection or file.`,
    confidence: value >= ALL ? 0.8 : 0.7,
    evidence: lines(line('open file descriptors of those it may have')),
    against: [],
    advice: [raiseLimit],
  }),
});

function confidenceOf(ratio: number | undefined, told: PatternRow | undefined): number {
  if (ratio === undefined) return 0.8;
  if (ratio < NEARLY_ALL) return 0.6;
  return told !== undefined || ratio >= ALL ? 0.95 : 0.85;
}

function openText(view: ContainerView): string {
  const [open, limit] = ['open_files', 'open_files_limit'].map((name) => view.value('sockets', name));
  return `${formatValue(open ?? 0, 'count')} of ${formatValue(limit ?? 0, 'count')} files`;
}

function kindsText(view: ContainerView): string {
  const kinds = view.factOf('sockets', 'open_files_by_kind');
  return kinds === undefined ? '' : ` (${kinds})`;
}

function adviceFor(view: ContainerView): readonly CauseAdvice[] {
  const pid = textIn(view.rows('sockets', 'processes')[0], 'pid');
  const process = pid === '' ? `$(docker inspect --format '{{.State.Pid}}' ${view.container})` : pid;
  const closed = view.value('sockets', 'connections_close_wait') ?? 0;
  const isLeak = closed >= LEAKED_SHARE * (view.value('sockets', 'open_files') ?? Number.POSITIVE_INFINITY);
  return [
    {
      title: 'See what is open',
      why: 'Sockets point at connections that are not closed or not shared, files at handles that are not closed.',
      effect: 'reads',
      command: `ls -l /proc/${process}/fd`,
      risk: 'Needs root on the host.',
      source: 'https://man7.org/linux/man-pages/man5/proc_pid_fd.5.html',
    },
    ...(isLeak
      ? [
          {
            title: 'Close connections that the other side has closed',
            why: `${formatValue(closed, 'count')} connections stand in CLOSE_WAIT: the program forgets to end or read them, and each holds a descriptor.`,
            source: 'https://nodejs.org/api/net.html#socketdestroyerror',
          },
        ]
      : []),
    raiseLimit,
  ];
}

const raiseLimit: CauseAdvice = {
  title: 'Raise the limit of open files',
  why: 'A busy server needs a descriptor for each connection in both directions; 64 or 1024 is soon used up.',
  effect: 'changes',
  command: 'ulimits: { nofile: { soft: 65536, hard: 65536 } }',
  risk: 'Needs a new container; a leak fills the new limit too, only later.',
  undo: 'remove the line from the compose file again and recreate the container',
  source: 'https://docs.docker.com/reference/compose-file/services/#ulimits',
};
