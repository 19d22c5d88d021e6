import { z } from 'zod';
import { pause } from '../pause.ts';
import type { Frame } from './call-tree.ts';
import type { CdpSession } from './cdp-session.ts';
import { guarded } from './runtime-expressions.ts';

/** What the expression calls itself, so that a profile can leave it out. */
export const LOOK_URL = 'perfbot:look';
const EVERY_MS = 60;

/** An expression interrupts the function that runs, so that its own stack shows what it interrupted. */
const STACK = `${guarded(`
  const before = ['prepareStackTrace', 'stackTraceLimit'].map((name) => [name, Object.getOwnPropertyDescriptor(Error, name)]);
  try {
    Error.stackTraceLimit = 60;
    Error.prepareStackTrace = (_, sites) => sites.map((site) => ({
      name: String(site.getFunctionName() || '').slice(0, 500),
      url: String(site.getScriptNameOrSourceURL() || '').slice(0, 1000),
      line: site.getLineNumber() || 0,
      start: typeof site.getEnclosingLineNumber === 'function' ? Number(site.getEnclosingLineNumber()) || 0 : 0 }));
    const { stack } = new Error();
    return JSON.stringify({ sites: Array.isArray(stack) ? stack : [] });
  } finally {
    for (const [name, descriptor] of before) {
      if (descriptor) Object.defineProperty(Error, name, descriptor); else delete Error[name];
    }
  }`)}
//# sourceURL=${LOOK_URL}`;

const Stack = z.object({
  sites: z.array(z.object({ name: z.string(), url: z.string(), line: z.number(), start: z.number() })),
});

/** What runs, from the event loop to the innermost function, and the line that is at work there. */
export interface InterruptedStack {
  readonly frames: readonly Frame[];
  readonly line: number;
}

/** Looks again and again at what runs, for as long as the window; looks that found the event loop waiting are left out. */
export async function interruptedStacks(
  session: Pick<CdpSession, 'evaluate'>,
  windowMs: number,
  signal: AbortSignal,
): Promise<readonly InterruptedStack[]> {
  const stacks: InterruptedStack[] = [];
  const end = performance.now() + windowMs;
  for (let left = windowMs; left > 0; left = end - performance.now()) {
    await pause(Math.min(EVERY_MS, left), signal);
    const { sites } = await session.evaluate(STACK, Stack);
    const inside = sites.filter(({ url }) => url !== LOOK_URL);
    const [innermost] = inside;
    if (innermost === undefined) continue;
    const frames = inside.map(({ name, url, line, start }) => ({ name, url, line: start || line }));
    stacks.push({ frames: frames.toReversed(), line: innermost.line });
  }
  return stacks;
}
