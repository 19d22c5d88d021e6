import { PerfbotError } from '../../core/errors.ts';
import type { Evidence, Observation } from '../../core/evidence.ts';
import type { Target } from '../../core/inventory/target.ts';
import { withDeadline } from '../deadline.ts';
import type { Probe } from '../ports/probe.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import type { Turns } from '../ports/turns.ts';
import { withTurn } from './with-turn.ts';

export interface CollectOptions {
  readonly signal: AbortSignal;
  readonly now: Clock;
  readonly log: Logger;
  /** Without them no heavy probe runs. */
  readonly turns?: Turns;
}

export interface ProbeCall {
  readonly probe: string;
  readonly target: Target;
  readonly params: Readonly<Record<string, unknown>>;
  readonly timeoutMs: number;
}

/**
 * Runs one probe on one target. A probe that fails becomes `unavailable` evidence with the reason.
 * @throws the reason of `signal` when the run is cancelled: that is not a finding.
 */
export async function collectEvidence(
  probe: Probe | undefined,
  call: ProbeCall,
  options: CollectOptions,
): Promise<Evidence> {
  const { signal, now, log } = options;
  const startedAt = now();
  const source = {
    probe: call.probe,
    target: call.target.id,
    targetKind: call.target.kind,
    service: call.target.service,
    collectedAt: startedAt,
    ...(probe && { cost: probe.cost }),
  };
  try {
    const observation = await withDeadline(call.timeoutMs, signal, (deadline) =>
      collect(probe, call, { ...options, signal: deadline }),
    );
    return { status: 'collected', ...source, durationMs: now() - startedAt, ...onlyNumbers(observation) };
  } catch (error) {
    signal.throwIfAborted();
    const where = { probe: call.probe, target: call.target.id };
    // An expected failure is evidence and needs no stack; the message names the cause.
    if (error instanceof PerfbotError)
      log.info({ ...where, reason: error.reason, detail: error.message }, 'probe could not look');
    else log.error({ ...where, err: error }, 'probe failed unexpectedly');
    return { status: 'unavailable', ...source, durationMs: now() - startedAt, ...explain(error) };
  }
}

/** What is not a finite number was not measured: it is left out and named, never stored as null and judged as fine. */
function onlyNumbers(observation: Observation): Observation {
  const wrong = observation.metrics.filter(({ value }) => !Number.isFinite(value));
  if (wrong.length === 0) return observation;
  return {
    ...observation,
    metrics: observation.metrics.filter(({ value }) => Number.isFinite(value)),
    gaps: [
      ...(observation.gaps ?? []),
      ...wrong.map(({ name }) => ({ what: name, reason: 'the target gave no number for it' })),
    ],
  };
}

async function collect(
  probe: Probe | undefined,
  { target, params, timeoutMs }: ProbeCall,
  { signal, now, log, turns }: CollectOptions,
) {
  if (probe === undefined) {
    throw new PerfbotError('unsupported', 'no such probe', {
      userMessage: 'This worker does not know the probe; it may be an older version.',
    });
  }
  const parsed = probe.params.safeParse(params);
  if (!parsed.success) {
    const problems = parsed.error.issues
      .map(({ path, message }) => `${path.join('.')}: ${message}`)
      .join('; ');
    throw new PerfbotError('invalid_input', problems, { userMessage: `Wrong parameters: ${problems}` });
  }
  if (target.kind !== probe.targetKind) {
    throw new PerfbotError('invalid_input', `${probe.name} cannot look at a ${target.kind}`, {
      userMessage: `This probe looks at a ${probe.targetKind}, not at a ${target.kind}.`,
    });
  }
  const look = (until: AbortSignal) =>
    probe.collect({ target, params: parsed.data, signal: until, now, log });
  if (probe.cost !== 'heavy') return look(signal);
  if (turns === undefined)
    throw new PerfbotError('internal', `${probe.name} is heavy and has no turns to take`);
  return withTurn(turns, { targetId: target.id, timeoutMs, signal }, look);
}

function explain(error: unknown) {
  if (error instanceof PerfbotError) {
    return {
      reason: error.reason,
      message: error.userMessage,
      ...(error.mend !== undefined && { mend: error.mend }),
    };
  }
  return { reason: 'internal', message: 'The probe failed unexpectedly; the log says why.' } as const;
}
