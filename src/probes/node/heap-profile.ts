import { z } from 'zod';
import type { Probe } from '../../engine/ports/probe.ts';
import { pause } from '../pause.ts';
import { attribute } from './attribute.ts';
import type { ContainerNode } from './container-node.ts';
import { type HeapSampled, toHeapObservation } from './heap-observation.ts';
import { HeapProfile, toHeapNodes } from './heap-samples.ts';
import { type Inspected, withInspector } from './inspector.ts';
import { openContainer } from './open-container.ts';
import { hasConsent, type NodeParams, nodeParams } from './params.ts';
import { assertSmallEnough, folderOf, lookAtProgram, programFacts } from './program.ts';
import { keepLimitOf } from './runtime-expressions.ts';

/** One sample for so many bytes on average; a snapshot of the whole heap would stop the program for seconds. */
const SAMPLE_EVERY_BYTES = 128 * 1024;
const NOTHING = z.object({});

/** Which functions of a running Node process allocate memory that stays in use. */
export function nodeHeapProfileProbe(node: ContainerNode): Probe<'node', NodeParams> {
  return {
    name: 'node.heap_profile',
    title: 'Functions of Node that allocate what stays in memory',
    targetKind: 'node',
    cost: 'moderate',
    timeoutMs: 40_000,
    params: nodeParams({ usual: 5000, most: 10_000 }),
    mayLookAt: hasConsent,
    async collect({ target, params: { window, consent }, signal }) {
      const container = await openContainer(node, target, { consent, signal });
      return withInspector(node, { container, workMs: window + 8000, signal }, async (inspected) => {
        const program = await lookAtProgram(inspected);
        assertSmallEnough(program, container.name);
        const sampled = await sample(inspected, window, signal);
        return toHeapObservation({
          ...sampled,
          folder: folderOf(program),
          facts: { container: container.name, ...programFacts(program, inspected.chosen) },
        });
      });
    },
  };
}

/** V8 collects the whole heap before it answers: what is told stays in use, and two answers tell what was added. */
async function sample(
  { session }: Inspected,
  windowMs: number,
  signal: AbortSignal,
): Promise<Omit<HeapSampled, 'folder' | 'facts'>> {
  const collect = async (method: 'getSamplingProfile' | 'stopSampling') => {
    const askedAt = performance.now();
    const collected = session
      .call(`HeapProfiler.${method}`, {}, HeapProfile)
      .then((answer) => ({ answer, pauseMs: performance.now() - askedAt }));
    // Asked at once, so that the program makes no garbage between the collection and the reading.
    const [{ answer, pauseMs }, after] = await Promise.all([collected, lookAtProgram({ session })]);
    return { answer, pauseMs, at: askedAt, after };
  };
  await session.call('HeapProfiler.startSampling', { samplingInterval: SAMPLE_EVERY_BYTES }, NOTHING);
  const first = await collect('getSamplingProfile');
  await pause(windowMs, signal);
  const last = await collect('stopSampling');
  const roots = toHeapNodes(last.answer);
  return {
    roots,
    sites: attribute(roots),
    count: last.answer.profile.samples.length,
    windowMs: last.at - first.at,
    pauseMs: Math.max(first.pauseMs, last.pauseMs),
    heapBefore: first.after.heapUsed,
    heapAfter: last.after.heapUsed,
    keepLimit: keepLimitOf(last.after),
  };
}
