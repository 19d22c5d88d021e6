import type { Gap } from '../../core/evidence.ts';
import { withDeadline } from '../../engine/deadline.ts';
import type { Clock } from '../../engine/ports/runtime.ts';
import type { DockerClient } from './client.ts';
import { parseDockerTime } from './container-facts.ts';
import { toGap } from './gap.ts';
import type { ContainerDetails } from './schemas.ts';

/** How far back events are counted, in milliseconds. */
const EVENT_WINDOW_MS = 3_600_000;

/** The engine waits until its own clock reaches `until`: when that is behind ours, the rest must not wait with it. */
const EVENTS_TIMEOUT_MS = 3000;
/** A container that was asked to stop ends within this many seconds, unless its stop timeout was raised. */
const STOP_TIMEOUT_S = 30;

export interface EventCounts {
  /** Out-of-memory kills in the container, those of child processes included. */
  readonly oom: number;
  /** Ends of the main process that nobody asked for by `docker stop` or `docker kill`. */
  readonly die: number;
  /** Exit code of the last such end: a container that runs again does not show it any more. */
  readonly lastExitCode: string | undefined;
  /** When the last out-of-memory kill was, as ISO 8601. */
  readonly lastOomAt: string | undefined;
}

interface Reading {
  readonly counts: EventCounts | undefined;
  readonly gaps: readonly Gap[];
}

/** Counts events of the last hour. A proxy that hides `/events` leaves a gap, not a failure. */
export async function readEventCounts(
  docker: Pick<DockerClient, 'events'>,
  { Id, State }: ContainerDetails,
  { signal, now }: { signal: AbortSignal; now: Clock },
): Promise<Reading> {
  const until = now();
  const since = until - EVENT_WINDOW_MS;
  try {
    const query = { since, until, container: Id, actions: ['oom', 'die', 'kill'] };
    const events = await withDeadline(EVENTS_TIMEOUT_MS, signal, (limited) => docker.events(query, limited));
    const of = (action: string) => events.filter((event) => event.Action === action);
    // `docker stop` sends a signal first (event "kill"), then the container dies.
    const asked = of('kill').map(({ time }) => time);
    const died = of('die').filter(
      ({ time }) => !asked.some((at) => at <= time && time - at <= STOP_TIMEOUT_S),
    );
    const finishedAt = parseDockerTime(State.FinishedAt) ?? 0;
    // The engine remembers 256 events only; its own flag outlives them.
    const known = State.OOMKilled === true && finishedAt >= since ? 1 : 0;
    const ooms = of('oom');
    const lastOom = ooms.at(-1);
    return {
      counts: {
        oom: Math.max(ooms.length, known),
        die: died.length,
        lastExitCode: died.at(-1)?.Actor.Attributes.exitCode,
        lastOomAt: lastOom && new Date(lastOom.time * 1000).toISOString(),
      },
      gaps: [],
    };
  } catch (error) {
    if (signal.aborted) throw error;
    return { counts: undefined, gaps: [toGap('out-of-memory and restart events', error)] };
  }
}
