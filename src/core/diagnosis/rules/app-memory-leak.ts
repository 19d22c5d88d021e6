import { formatValue } from '../../unit.ts';
import type { Cause, EvidenceLine } from '../cause.ts';
import { lines } from '../evidence-line.ts';
import { functionText } from '../hot-function.ts';
import { type NodeVerdict, nodeRule } from '../node-rule.ts';
import type { NamedFunction, NodeView } from '../node-view.ts';

/** One site keeps this part of what stayed in memory: it has a name. */
const SITE_SHARE = 0.3;
/** Eight samples of 128 kB: less than this is chance, or one request. */
const LEAST_KEPT_BYTES = 1024 * 1024;
/** 1 MB a minute. */
const LEAST_RATE = (1024 * 1024) / 60;
/** Against the usual level of the same hour, as for the memory of containers. */
const TIMES_USUAL = 1.5;
const LEAST_ABOVE_USUAL_BYTES = 50e6;
/** A program that started so short a time ago still fills its caches. */
const YOUNG_MS = 120_000;

/** Memory that is in use grows and grows, and one function allocates what stays. */
export const appMemoryLeakRule = nodeRule({
  id: 'app.memory_leak',
  needs: ['heap', 'runtime'],
  judge(view): NodeVerdict | undefined {
    const site = retainedSite(view);
    const growth = growthLine(view);
    if (site !== undefined) return { found: toCause({ view, site, growth }) };
    if (view.has('heap')) {
      const kept = view.value('heap', 'sampled_bytes') ?? 0;
      return {
        clear: `of what it allocated in the window ${formatValue(kept, 'bytes')} stayed${site === undefined && kept >= LEAST_KEPT_BYTES ? ', from many functions' : ''}`,
      };
    }
    if (growth !== undefined) return { found: toCause({ view, site, growth }) };
    const floor = view.value('runtime', 'heap_floor_growth_bytes');
    return floor === undefined || floor < LEAST_KEPT_BYTES
      ? { clear: 'its heap does not grow' }
      : { unclear: `its heap grew by ${formatValue(floor, 'bytes')}, which may be garbage` };
  },
});

/** The function whose objects stay in memory after a full collection, when they are many. */
export function retainedSite({ largestSite, value }: NodeView): NamedFunction | undefined {
  const bytes = value('heap', 'largest_site_bytes') ?? 0;
  const rate = value('heap', 'sampled_bytes_per_second') ?? 0;
  if (largestSite === undefined || largestSite.share < SITE_SHARE) return undefined;
  return bytes >= LEAST_KEPT_BYTES && rate >= LEAST_RATE ? largestSite : undefined;
}

/** What says that the level rises, apart from the sampling: collections, the floor in the window, or the history. */
function growthLine(view: NodeView): EvidenceLine | undefined {
  const afterGc = view.value('runtime', 'heap_after_gc_growth_bytes');
  if (afterGc !== undefined && afterGc >= LEAST_KEPT_BYTES) {
    return view.line(
      'runtime',
      'heap_after_gc_growth_bytes',
      `after its last full collection it held ${formatValue(afterGc, 'bytes')} more than after the first`,
    );
  }
  return aboveUsual(view) ?? floorLine(view);
}

function aboveUsual(view: NodeView): EvidenceLine | undefined {
  for (const [source, metric] of [
    ['runtime', 'heap_after_gc_bytes'],
    ['heap', 'heap_after_gc_bytes'],
  ] as const) {
    const now = view.value(source, metric);
    const usual = view.usual(source, metric);
    if (now === undefined || usual === undefined) continue;
    if (now < TIMES_USUAL * usual || now - usual < LEAST_ABOVE_USUAL_BYTES) continue;
    return view.line(source, metric, `after a full collection it holds ${formatValue(now, 'bytes')}`);
  }
  return undefined;
}

/** Garbage lies above the floor, but a short window may not show the floor: it supports, and proves nothing by itself. */
function floorLine(view: NodeView): EvidenceLine | undefined {
  const growth = view.value('runtime', 'heap_floor_growth_bytes') ?? 0;
  if (!view.has('heap') || growth < LEAST_KEPT_BYTES) return undefined;
  return view.line(
    'runtime',
    'heap_floor_growth_bytes',
    `the floor of its heap rose by ${formatValue(growth, 'bytes')}`,
  );
}

function toCause(seen: {
  readonly view: NodeView;
  readonly site: NamedFunction | undefined;
  readonly growth: EvidenceLine | undefined;
}): Omit<Cause, 'id' | 'service'> {
  const { view, site, growth } = seen;
  const young = (view.value('runtime', 'uptime_ms') ?? Number.POSITIVE_INFINITY) < YOUNG_MS;
  return {
    title: site ? 'Memory leak' : 'Memory in use grows',
    summary: site
      ? `What ${functionText(site)} allocates stays in the memory of ${view.service}: ${formatValue(view.value('heap', 'sampled_bytes_per_second') ?? 0, 'bytes_per_second')} that no collection frees, ${formatValue(site.share, 'ratio')} of it from there.`
      : `The heap of ${view.service} holds more and more after full collections; what keeps it was not looked for.`,
    confidence: (site ? (growth ? 0.9 : 0.65) : 0.5) - (young ? 0.1 : 0),
    evidence: lines(
      site &&
        view.line(
          'heap',
          'largest_site_bytes',
          `${functionText(site)} allocated what stays, ${formatValue(site.share, 'ratio')} of all that stays`,
          LEAST_KEPT_BYTES,
        ),
      growth,
      view.line('heap', 'heap_after_gc_ratio', 'of what the heap may hold is in use after a full collection'),
    ),
    against: young
      ? lines(view.line('runtime', 'uptime_ms', 'it started a short time ago: caches may still fill'))
      : [],
    advice: [
      {
        title: site ? `Find who keeps what ${functionText(site)} makes` : 'Find what keeps the memory',
        why: 'A Map, an array or a listener that only ever grows is the usual one: give it a size or an expiry, and remove listeners. Memory that levels off is a cache that fills; a leak never does.',
        source: 'https://nodejs.org/en/learn/diagnostics/memory/using-heap-profiler',
      },
    ],
  };
}
