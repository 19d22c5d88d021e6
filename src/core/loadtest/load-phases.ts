/** Stages that a ramp is climbed in. */
const RAMP_STEPS = 10;
/** Parts of a test that are told one by one; a profile with more phases is told in parts of several. */
const MOST_PARTS = 6;

/** A phase as a file has it. */
export interface PhaseOfFile {
  readonly name?: string | undefined;
  readonly duration?: number | undefined;
  readonly arrivalRate?: number | undefined;
  readonly rampTo?: number | undefined;
  readonly pause?: number | undefined;
}

/** A constant rate for a while; 0 is a pause. */
export interface LoadStage {
  readonly durationMs: number;
  readonly ratePerSecond: number;
  /** Index of the part that it belongs to; without it the first. */
  readonly part?: number;
}

/** A phase of a profile, or several that follow each other: what is told when it is over. */
export interface LoadPart {
  /** Numbers of its phases in the profile, from 1. */
  readonly first: number;
  readonly last: number;
  readonly name?: string;
  readonly durationMs: number;
  /** From the beginning to the end of a ramp; of several phases the lowest and the highest. */
  readonly fromPerSecond: number;
  readonly toPerSecond: number;
}

/** Brings phases into stages of constant rate, and into the parts that are told. Pure. */
export function toParts(phases: readonly PhaseOfFile[]): {
  readonly stages: readonly LoadStage[];
  readonly parts: readonly LoadPart[];
} {
  const size = Math.ceil(phases.length / MOST_PARTS);
  const groups = Array.from({ length: Math.ceil(phases.length / size) }, (_, part) =>
    phases.slice(part * size, (part + 1) * size),
  );
  return {
    stages: groups.flatMap((group, part) =>
      group.flatMap(toStages).map((stage) => (part === 0 ? stage : { ...stage, part })),
    ),
    parts: groups.map((group, part) => toPart(group, part * size + 1)),
  };
}

/** The part that a moment of the test is in; undefined when the plan names none. Pure. */
export function partAt(parts: readonly LoadPart[], atMs: number): LoadPart | undefined {
  let until = 0;
  for (const part of parts) {
    until += part.durationMs;
    if (atMs < until) return part;
  }
  return parts.at(-1);
}

function toPart(phases: readonly PhaseOfFile[], first: number): LoadPart {
  const names = phases.flatMap(({ name, pause }) => name ?? (pause === undefined ? [] : 'pause'));
  const rates = phases.map(({ arrivalRate = 0, rampTo = arrivalRate }) => [arrivalRate, rampTo] as const);
  const [only = [0, 0], ...more] = rates;
  const [fromPerSecond, toPerSecond] =
    more.length === 0 ? only : [Math.min(...rates.flat()), Math.max(...rates.flat())];
  return {
    first,
    last: first + phases.length - 1,
    ...(names.length > 0 && { name: names.join(', ') }),
    durationMs: phases.reduce((total, { duration, pause }) => total + (pause ?? duration ?? 0), 0),
    fromPerSecond,
    toPerSecond,
  };
}

function toStages({ duration = 0, arrivalRate = 0, rampTo, pause }: PhaseOfFile): readonly LoadStage[] {
  if (pause !== undefined) return [{ durationMs: pause, ratePerSecond: 0 }];
  if (rampTo === undefined || rampTo === arrivalRate)
    return [{ durationMs: duration, ratePerSecond: arrivalRate }];
  const steps = Math.max(1, Math.min(RAMP_STEPS, Math.floor(duration / 1000)));
  return Array.from({ length: steps }, (_, step) => ({
    durationMs: duration / steps,
    // The rate in the middle of the step.
    ratePerSecond: Math.max(1, Math.round(arrivalRate + ((rampTo - arrivalRate) * (step + 0.5)) / steps)),
  }));
}
