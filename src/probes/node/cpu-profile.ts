import { z } from 'zod';
import type { Probe } from '../../engine/ports/probe.ts';
import { pause } from '../pause.ts';
import { attribute, type Charged } from './attribute.ts';
import type { ContainerNode } from './container-node.ts';
import { MOST_FUNCTIONS, type Profiled, toCpuObservation } from './cpu-observation.ts';
import { CpuProfile, toCpuSamples } from './cpu-samples.ts';
import { graft } from './graft.ts';
import { hotLines, MOST_LINES, sourceOf } from './hot-lines.ts';
import { disclose } from './inlined.ts';
import { type Inspected, withInspector } from './inspector.ts';
import { interruptedStacks } from './interrupted-stack.ts';
import { openContainer } from './open-container.ts';
import { hasConsent, type NodeParams, nodeParams } from './params.ts';
import { assertSmallEnough, folderOf, lookAtProgram, type Program, programFacts } from './program.ts';
import { readSourceLines, type SourceLine } from './source-lines.ts';

const SAMPLE_EVERY_US = 1000;
/** How long the event loop is watched before the profiler, which keeps it awake, begins. */
const BEFORE_MS = 500;
const NOTHING = z.object({});

/** Which functions of a running Node process take the CPU, and who calls them. */
export function nodeCpuProfileProbe(node: ContainerNode): Probe<'node', NodeParams> {
  return {
    name: 'node.cpu_profile',
    title: 'Functions of Node that take the CPU',
    targetKind: 'node',
    cost: 'moderate',
    timeoutMs: 40_000,
    params: nodeParams({ usual: 1500, most: 10_000 }),
    mayLookAt: hasConsent,
    async collect({ target, params: { window, consent }, signal }) {
      const container = await openContainer(node, target, { consent, signal });
      return withInspector(node, { container, workMs: window + 8000, signal }, async (inspected) => {
        const before = await lookAtProgram(inspected);
        assertSmallEnough(before, container.name);
        await pause(BEFORE_MS, signal);
        const program = await lookAtProgram(inspected);
        const profiled = await profile(inspected, { windowMs: window, program, signal });
        return toCpuObservation({
          ...profiled,
          utilisation: utilisation(before, program),
          facts: { container: container.name, ...programFacts(program, inspected.chosen) },
        });
      });
    },
  };
}

async function profile(
  { session }: Inspected,
  {
    windowMs,
    program,
    signal,
  }: { readonly windowMs: number; readonly program: Program; readonly signal: AbortSignal },
): Promise<Omit<Profiled, 'utilisation' | 'facts'>> {
  await session.call('Profiler.enable', {}, NOTHING);
  await session.call('Profiler.setSamplingInterval', { interval: SAMPLE_EVERY_US }, NOTHING);
  const startedAt = performance.now();
  await session.call('Profiler.start', {}, NOTHING);
  const pauseMs = performance.now() - startedAt;
  const stacks = await interruptedStacks(session, windowMs, signal);
  const told = toCpuSamples(await session.call('Profiler.stop', {}, CpuProfile));
  await session.call('Profiler.disable', {}, NOTHING);
  const samples = { ...told, roots: disclose(graft(told.roots, stacks), stacks) };
  const functions = attribute(samples.roots);
  const lines = hotLines(samples.roots);
  // How they are written tells what built-ins they call, which V8 shows nowhere.
  const written = await readSourceLines(session, [
    ...functions.slice(0, MOST_FUNCTIONS).map(busiestLine),
    ...lines.slice(0, MOST_LINES).map(sourceOf),
  ]);
  const code = written.slice(0, Math.min(functions.length, MOST_FUNCTIONS));
  return {
    samples,
    functions,
    code,
    lines,
    lineCode: written.slice(code.length),
    folder: folderOf(program),
    pauseMs,
  };
}

function busiestLine({ mostlyIn, line = 0 }: Charged): SourceLine {
  return mostlyIn === undefined ? { file: '', line } : sourceOf({ frame: mostlyIn, line });
}

function utilisation(before: Program, after: Program): number | undefined {
  const active = after.loop.active - before.loop.active;
  const idle = after.loop.idle - before.loop.idle;
  return active + idle > 0 ? active / (active + idle) : undefined;
}
