import { formatValue } from '../../unit.ts';
import type { Cause, EvidenceLine } from '../cause.ts';
import { lines } from '../evidence-line.ts';
import { functionText } from '../hot-function.ts';
import { type NodeVerdict, nodeRule } from '../node-rule.ts';
import type { NamedFunction, NodeView } from '../node-view.ts';

/** One site keeps this part of what stayed in memory: it has a name. */
const SITE_SHARE = 0.3;
/** Eight samples of 128 kB: less than this is chance, or one request. */
const LEAST_GROWN_BYTES = 1024 * 1024;
/** 1 MB a minute. */
const LEAST_RATE = (1024 * 1024) / 60;
/** Against the usual level of the same hour, as for the memory of containers. */
const TIMES_USUAL = 1.5;
const LEAST_ABOVE_USUAL_BYTES = 50e6;
/** A program that started so short a time ago still fills its caches. */
const YOUNG_MS = 120_000;
const LEVEL = 'heap_after_gc_bytes';

/** Memory that is in use grows and grows, and one function allocates what stays. */
export const appMemoryLeakRule = nodeRule({
  id: 'app.memory_leak',
  needs: ['heap', 'runtime'],
  judge(view): NodeVerdict | undefined {
    const grown = grownLine(view);
    const growth = grown ?? historyLine(view);
    const site = retainedSite(view);
    if (growth !== undefined) {
      const confidence = site === undefined ? 0.5 : grown === undefined ? 0.7 : 0.9;
      return { found: toCause({ view, site, growth, confidence }) };
    }
    if (view.has('heap')) return { clear: whyNot(view, site) };
    const floor = view.value('runtime', 'heap_floor_growth_bytes');
    return floor === undefined || floor < LEAST_GROWN_BYTES
      ? { clear: 'its heap does not grow' }
      : { unclear: `its heap grew by ${formatValue(floor, 'bytes')}, which may be garbage` };
  },
});

/** The function that is at work on a leak which was measured. */
export function leakingSite(view: NodeView): NamedFunction | undefined {
  return grownLine(view) === undefined ? undefined : retainedSite(view);
}

/** The function that allocated most of what stayed; that may have replaced what was there before. */
function retainedSite({ largestSite, value }: NodeView): NamedFunction | undefined {
  const bytes = value('heap', 'largest_site_bytes') ?? 0;
  if (largestSite === undefined || largestSite.share < SITE_SHARE) return undefined;
  return bytes >= LEAST_GROWN_BYTES ? largestSite : undefined;
}

/** Growth from one full collection to another: nothing of it is garbage. */
function grownLine(view: NodeView): EvidenceLine | undefined {
  const bytes = view.value('heap', 'heap_growth_bytes') ?? 0;
  const rate = view.value('heap', 'heap_growth_bytes_per_second') ?? 0;
  if (bytes >= LEAST_GROWN_BYTES && rate >= LEAST_RATE) {
    const text = `what no collection frees grew by ${formatValue(bytes, 'bytes')}, ${formatValue(rate, 'bytes_per_second')}`;
    return view.line('heap', 'heap_growth_bytes', text, LEAST_GROWN_BYTES);
  }
  const between = view.value('runtime', 'heap_after_gc_growth_bytes') ?? 0;
  if (view.has('heap') || between < LEAST_GROWN_BYTES) return undefined;
  const text = `after its last full collection it held ${formatValue(between, 'bytes')} more than after the first`;
  return view.line('runtime', 'heap_after_gc_growth_bytes', text, LEAST_GROWN_BYTES);
}

/** Far above the level that it usually has: a slow leak shows in no window of seconds. */
function historyLine(view: NodeView): EvidenceLine | undefined {
  const source = view.value('runtime', LEVEL) === undefined ? 'heap' : 'runtime';
  const now = view.value(source, LEVEL);
  const usual = view.usual(source, LEVEL);
  if (now === undefined || usual === undefined) return undefined;
  if (now < TIMES_USUAL * usual || now - usual < LEAST_ABOVE_USUAL_BYTES) return undefined;
  return view.line(source, LEVEL, `after a full collection it holds ${formatValue(now, 'bytes')}`);
}

function whyNot(view: NodeView, site: NamedFunction | undefined): string {
  const grown = formatValue(view.value('heap', 'heap_growth_bytes') ?? 0, 'bytes');
  return site === undefined
    ? `from one full collection to the next its heap grew by ${grown}`
    : `what ${functionText(site)} allocates takes the place of what was there: in all the heap grew by ${grown}`;
}

function toCause(seen: {
  readonly view: NodeView;
  readonly site: NamedFunction | undefined;
  readonly growth: EvidenceLine;
  readonly confidence: number;
}): Omit<Cause, 'id' | 'service'> {
  const { view, site, growth, confidence } = seen;
  const young = (view.value('runtime', 'uptime_ms') ?? Number.POSITIVE_INFINITY) < YOUNG_MS;
  return {
    title: site ? 'Memory leak' : 'Memory in use grows',
    summary: site
      ? `What ${functionText(site)} allocates stays in the memory of ${view.service}: ${formatValue(view.value('heap', 'sampled_bytes_per_second') ?? 0, 'bytes_per_second')} that no collection frees, ${formatValue(site.share, 'ratio')} of it from there.`
      : `The heap of ${view.service} holds more and more after full collections; ${view.has('heap') ? 'no single function keeps it' : 'what keeps it was not looked for'}.`,
    confidence: confidence - (young ? 0.1 : 0),
    evidence: lines(
      site &&
        view.line(
          'heap',
          'largest_site_bytes',
          `${functionText(site)} allocated what stays, ${formatValue(site.share, 'ratio')} of all that stays`,
          LEAST_GROWN_BYTES,
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
