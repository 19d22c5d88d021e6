import { z } from 'zod';
import { pause } from '../docker/pause.ts';
import type { Frame } from './call-tree.ts';
import type { CdpSession } from './cdp-session.ts';
import { guarded } from './runtime-expressions.ts';

const LOOKS = 5;
const BETWEEN_MS = 40;

/** An expression interrupts the function that runs, so that its own stack shows what it interrupted. */
const STACK = guarded(`
  const before = ['prepareStackTrace', 'stackTraceLimit'].map((name) => [name, Object.getOwnPropertyDescriptor(Error, name)]);
  try {
    Error.stackTraceLimit = 60;
    Error.prepareStackTrace = (_, sites) => sites.map((site) => ({
      name: String(site.getFunctionName() || '').slice(0, 500),
      url: String(site.getScriptNameOrSourceURL() || '').slice(0, 1000),
      line: site.getLineNumber() || 0,
      start: typeof site.getEnclosingLineNumber === 'function' ? site.getEnclosingLineNumber() : undefined }));
    const { stack } = new Error();
    return JSON.stringify({ sites: Array.isArray(stack) ? stack : [] });
  } finally {
    for (const [name, descriptor] of before) {
      if (descriptor) Object.defineProperty(Error, name, descriptor); else delete Error[name];
    }
  }`);

const Stack = z.object({
  sites: z.array(
    z.object({ name: z.string(), url: z.string(), line: z.number(), start: z.number().optional() }),
  ),
});

/** What runs, from the event loop to the innermost function, and the line that is at work there. */
export interface InterruptedStack {
  readonly frames: readonly Frame[];
  readonly line: number;
}

/** Looks several times at what runs right now; nothing when one of the looks found the event loop waiting. */
export async function interruptedStacks(
  session: CdpSession,
  signal: AbortSignal,
): Promise<readonly InterruptedStack[]> {
  const stacks: InterruptedStack[] = [];
  for (let look = 0; look < LOOKS; look++) {
    const { sites } = await session.evaluate(STACK, Stack);
    // The innermost ones are those of the expression itself: they are in no file.
    const inside = sites.slice(sites.findIndex(({ url }) => url !== ''));
    const [innermost] = inside;
    if (innermost === undefined || innermost.url === '') return [];
    const frames = inside.map(({ name, url, line, start }) => ({ name, url, line: start || line }));
    stacks.push({ frames: frames.toReversed(), line: innermost.line });
    await pause(BETWEEN_MS, signal);
  }
  return stacks;
}
