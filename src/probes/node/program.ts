import { dirname } from 'node:path/posix';
import { z } from 'zod';
import { ProbeError } from '../../core/errors.ts';
import { formatValue } from '../../core/unit.ts';
import type { ChosenProcess } from './choose-process.ts';
import type { Inspected } from './inspector.ts';
import { guarded, OLD_SPACE_LIMIT } from './runtime-expressions.ts';

/** Both profilers walk the heap once, 0.8 ms for each MB of it; the process stands still meanwhile. */
const MOST_HEAP_BYTES = 1e9;
const STOP_MS_PER_BYTE = 0.8e-6;

const LOOK = guarded(`
  const loop = require('perf_hooks').performance.eventLoopUtilization();
  return JSON.stringify({
    node: process.version, script: String(process.argv[1] || '').slice(0, 500), cwd: process.cwd().slice(0, 500),
    loop: { active: loop.active, idle: loop.idle }, heapUsed: process.memoryUsage().heapUsed,
    heapLimit: require('v8').getHeapStatistics().heap_size_limit, oldSpaceMib: ${OLD_SPACE_LIMIT} });`);

const Program = z.object({
  node: z.string(),
  script: z.string(),
  cwd: z.string(),
  loop: z.object({ active: z.number(), idle: z.number() }),
  heapUsed: z.number(),
  heapLimit: z.number(),
  oldSpaceMib: z.number().optional(),
});
/** A running program: where it lives, and how much its event loop has worked so far, ms. */
export type Program = z.infer<typeof Program>;

export function lookAtProgram({ session }: Pick<Inspected, 'session'>): Promise<Program> {
  return session.evaluate(LOOK, Program);
}

/** @throws ProbeError `overloaded` where a profile would stop the program for longer than people bear. */
export function assertSmallEnough({ heapUsed }: Program, container: string): void {
  if (heapUsed <= MOST_HEAP_BYTES) return;
  throw new ProbeError('overloaded', `heap of ${heapUsed} bytes in ${container}`, {
    userMessage: `The heap of ${container} holds ${formatValue(heapUsed, 'bytes')}: a profile would stop the program for about ${formatValue(heapUsed * STOP_MS_PER_BYTE, 'ms')}.`,
    mend: 'start one instance with --cpu-prof or --heap-prof, and stop it again after some load',
  });
}

/** The folder that paths are told from: the working directory when the program lies in it, else its own. */
export function folderOf({ cwd, script }: Program): string {
  if (cwd !== '/' && (script === '' || script.startsWith(`${cwd}/`))) return cwd;
  return script.startsWith('/') ? dirname(script) : cwd;
}

export function programFacts(
  { node, script }: Pick<Program, 'node' | 'script'>,
  { process, others }: ChosenProcess,
): Readonly<Record<string, string>> {
  return {
    node,
    pid: String(process.pid),
    script,
    ...(others > 0 && { other_node_processes: String(others) }),
  };
}
