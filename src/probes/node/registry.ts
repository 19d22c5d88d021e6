import type { Probe } from '../../engine/ports/probe.ts';
import type { ContainerNode } from './container-node.ts';
import { nodeCpuProfileProbe } from './cpu-profile.ts';
import { nodeHeapProfileProbe } from './heap-profile.ts';
import type { NodeParams } from './params.ts';
import { nodeRuntimeProbe } from './runtime.ts';

/** All probes that look into a running Node process; add a line here for a new one. */
export function nodeProbes(node: ContainerNode): readonly Probe<'node', NodeParams>[] {
  return [nodeRuntimeProbe(node), nodeCpuProfileProbe(node), nodeHeapProfileProbe(node)];
}
