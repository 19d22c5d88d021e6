import type { Probe } from '../../engine/ports/probe.ts';
import { pause } from '../pause.ts';
import type { ContainerNode } from './container-node.ts';
import { type Inspected, withInspector } from './inspector.ts';
import { openContainer } from './open-container.ts';
import { hasConsent, type NodeParams, nodeParams } from './params.ts';
import { programFacts } from './program.ts';
import {
  OnTheWay,
  READ_EXPRESSION,
  type Reading,
  START_EXPRESSION,
  STOP_EXPRESSION,
  Started,
  Stopped,
} from './runtime-expressions.ts';
import { toRuntimeObservation } from './runtime-observation.ts';

const READING_EVERY_MS = 500;

/** Event loop, memory, garbage collection and open resources of a Node process that runs, without restarting it. */
export function nodeRuntimeProbe(node: ContainerNode): Probe<'node', NodeParams> {
  return {
    name: 'node.runtime',
    title: 'Event loop, memory and garbage collection of Node',
    targetKind: 'node',
    cost: 'moderate',
    timeoutMs: 40_000,
    params: nodeParams({ usual: 4000, most: 20_000 }),
    mayLookAt: hasConsent,
    async collect({ target, params: { window, consent }, signal, now }) {
      const container = await openContainer(node, target, { consent, signal });
      return withInspector(node, { container, workMs: window + 5000, signal }, async (inspected) => {
        const watched = await watch(inspected, window, signal);
        return toRuntimeObservation({
          ...watched,
          endedAt: now(),
          facts: { container: container.name, ...watched.facts },
        });
      });
    },
  };
}

async function watch({ session, chosen }: Inspected, windowMs: number, signal: AbortSignal) {
  const { reading, node, script } = await session.evaluate(START_EXPRESSION, Started);
  const readings: Reading[] = [reading];
  const count = Math.max(1, Math.round(windowMs / READING_EVERY_MS));
  for (let index = 1; index <= count; index++) {
    await pause(windowMs / count, signal);
    if (index < count) readings.push((await session.evaluate(READ_EXPRESSION, OnTheWay)).reading);
  }
  const stopped = await session.evaluate(STOP_EXPRESSION, Stopped);
  const facts = programFacts({ node, script }, chosen);
  return { readings: [...readings, stopped.reading], stopped, facts };
}
