import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { pause } from '../pause.ts';
import type { Frame } from './call-tree.ts';
import type { CdpSession } from './cdp-session.ts';
import { hasOnlyBegun } from './only-begun.ts';
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
      line: site.getLineNumber() || 0, column: site.getColumnNumber() || 0,
      start: typeof site.getEnclosingLineNumber === 'function' ? Number(site.getEnclosingLineNumber()) || 0 : 0,
      startColumn: typeof site.getEnclosingColumnNumber === 'function' ? Number(site.getEnclosingColumnNumber()) || 0 : 0 }));
    const { stack } = new Error();
    return JSON.stringify({ sites: Array.isArray(stack) ? stack : [] });
  } finally {
    for (const [name, descriptor] of before) {
      if (descriptor) Object.defineProperty(Error, name, descriptor); else delete Error[name];
    }
  }`)}
//# sourceURL=${LOOK_URL}`;

const Site = z.object({
  name: z.string(),
  url: z.string(),
  line: z.number(),
  column: z.number(),
  start: z.number(),
  startColumn: z.number(),
});
type Site = z.infer<typeof Site>;
const Stack = z.object({ sites: z.array(Site) });

/** A function on a stack, and the line of it that is at work. */
export interface StackFrame extends Frame {
  readonly at: number;
}

/** What runs, from the event loop to the innermost function. */
export type InterruptedStack = readonly StackFrame[];

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
    const stack = toStack(sites.filter(({ url }) => url !== LOOK_URL));
    if (stack.length > 0) stacks.push(stack);
  }
  return stacks;
}

/** One that has only begun has taken no time yet: what ran until then, perhaps native code, was called by its caller. */
function toStack(sites: readonly Site[]): InterruptedStack {
  const [innermost] = sites;
  const worked = innermost !== undefined && hasOnlyBegun(innermost) ? sites.slice(1) : sites;
  return worked
    .map(({ name, url, line, start }) => ({ name, url: asInProfile(url), line: start || line, at: line }))
    .toReversed();
}

/** A stack has the path of a CommonJS module where a profile has an address. */
function asInProfile(url: string): string {
  return url.startsWith('/') ? pathToFileURL(url).href : url;
}
