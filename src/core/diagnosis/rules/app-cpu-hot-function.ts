import { formatValue } from '../../unit.ts';
import type { CauseAdvice } from '../cause.ts';
import {
  LOOP_BUSY,
  longStop,
  loopUtilisation,
  starvedBy,
  throttledShare,
  utilisationLine,
} from '../event-loop.ts';
import { lines } from '../evidence-line.ts';
import type { Facts } from '../facts.ts';
import { codeLine, functionText, HOT_SHARE, natureOf, profileLine } from '../hot-function.ts';
import { type NodeVerdict, nodeRule } from '../node-rule.ts';
import type { NamedFunction, NodeView } from '../node-view.ts';

const DOMINANT_SHARE = 0.5;
const REGULAR_EXPRESSION = /^RegExp:/;

/** One function of the program takes the time of the event loop, and with it that of every request. */
export const appCpuHotFunctionRule = nodeRule({
  id: 'app.cpu_hot_function',
  needs: ['cpu'],
  judge(view, facts): NodeVerdict | undefined {
    const { hottest } = view;
    const utilisation = loopUtilisation(view);
    if (utilisation === undefined) return { unclear: 'how busy its event loop is was not measured' };
    if (utilisation < LOOP_BUSY) {
      return { clear: `its event loop is busy ${formatValue(utilisation, 'ratio')} of the time only` };
    }
    if (hottest === undefined || hottest.share < HOT_SHARE) {
      return { clear: `no function takes a quarter of its CPU time${mostText(hottest)}` };
    }
    return otherName(view, hottest) ?? { found: toCause({ view, hottest, utilisation, facts }) };
  },
});

function mostText(hottest: NamedFunction | undefined): string {
  return hottest === undefined
    ? ''
    : ` (most: ${functionText(hottest)}, ${formatValue(hottest.share, 'ratio')})`;
}

/** Faults that have a name of their own. */
function otherName(view: NodeView, hottest: NamedFunction): NodeVerdict | undefined {
  const name = functionText(hottest);
  const throttled = throttledShare(view);
  if (throttled !== undefined) {
    return {
      clear: `the CPU quota stops it in ${formatValue(throttled, 'ratio')} of the periods; of the little that it gets ${name} takes ${formatValue(hottest.share, 'ratio')}`,
    };
  }
  const nature = natureOf(hottest);
  if (nature === 'crypto') return { clear: `what ${name} does is cryptography` };
  if (nature === 'json') return { clear: `what ${name} does is JSON` };
  return longStop(view) === undefined ? undefined : { clear: `${name} stops the loop now and then only` };
}

function toCause(seen: {
  readonly view: NodeView;
  readonly hottest: NamedFunction;
  readonly utilisation: number;
  readonly facts: Facts;
}) {
  const { view, hottest, utilisation, facts } = seen;
  const share = formatValue(hottest.share, 'ratio');
  const starved = starvedBy(view, facts);
  const output = natureOf(hottest) === 'output';
  return {
    title: 'One function takes the CPU',
    summary: `${functionText(hottest)} takes ${share} of the CPU time of ${view.service}, and its event loop is busy ${formatValue(utilisation, 'ratio')} of the time: every other request waits for it.`,
    confidence: starved !== undefined || output ? 0.45 : hottest.share >= DOMINANT_SHARE ? 0.93 : 0.8,
    evidence: lines(
      profileLine(view, hottest),
      codeLine(view, hottest),
      utilisationLine(view, 'busy share of its event loop', LOOP_BUSY),
    ),
    against: lines(
      starved,
      output ? view.line('cpu', 'hottest_share', 'most of it goes into writing output') : undefined,
    ),
    advice: [adviceFor(view, hottest)],
  };
}

function adviceFor(view: NodeView, hottest: NamedFunction): CauseAdvice {
  if (REGULAR_EXPRESSION.test(hottest.mostlyIn)) {
    return {
      title: `Rewrite the regular expression in ${functionText(hottest)}`,
      why: `${hottest.mostlyIn}: nested repetitions make the time grow exponentially with the length of a text that does not match.`,
      source: 'https://nodejs.org/en/learn/asynchronous-work/dont-block-the-event-loop',
    };
  }
  return {
    title: `Do less in ${functionText(hottest)}, or move it out of the event loop`,
    why: `JavaScript runs in one thread: while this function computes, every other request of ${view.service} waits. Cache its result, cut it into parts with setImmediate, or give it to a worker thread; more copies of the service only spread it.`,
    source: 'https://nodejs.org/en/learn/asynchronous-work/dont-block-the-event-loop',
  };
}
