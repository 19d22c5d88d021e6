import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Duplex } from 'node:stream';
import { z } from 'zod';
import { ProbeError } from '../../core/errors.ts';
import type { RunningCommand } from '../docker/exec.ts';
import { type CdpSession, openCdpSession } from './cdp-session.ts';
import { type ChosenProcess, chooseProcess } from './choose-process.ts';
import type { ContainerNode, FoundContainer } from './container-node.ts';
import { lookAround } from './look.ts';
import { relayRefusal } from './relay-refusal.ts';
import { RELAY_SCRIPT } from './relay-script.ts';

/** How long the inspector may stay open beyond the work itself: waiting for its turn and attaching. */
const EXTRA_MS = 15_000;
/** The relay needs this long at most to close the inspector and to prove it. */
const CLOSE_MS = 8000;

/** A process whose inspector is open. */
export interface Inspected {
  readonly session: CdpSession;
  readonly chosen: ChosenProcess;
}

export interface InspectOptions {
  readonly container: FoundContainer;
  /** How long `work` takes at most. */
  readonly workMs: number;
  readonly signal: AbortSignal;
}

const Told = z.object({
  ready: z.string().optional(),
  refused: z.string().optional(),
  detail: z.string().optional(),
  closed: z.boolean().optional(),
  left_open: z.boolean().optional(),
});
type Told = z.infer<typeof Told>;

/**
 * Opens the inspector of the Node process in a container, runs `work`, and closes it again, also when `work` fails, is
 * aborted, or perfbot dies: the relay in the container does the closing. One at a time for each container.
 * @throws ProbeError when there is no process that it is safe to signal, or the inspector does not open.
 */
export async function withInspector<T>(
  { exec }: Pick<ContainerNode, 'exec'>,
  { container, workMs, signal }: InspectOptions,
  work: (inspected: Inspected) => Promise<T>,
): Promise<T> {
  const { binary, uid, seen } = await lookAround(exec, container, signal);
  const chosen = chooseProcess(seen, container.name);
  const mostMs = workMs + EXTRA_MS;
  const argv = [binary, '-e', RELAY_SCRIPT, ...[chosen.process.pid, chosen.port, mostMs].map(String)];
  const relay = await exec.start(container.id, { argv, uid }, signal);
  const told = listen(relay);
  const stop = () => relay.stdin.end();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const id = await ready(told, { container, signal });
    const stream = Duplex.from({ readable: relay.stdout, writable: relay.stdin });
    const session = await openCdpSession(stream, id, signal);
    await sameProcess(session, chosen, container);
    return await work({ session, chosen });
  } finally {
    stop();
    signal.removeEventListener('abort', stop);
    const closing = closed(relay, told);
    // Nobody waits for an aborted probe; the relay closes the inspector all the same.
    if (!signal.aborted) await closing;
  }
}

interface Listener {
  readonly messages: Told[];
  next(): Promise<void>;
  readonly ended: () => boolean;
}

/** Collects what the relay tells on standard error; other lines there are warnings of Node. */
function listen(relay: RunningCommand): Listener {
  const messages: Told[] = [];
  const lines = createInterface({ input: relay.stderr });
  let isOver = false;
  lines.on('line', (line) => {
    const told = line.startsWith('{') ? Told.safeParse(safeJson(line)) : undefined;
    if (told?.success) messages.push(told.data);
  });
  lines.on('close', () => {
    isOver = true;
  });
  return {
    messages,
    ended: () => isOver,
    async next() {
      if (!isOver) await Promise.race([once(lines, 'line'), once(lines, 'close')]);
    },
  };
}

async function ready(
  told: Listener,
  { container, signal }: Pick<InspectOptions, 'container' | 'signal'>,
): Promise<string> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  for (;;) {
    signal.throwIfAborted();
    const first = told.messages.find(({ ready: id, refused }) => id !== undefined || refused !== undefined);
    if (first?.ready !== undefined) return first.ready;
    if (first?.refused !== undefined) throw relayRefusal(first.refused, first.detail ?? '', container.name);
    if (told.ended()) throw relayRefusal('ended', '', container.name);
    await Promise.race([told.next(), aborted]);
  }
}

/** Another process of the container may hold the port: what it would tell is not what was asked for. */
async function sameProcess(
  session: CdpSession,
  { process }: ChosenProcess,
  { name }: FoundContainer,
): Promise<void> {
  const { pid } = await session.evaluate('JSON.stringify({pid: process.pid})', z.object({ pid: z.number() }));
  if (pid !== process.pid) throw relayRefusal('other_process', String(pid), name);
}

async function closed(relay: RunningCommand, told: Listener): Promise<void> {
  const timer = setTimeout(() => relay.destroy(), CLOSE_MS);
  try {
    while (!told.ended() && !told.messages.some(({ closed: done }) => done !== undefined)) await told.next();
  } finally {
    clearTimeout(timer);
    relay.destroy();
  }
  if (told.messages.some(({ left_open }) => left_open)) {
    throw new ProbeError('internal', 'the inspector stays open', {
      userMessage:
        'The inspector of the Node process could not be closed again; it listens on 127.0.0.1 inside of the container.',
      mend: 'restart the container when that is not acceptable',
    });
  }
}

function safeJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
