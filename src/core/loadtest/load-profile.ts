import { z } from 'zod';
import { Duration, Ratio } from '../quantity.ts';
import { type LoadPart, type LoadStage, toParts } from './load-phases.ts';

/** What a load test may ask of a target at most. */
const LOAD_CAPS = { ratePerSecond: 200, durationMs: 10 * 60_000, requests: 60_000 } as const;

const MOST_PATHS = 20;

/** Seconds as a number, as in Artillery, or a duration. */
const Span = z.union([z.number().transform((seconds) => seconds * 1000), Duration]);
/** The sender spreads whole requests over each second. */
const Rate = z
  .number()
  .min(0)
  .superRefine((rate, context) => {
    if (Number.isInteger(rate)) return;
    const message = `${rate} requests a second are not a whole number; write ${Math.max(1, Math.round(rate))}, or a pause between phases for less than 1`;
    context.addIssue({ code: 'custom', message });
  })
  .describe('whole requests a second');

const Phase = z
  .object({
    name: z.string().max(60).optional(),
    duration: Span.optional().describe('seconds, or a duration such as 2m'),
    arrivalRate: Rate.optional(),
    rampTo: Rate.optional().describe('rate at the end of the phase'),
    pause: Span.optional().describe('no requests for so long'),
  })
  .superRefine((phase, context) => {
    const problem = problemOf(phase);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });

const Request = z.object({ url: z.string().min(1).max(500) }).loose();
/** One step of a scenario: `- get: { url: /api/items }`. */
const Step = z.record(z.string(), z.unknown());
const Scenario = z
  .object({
    name: z.string().max(100).optional(),
    flow: z.array(Step).max(MOST_PATHS).optional(),
    // The word of Artillery 1.
    requests: z.array(Step).max(MOST_PATHS).optional(),
  })
  .loose();

/** When a test is ended before its time. */
const StopRules = z.strictObject({
  error_rate: Ratio.default(0.05).describe('share of requests that fail'),
  p95: Duration.optional().describe('95th percentile; default: twice the target of the service'),
  throttled: Ratio.default(0.25).describe('share of scheduling periods in which the container was held back'),
});

/** The content of a file in `loadtests/`: phases as in Artillery. What perfbot does not do is named, not guessed. */
export const LoadProfileFile = z.object({
  title: z.string().trim().min(1).max(60).optional(),
  config: z.object({ phases: z.array(Phase).min(1).max(20) }).loose(),
  scenarios: z.array(Scenario).max(MOST_PATHS).default([]),
  stop: StopRules.prefault({}),
});
export type LoadProfileFile = z.infer<typeof LoadProfileFile>;

/** What is asked for in a load test. */
export interface LoadProfile {
  readonly name: string;
  readonly title: string;
  readonly stages: readonly LoadStage[];
  /** Its phases, as they are told. */
  readonly parts: readonly LoadPart[];
  /** Routes that take turns; empty: those that the inventory names for the service. */
  readonly paths: readonly string[];
  readonly stop: {
    readonly errorRate: number;
    /** Milliseconds; undefined: twice the target of the service. */
    readonly p95Ms: number | undefined;
    readonly throttledRatio: number;
  };
  /** What the file asks for and perfbot leaves out, in words. */
  readonly leftOut: readonly string[];
}

/** Length, requests and highest rate of a profile. */
export interface LoadSize {
  readonly durationMs: number;
  readonly requests: number;
  readonly peakPerSecond: number;
}

/** Brings a file into its order. Only GET is sent: a load test must not write. */
export function toLoadProfile(name: string, file: LoadProfileFile): LoadProfile {
  const steps = file.scenarios.flatMap(({ flow, requests }) => flow ?? requests ?? []);
  const read = steps.map(readStep);
  return {
    name,
    title: file.title ?? name,
    ...toParts(file.config.phases),
    paths: [...new Set(read.flatMap(({ path }) => path ?? []))],
    stop: {
      errorRate: file.stop.error_rate,
      p95Ms: file.stop.p95,
      throttledRatio: file.stop.throttled,
    },
    leftOut: [...new Set(read.flatMap(({ leftOut }) => leftOut ?? []))],
  };
}

/** What the stages of a profile add up to. */
export function sizeOf(stages: readonly LoadStage[]): LoadSize {
  return {
    durationMs: sum(stages.map(({ durationMs }) => durationMs)),
    requests: Math.round(
      sum(stages.map(({ durationMs, ratePerSecond }) => (durationMs / 1000) * ratePerSecond)),
    ),
    peakPerSecond: Math.max(0, ...stages.map(({ ratePerSecond }) => ratePerSecond)),
  };
}

/** Why a profile asks for too much, or for nothing; undefined when it may be run. */
export function sizeProblem(stages: readonly LoadStage[]): string | undefined {
  const { durationMs, requests, peakPerSecond } = sizeOf(stages);
  if (requests < 1) return 'the phases ask for no request at all';
  if (peakPerSecond > LOAD_CAPS.ratePerSecond)
    return `${peakPerSecond} requests a second are asked for; ${LOAD_CAPS.ratePerSecond} is the most`;
  if (durationMs > LOAD_CAPS.durationMs)
    return `the phases last ${durationMs / 60_000} minutes; ${LOAD_CAPS.durationMs / 60_000} is the most`;
  if (requests > LOAD_CAPS.requests)
    return `${requests} requests are asked for; ${LOAD_CAPS.requests} is the most`;
  return undefined;
}

function problemOf({ duration, arrivalRate, rampTo, pause }: z.input<typeof Phase>): string | undefined {
  if (pause !== undefined)
    return (duration ?? arrivalRate ?? rampTo) ? 'a phase is a pause or a load, not both' : undefined;
  if (duration === undefined || arrivalRate === undefined)
    return 'write duration and arrivalRate, for example { duration: 60, arrivalRate: 10 }; other kinds of phases are not known';
  return undefined;
}

function readStep(step: Readonly<Record<string, unknown>>): { path?: string; leftOut?: string } {
  const [verb = 'step', content] = Object.entries(step)[0] ?? [];
  const request = Request.safeParse(content);
  const url = request.success ? request.data.url : undefined;
  if (verb.toLowerCase() !== 'get')
    return { leftOut: `${verb.toUpperCase()}${url === undefined ? '' : ` ${url}`}` };
  return url?.startsWith('/') ? { path: url } : { leftOut: `GET ${url ?? 'without an address'}` };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
