import { type CallNode, frameKey, sum } from './call-tree.ts';
import { kindOf } from './frame-words.ts';
import type { InterruptedStack } from './interrupted-stack.ts';

/** A part of all time like this in a bare function of Node, such as its timers, is that of somebody whom it called. */
const SUSPICIOUS = 0.25;

/** True when the profile may miss a function: V8 does not tell it one that it optimised while it was running already. */
export function missesFunction(roots: readonly CallNode[]): boolean {
  return suspects(roots, SUSPICIOUS * weightOf(roots)).length > 0;
}

/** Puts the functions that stacks show below the function of Node that called them, with the weight that it has. */
export function graft(roots: readonly CallNode[], stacks: readonly InterruptedStack[]): readonly CallNode[] {
  const found = new Set(suspects(roots, SUSPICIOUS * weightOf(roots)));
  const visit = (node: CallNode): CallNode => {
    const children = node.children.map(visit);
    const inner = found.has(node) ? stacks.flatMap((stack) => innerFrames(node, stack)) : [];
    // What has not come to an end is there at each look; what is called again and again is not.
    const callees = new Set(inner.map(({ frames: [first] }) => first && frameKey({ ...first, line: 0 })));
    if (inner.length === 0 || inner.length < stacks.length || callees.size > 1) return { ...node, children };
    const share = node.self / inner.length;
    return {
      ...node,
      self: 0,
      children: [...children, ...inner.flatMap((stack) => chain(stack, share))],
    };
  };
  return roots.map(visit);
}

function suspects(nodes: readonly CallNode[], least: number): readonly CallNode[] {
  return nodes.flatMap((node) => [
    ...(kindOf(node.frame) === 'node' && node.self > 0 && node.self >= least ? [node] : []),
    ...suspects(node.children, least),
  ]);
}

function weightOf(nodes: readonly CallNode[]): number {
  return sum(nodes.map(({ self, children }) => self + weightOf(children)));
}

/** What a stack shows above a function: nothing when the function is not on it. */
function innerFrames({ frame }: CallNode, { frames, line }: InterruptedStack): readonly InterruptedStack[] {
  // The line of a function in Node is where it begins for a profile, and where it stands for a stack.
  const key = frameKey({ ...frame, line: 0 });
  const index = frames.findLastIndex((other) => frameKey({ ...other, line: 0 }) === key);
  const inner = index < 0 ? [] : frames.slice(index + 1);
  return inner.length > 0 ? [{ frames: inner, line }] : [];
}

function chain({ frames, line }: InterruptedStack, self: number): readonly CallNode[] {
  return frames.reduceRight<readonly CallNode[]>(
    (children, frame) => [
      children.length === 0
        ? { frame, self, lines: new Map([[line, 1]]), children }
        : { frame, self: 0, lines: new Map(), children },
    ],
    [],
  );
}
