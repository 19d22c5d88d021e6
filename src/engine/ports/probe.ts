import type { z } from 'zod';
import type { Cost, Observation } from '../../core/evidence.ts';
import type { TargetKind, TargetOf } from '../../core/inventory/target.ts';
import type { Clock, Logger } from './runtime.ts';

export interface ProbeContext<K extends TargetKind, P> {
  readonly target: TargetOf<K>;
  readonly params: P;
  /** Aborted at the deadline of the probe and at shutdown. */
  readonly signal: AbortSignal;
  readonly now: Clock;
  readonly log: Logger;
}

/** Collects numbers from one target. It gathers; it never judges and knows no threshold. */
export interface Probe<K extends TargetKind = TargetKind, P = unknown> {
  /** `<source>.<what>`, for example `redis.info`. */
  readonly name: string;
  /** What it looks at, for people: `Redis memory and clients`. */
  readonly title: string;
  readonly targetKind: K;
  readonly cost: Cost;
  /** Default deadline in milliseconds. */
  readonly timeoutMs: number;
  /** Schema of its parameters; every parameter has a default, so `{}` is valid. */
  readonly params: z.ZodType<P>;
  /** False: the inventory does not consent, so that no run plans it there. Absent: it may look at every target of its kind. */
  mayLookAt?(target: TargetOf<K>, parameters: Readonly<Record<string, unknown>>): boolean;
  /** @throws ProbeError with a reason; it becomes `unavailable` evidence. */
  collect(context: ProbeContext<K, P>): Promise<Observation>;
}
