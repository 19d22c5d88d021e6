import { z } from 'zod';
import { STATE_KEY } from './relay-script.ts';

/**
 * What runs inside of the process that is looked at: one synchronous expression at a time, wholly in try/catch, with
 * objects of Node alone. Anything asynchronous that threw there would end the application.
 */
export function guarded(body: string): string {
  return `(() => { try { const KEY = Symbol.for('${STATE_KEY}'); ${body} } catch (error) { return JSON.stringify({ error: String(error).slice(0, 200) }); } })()`;
}

/**
 * The limit of the old generation, MiB, where an option of Node sets it. V8 adds the space for young objects to the
 * limit that it tells, which is most of it in a small heap: a full one would never look full.
 */
export const OLD_SPACE_LIMIT = `(() => {
  const { execArgv, env } = process;
  const options = execArgv.join(' ') + ' ' + (env.NODE_OPTIONS || '');
  const found = /--max[-_]old[-_]space[-_]size[= ](\\d+)/.exec(options);
  return found ? Number(found[1]) : undefined;
})()`;

/** Resolution of the event-loop timer, ms; the histogram holds intervals that include it. */
export const RESOLUTION_MS = 10;

const READ = `
  const read = (state) => {
    const memory = process.memoryUsage();
    const loop = state.hooks.performance.eventLoopUtilization();
    return { at: state.hooks.performance.now(), loop: { active: loop.active, idle: loop.idle }, memory, cpu: process.cpuUsage() };
  };`;

/** Begins to watch: the delay of the event loop and every garbage collection. */
export const START_EXPRESSION = guarded(`${READ}
  if (globalThis[KEY]) globalThis[KEY].stop();
  const hooks = require('perf_hooks'), v8 = require('v8');
  const delay = hooks.monitorEventLoopDelay({ resolution: ${RESOLUTION_MS} });
  const gc = typeof v8.GCProfiler === 'function' ? new v8.GCProfiler() : undefined;
  const state = { hooks, v8, delay, gc, read, stop() { delay.disable(); return gc && gc.stop(); } };
  Object.defineProperty(globalThis, KEY, { value: state, configurable: true, enumerable: false });
  delay.enable();
  if (gc) gc.start();
  return JSON.stringify({ reading: read(state), node: process.version, script: String(process.argv[1] || '').slice(0, 200) });`);

/** One reading on the way. */
export const READ_EXPRESSION = guarded(`
  const state = globalThis[KEY];
  return JSON.stringify({ reading: state.read(state) });`);

/** The last reading, with what was watched; leaves nothing behind. */
export const STOP_EXPRESSION = guarded(`
  const state = globalThis[KEY];
  const reading = state.read(state);
  const resources = {};
  if (process.getActiveResourcesInfo) for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] || 0) + 1;
  const collected = state.stop();
  delete globalThis[KEY];
  const { delay, v8 } = state;
  const gc = collected && collected.statistics.slice(-5000).map((one) => ({
    kind: one.gcType, costUs: one.cost, heapAfter: one.afterGC.heapStatistics.usedHeapSize }));
  return JSON.stringify({
    reading, resources, gc,
    collections: collected ? collected.statistics.length : undefined,
    delay: delay.count > 0
      ? { count: delay.count, p50: delay.percentile(50), p99: delay.percentile(99), max: delay.max } : undefined,
    heapLimit: v8.getHeapStatistics().heap_size_limit,
    oldSpaceMib: ${OLD_SPACE_LIMIT},
    spaces: v8.getHeapSpaceStatistics().map((space) => ({ name: space.space_name, used: space.space_used_size, size: space.space_size })),
    uptimeMs: process.uptime() * 1000 });`);

const Reading = z.object({
  /** Milliseconds since the start of the process. */
  at: z.number(),
  loop: z.object({ active: z.number(), idle: z.number() }),
  memory: z.object({
    rss: z.number(),
    heapTotal: z.number(),
    heapUsed: z.number(),
    external: z.number(),
    arrayBuffers: z.number().default(0),
  }),
  /** Microseconds. */
  cpu: z.object({ user: z.number(), system: z.number() }),
});
export type Reading = z.infer<typeof Reading>;

export const Started = z.object({ reading: Reading, node: z.string(), script: z.string() });
export type Started = z.infer<typeof Started>;
export const OnTheWay = z.object({ reading: Reading });
export const Stopped = z.object({
  reading: Reading,
  resources: z.record(z.string(), z.number()),
  gc: z.array(z.object({ kind: z.string(), costUs: z.number(), heapAfter: z.number() })).optional(),
  collections: z.number().optional(),
  /** Nanoseconds. */
  delay: z.object({ count: z.number(), p50: z.number(), p99: z.number(), max: z.number() }).optional(),
  heapLimit: z.number(),
  oldSpaceMib: z.number().optional(),
  spaces: z.array(z.object({ name: z.string(), used: z.number(), size: z.number() })),
  uptimeMs: z.number(),
});
export type Stopped = z.infer<typeof Stopped>;

/** What stays in the heap may grow to this many bytes. */
export function keepLimitOf({
  heapLimit,
  oldSpaceMib,
}: {
  readonly heapLimit: number;
  readonly oldSpaceMib?: number | undefined;
}): number {
  return oldSpaceMib === undefined ? heapLimit : Math.min(heapLimit, oldSpaceMib * 1024 * 1024);
}
