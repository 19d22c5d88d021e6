import { formatValue } from '../../unit.ts';
import type { Cause, CauseAdvice } from '../cause.ts';
import { longStop, starvedBy, throttledShare, toldStop } from '../event-loop.ts';
import { lines } from '../evidence-line.ts';
import type { Facts } from '../facts.ts';
import { codeLine, functionText, HOT_SHARE, natureOf, profileLine } from '../hot-function.ts';
import { type NodeVerdict, nodeRule } from '../node-rule.ts';
import type { NamedFunction, NodeView } from '../node-view.ts';

const DOMINANT_SHARE = 0.5;
/** Then the stops may be collections. */
const MUCH_GC = 0.1;
/** From here on it is no hiccup of a busy machine. */
const VERY_LONG_MS = 500;

/** The event loop stands still now and then, while it turns well at other times: averages and even a p99 look fine. */
export const appEventLoopBlockRule = nodeRule({
  id: 'app.event_loop_block',
  needs: ['runtime', 'prometheus'],
  judge(view, facts): NodeVerdict | undefined {
    if (!view.has('runtime')) return judgeFromPrometheus(view);
    const longest = view.value('runtime', 'event_loop_delay_max_ms');
    if (longest === undefined) return undefined;
    const stop = longStop(view);
    if (stop === undefined) return { clear: whyNot(view, longest) };
    const throttled = throttledShare(view);
    if (throttled !== undefined) {
      return { clear: `the CPU quota stops it in ${formatValue(throttled, 'ratio')} of the periods` };
    }
    const hot = view.hottest && view.hottest.share >= HOT_SHARE ? view.hottest : undefined;
    const nature = hot && natureOf(hot);
    if (hot && (nature === 'json' || nature === 'crypto')) {
      return {
        clear: `what stops it is ${nature === 'json' ? 'JSON' : 'cryptography'} in ${functionText(hot)}`,
      };
    }
    return { found: toCause({ view, stop, hot, facts }) };
  },
});

function judgeFromPrometheus(view: NodeView): NodeVerdict | undefined {
  const lag = view.value('prometheus', 'event_loop_lag_p99_ms');
  if (lag === undefined) return undefined;
  const ms = toldStop(view);
  const took = formatValue(lag, 'ms');
  if (ms === undefined)
    return { unclear: `Prometheus knows only the 99th percentile of its delay (${took})` };
  const throttled = throttledShare(view);
  if (throttled !== undefined) {
    return { clear: `the CPU quota stops it in ${formatValue(throttled, 'ratio')} of the periods` };
  }
  return {
    found: {
      title: 'Event loop blocked',
      summary: `The event loop of ${view.service} stands still for ${took} now and then, by what it tells Prometheus. Whatever comes meanwhile has to wait.`,
      confidence: ms >= VERY_LONG_MS ? 0.5 : 0.35,
      evidence: lines(
        view.line('prometheus', 'event_loop_lag_p99_ms', `one turn of a hundred is ${took} late`, 100),
        view.line('prometheus', 'event_loop_lag_p50_ms', 'usual delay: it turns well otherwise'),
      ),
      against: lines(
        view.line('prometheus', 'gc_ratio', 'garbage collection takes part of the time', MUCH_GC),
      ).filter(({ value }) => Number(value) >= MUCH_GC),
      advice: [splitWork(undefined)],
    },
  };
}

function whyNot(view: NodeView, longest: number): string {
  const stopped = `its longest stop was ${formatValue(longest, 'ms')}`;
  const pause = view.value('runtime', 'gc_max_pause_ms') ?? 0;
  const turn = view.value('runtime', 'event_loop_delay_p50_ms') ?? 0;
  if (longest < 100) return stopped;
  return pause >= 0.5 * longest
    ? `${stopped}, ${formatValue(pause, 'ms')} of it in a garbage collection`
    : `${stopped}, but every turn is slow (half of them ${formatValue(turn, 'ms')} and more)`;
}

function toCause(seen: {
  readonly view: NodeView;
  readonly stop: { readonly ms: number; readonly never: boolean };
  readonly hot: NamedFunction | undefined;
  readonly facts: Facts;
}): Omit<Cause, 'id' | 'service'> {
  const { view, stop, hot, facts } = seen;
  const starved = starvedBy(view, facts);
  const took = formatValue(stop.ms, 'ms');
  const what = stop.never ? `did not turn once in ${took}` : `stood still for ${took}`;
  return {
    title: 'Event loop blocked',
    summary: `The event loop of ${view.service} ${what}${hot ? `: ${functionText(hot)} takes ${formatValue(hot.share, 'ratio')} of its CPU time` : ''}. Whatever came meanwhile had to wait.`,
    confidence: confidenceOf(stop, hot, starved !== undefined),
    evidence: lines(
      view.line('runtime', 'event_loop_delay_max_ms', `longest stop of the event loop ${took}`, 100),
      view.line('runtime', 'event_loop_delay_p50_ms', 'usual delay: it turns well otherwise'),
      hot && profileLine(view, hot),
      hot && codeLine(view, hot),
    ),
    against: lines(starved),
    advice: [splitWork(hot)],
  };
}

function splitWork(hot: NamedFunction | undefined): CauseAdvice {
  return {
    title: hot ? `Cut ${functionText(hot)} into parts` : 'Find what runs for so long at a time',
    why: hot
      ? 'Work that runs now and then (a timer, a report, a refresh) still stops every request while it runs: give it to a worker thread or another process, or let other work in between with setImmediate.'
      : 'Timers, large loops and calls that end in Sync are the usual ones. A CPU profile names the function.',
    source: 'https://nodejs.org/en/learn/asynchronous-work/dont-block-the-event-loop',
  };
}

function confidenceOf(
  { ms, never }: { readonly ms: number; readonly never: boolean },
  hot: NamedFunction | undefined,
  starved: boolean,
): number {
  if (starved) return 0.4;
  if (hot !== undefined) return hot.share >= DOMINANT_SHARE ? 0.92 : 0.78;
  return never || ms >= VERY_LONG_MS ? 0.65 : 0.45;
}
