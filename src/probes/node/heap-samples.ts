import { z } from 'zod';
import type { CallNode } from './call-tree.ts';

const CallFrame = z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() });

interface SampledNode {
  readonly callFrame: z.infer<typeof CallFrame>;
  readonly selfSize: number;
  readonly children: readonly SampledNode[];
}

const SampledNode: z.ZodType<SampledNode> = z.object({
  callFrame: CallFrame,
  selfSize: z.number(),
  get children() {
    return z.array(SampledNode);
  },
});

/** What `HeapProfiler.stopSampling` answers: sizes in bytes, extrapolated from the samples. */
export const HeapProfile = z.object({
  profile: z.object({ head: SampledNode, samples: z.array(z.unknown()).default([]) }),
});
export type HeapProfile = z.infer<typeof HeapProfile>;

/** What was allocated in the window and is still there, by who allocated it, in bytes. */
export function toHeapNodes({ profile: { head } }: HeapProfile): readonly CallNode[] {
  const toNode = ({ callFrame, selfSize, children }: SampledNode): CallNode => ({
    frame: {
      name: callFrame.functionName,
      url: callFrame.url,
      line: callFrame.url === '' ? 0 : callFrame.lineNumber + 1,
    },
    self: selfSize,
    lines: new Map(),
    children: children.map(toNode),
  });
  return head.children.map(toNode);
}
