import { type CallNode, sum, weightOf } from './call-tree.ts';
import { kindOf } from './frame-words.ts';
import type { InterruptedStack } from './interrupted-stack.ts';
import { anyLine, chain, knownFrames } from './stack-chain.ts';

/** A part of all time like this in a bare function of Node, such as its timers, is that of somebody whom it called. */
const SUSPICIOUS = 0.25;
/** One look may be chance. */
const LEAST_LOOKS = 2;

/**
 * V8 does not tell a profile about code that it optimised in the middle of a running loop, before the profile began: the
 * time of such a function seems to be that of its caller. Stacks that were taken meanwhile show it; this gives it the
 * part of its caller's time that they say, beyond what the profile knows of it.
 */
export function graft(roots: readonly CallNode[], stacks: readonly InterruptedStack[]): readonly CallNode[] {
  const least = SUSPICIOUS * weightOf(roots);
  const known = knownFrames(roots);
  const visit = (node: CallNode): CallNode => {
    const children = node.children.map(visit);
    const isSuspect = kindOf(node.frame) === 'node' && node.self > 0 && node.self >= least;
    const hidden = isSuspect ? hiddenIn(node, stacks) : [];
    const grafted = hidden.flatMap(({ inner, weight }) => chain(inner, { weight, known }));
    return {
      ...node,
      self: Math.max(0, node.self - sum(hidden.map(({ weight }) => weight))),
      children: [...children, ...grafted],
    };
  };
  return roots.map(visit);
}

interface Hidden {
  readonly inner: InterruptedStack;
  readonly weight: number;
}

function hiddenIn(node: CallNode, stacks: readonly InterruptedStack[]): readonly Hidden[] {
  const looks = stacks.flatMap((stack) => innerFrames(node, stack));
  const total = weightOf([node]);
  const byCallee = new Map<string, InterruptedStack[]>();
  for (const inner of looks) {
    const [callee] = inner;
    if (callee !== undefined)
      byCallee.set(anyLine(callee), [...(byCallee.get(anyLine(callee)) ?? []), inner]);
  }
  const found = [...byCallee].flatMap(([key, inners]) => {
    const known = weightOf(node.children.filter(({ frame }) => anyLine(frame) === key));
    const missing = (total * inners.length) / looks.length - known;
    return inners.length >= LEAST_LOOKS && missing > 0 ? [{ inners, missing }] : [];
  });
  const scale = Math.min(1, node.self / sum(found.map(({ missing }) => missing)));
  return found.flatMap(({ inners, missing }) =>
    inners.map((inner) => ({ inner, weight: (missing * scale) / inners.length })),
  );
}

/** What a stack shows above a function, perhaps nothing; no answer when the function is not on it. */
function innerFrames({ frame }: CallNode, stack: InterruptedStack): readonly InterruptedStack[] {
  const index = stack.findLastIndex((other) => anyLine(other) === anyLine(frame));
  return index < 0 ? [] : [stack.slice(index + 1)];
}
