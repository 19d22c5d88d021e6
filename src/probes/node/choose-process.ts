import { z } from 'zod';
import { ProbeError } from '../../core/errors.ts';

/** One process as the look script tells it; `exe` is empty where it may not be read. */
const SeenProcess = z.object({
  pid: z.number().int().positive(),
  ppid: z.number().int(),
  exe: z.string(),
  args: z.array(z.string()),
  uid: z.number().nullable(),
  catchesSigusr1: z.boolean(),
  cpuMs: z.number(),
  recentCpuMs: z.number(),
});
export type SeenProcess = z.infer<typeof SeenProcess>;

/** The answer of the look script: `uid` is the user that it ran as. */
export const SeenProcesses = z.object({ uid: z.number(), processes: z.array(SeenProcess) });
export type SeenProcesses = z.infer<typeof SeenProcesses>;

const NODE = /(?:^|\/)node(?:js)?[0-9.]*$/;
/** Programs that start the application and wait; attaching to them would show an idle process. */
const LAUNCHER = /(?:^|\/)(?:npm|npx|yarn|pnpm|corepack|nodemon|pm2)(?:-cli)?(?:\.[cm]?js)?(?:\s|$)/i;
const DEFAULT_PORT = 9229;

/** The process to look at, how many others there are of its kind, and the port of its inspector. */
export interface ChosenProcess {
  readonly process: SeenProcess;
  readonly others: number;
  readonly port: number;
}

/**
 * Chooses the Node process that does the work: the busiest one that is no launcher. A signal to anything else, or to a
 * Node process that does not expect it, would end that process, so this refuses rather than guesses.
 * @throws ProbeError `unsupported` or `permission` with the reason.
 */
export function chooseProcess(seen: SeenProcesses, container: string): ChosenProcess {
  const nodes = seen.processes.filter(({ exe, args }) => NODE.test(exe) && !isLauncher(args));
  const [busiest] = nodes.toSorted((a, b) => b.recentCpuMs - a.recentCpuMs || b.cpuMs - a.cpuMs);
  if (busiest === undefined) throw noNode(seen, container);
  if (!busiest.catchesSigusr1) {
    throw new ProbeError('unsupported', `pid ${busiest.pid} in ${container} does not catch SIGUSR1`, {
      userMessage: `The Node process of ${container} does not listen for the signal that opens its inspector, so nothing was sent.`,
      mend: 'start the application without --disable-sigusr1, and try again when it has started',
    });
  }
  return { process: busiest, others: nodes.length - 1, port: portOf(busiest.args) };
}

/** True for what calls itself Node, and what another user may not look at. */
export function isHiddenNode({ exe, args }: SeenProcess): boolean {
  return exe === '' && NODE.test(args[0] ?? '');
}

function isLauncher([first = '', second = '']: readonly string[]): boolean {
  return LAUNCHER.test(first) || LAUNCHER.test(second);
}

function noNode({ processes, uid }: SeenProcesses, container: string): ProbeError {
  const hidden = processes.find(isHiddenNode);
  if (hidden !== undefined) {
    return new ProbeError('permission', `the Node process of ${container} belongs to another user`, {
      userMessage: `The Node process of ${container} runs as user ${hidden.uid ?? 'unknown'} and lets nobody look at it (perfbot's reader is user ${uid}). Nothing was sent to it.`,
      mend: 'start it as that user (USER in the Dockerfile, gosu, su-exec) instead of calling process.setuid()',
    });
  }
  const names = [...new Set(processes.map(({ args }) => (args[0] ?? '').split('/').at(-1)))].filter(Boolean);
  const what = names.length === 0 ? '' : ` It runs ${names.slice(0, 4).join(', ').slice(0, 120)}.`;
  return new ProbeError('unsupported', `no Node process in ${container}`, {
    userMessage: `No Node application runs in ${container}.${what} Nothing was sent to it.`,
    mend: 'name the container of the Node application in services.yaml',
  });
}

/** `--inspect-port=9300` and `--inspect=127.0.0.1:9300` move the inspector. */
function portOf(args: readonly string[]): number {
  for (const arg of args) {
    const port = /^--(?:inspect-port|inspect|debug-port)=(?:.*:)?(\d+)$/.exec(arg)?.[1];
    if (port !== undefined && Number(port) > 0) return Number(port);
  }
  return DEFAULT_PORT;
}
