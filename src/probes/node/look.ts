import { ProbeError } from '../../core/errors.ts';
import type { DockerExec } from '../docker/exec.ts';
import { readCapped } from '../docker/read-capped.ts';
import { isHiddenNode, SeenProcesses } from './choose-process.ts';
import type { FoundContainer } from './container-node.ts';
import { LOOK_SCRIPT } from './look-script.ts';

/** Where images keep Node: on the PATH, in the official images, in distributions, in distroless images. */
const BINARIES = ['node', '/usr/local/bin/node', '/usr/bin/node', '/nodejs/bin/node'] as const;
const MAX_BYTES = 1024 * 1024;

/** The processes of a container, and how they could be told: with which Node of it, as which user. */
export interface Look {
  readonly binary: string;
  readonly uid: number | undefined;
  readonly seen: SeenProcesses;
}

/** Asks the container's own Node for the processes of the container. @throws ProbeError when it has none. */
export async function lookAround(
  exec: DockerExec,
  container: FoundContainer,
  signal: AbortSignal,
): Promise<Look> {
  for (const binary of BINARIES) {
    const seen = await look(exec, { container, binary, uid: undefined }, signal);
    if (seen === undefined) continue;
    // An image that starts as root and steps down: only the process's own user may look at it.
    const uid = seen.processes.find(isHiddenNode)?.uid ?? undefined;
    const nearer = uid === undefined ? undefined : await look(exec, { container, binary, uid }, signal);
    return nearer === undefined ? { binary, uid: undefined, seen } : { binary, uid, seen: nearer };
  }
  throw new ProbeError('unsupported', `no node binary in ${container.name}`, {
    userMessage: `There is no Node in ${container.name} that perfbot could run its reader with, so nothing was sent to it.`,
    mend: 'put node on the PATH of the image, or collect nodejs_* metrics with prom-client',
  });
}

async function look(
  exec: DockerExec,
  {
    container,
    binary,
    uid,
  }: { readonly container: FoundContainer; readonly binary: string; readonly uid: number | undefined },
  signal: AbortSignal,
): Promise<SeenProcesses | undefined> {
  const command = await exec.start(container.id, { argv: [binary, '-e', LOOK_SCRIPT], uid }, signal);
  try {
    command.stderr.resume();
    const { body } = await readCapped(command.stdout, MAX_BYTES, signal);
    const line = body
      .toString('utf8')
      .split('\n')
      .find((text) => text.startsWith('{'));
    return line === undefined ? undefined : SeenProcesses.parse(JSON.parse(line));
  } finally {
    command.destroy();
  }
}
