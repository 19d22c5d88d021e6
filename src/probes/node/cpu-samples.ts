import { z } from 'zod';
import type { CallNode } from './call-tree.ts';
import { LOOK_URL } from './interrupted-stack.ts';

const CallFrame = z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() });

/** What `Profiler.stop` answers: times in microseconds, lines of frames from 0, of ticks from 1. */
export const CpuProfile = z.object({
  profile: z.object({
    nodes: z.array(
      z.object({
        id: z.number(),
        callFrame: CallFrame,
        children: z.array(z.number()).default([]),
        positionTicks: z.array(z.object({ line: z.number(), ticks: z.number() })).default([]),
      }),
    ),
    startTime: z.number(),
    endTime: z.number(),
    samples: z.array(z.number()).default([]),
    timeDeltas: z.array(z.number()).default([]),
  }),
});
export type CpuProfile = z.infer<typeof CpuProfile>;

const IDLE = '(idle)';
const COLLECTOR = '(garbage collector)';

/** A CPU profile as a tree; times in ms. */
export interface CpuSamples {
  /** What was called from the event loop, without the time in which it waited, and without perfbot's own looks. */
  readonly roots: readonly CallNode[];
  readonly count: number;
  readonly idleMs: number;
  readonly collectorMs: number;
  readonly windowMs: number;
}

/** Gives every sample the time until the next one, and every function its callers. */
export function toCpuSamples({ profile }: CpuProfile): CpuSamples {
  const times = timesOf(profile);
  const byId = new Map(profile.nodes.map((node) => [node.id, node]));
  const toNode = (id: number): readonly CallNode[] => {
    const node = byId.get(id);
    if (node === undefined || node.callFrame.functionName === IDLE) return [];
    if (node.callFrame.url === LOOK_URL) return [];
    const { functionName: name, url, lineNumber } = node.callFrame;
    return [
      {
        frame: { name, url, line: url === '' ? 0 : lineNumber + 1 },
        self: times.get(id) ?? 0,
        lines: new Map(node.positionTicks.map(({ line, ticks }) => [line, ticks])),
        children: node.children.flatMap(toNode),
      },
    ];
  };
  const timeIn = (functionName: string) =>
    profile.nodes
      .filter(({ callFrame }) => callFrame.functionName === functionName && callFrame.url === '')
      .reduce((total, { id }) => total + (times.get(id) ?? 0), 0);
  return {
    roots: (profile.nodes[0]?.children ?? []).flatMap(toNode),
    count: profile.samples.length,
    idleMs: timeIn(IDLE),
    collectorMs: timeIn(COLLECTOR),
    windowMs: (profile.endTime - profile.startTime) / 1000,
  };
}

/** Time in ms by node; V8 tells the time from each sample to the one before, sometimes out of order. */
function timesOf({ samples, timeDeltas, startTime, endTime }: CpuProfile['profile']): Map<number, number> {
  const times = new Map<number, number>();
  let at = startTime + (timeDeltas[0] ?? 0);
  samples.forEach((id, index) => {
    const delta = timeDeltas[index + 1] ?? Math.max(0, endTime - at);
    at += delta;
    times.set(id, (times.get(id) ?? 0) + Math.max(0, delta) / 1000);
  });
  return times;
}
