import { type CallNode, type Frame, sum, weightOf } from './call-tree.ts';
import type { InterruptedStack, StackFrame } from './interrupted-stack.ts';
import { anyLine, chain, type KnownFrames, knownFrames } from './stack-chain.ts';

/** A line with less of all time than this is left as it is: there are too few looks to divide it. */
const WORTH = 0.1;
/** One look may be chance. */
const LEAST_LOOKS = 2;

/** A look that found a function on the stack: the line of it, and what it called. */
interface Look {
  readonly at: number;
  readonly inner: InterruptedStack;
}

/**
 * V8 builds small functions into their callers. A profile then has the time in the caller, and as the line either that of
 * the call (Node 22 and 24) or that of the function inside (Node 20), be it in another file. Stacks that were taken
 * meanwhile have such functions: this gives them what V8 measured at lines at which stacks show them at work.
 */
export function disclose(
  roots: readonly CallNode[],
  stacks: readonly InterruptedStack[],
): readonly CallNode[] {
  const least = WORTH * weightOf(roots);
  const known = knownFrames(roots);
  const visit = (node: CallNode): CallNode => {
    const children = node.children.map(visit);
    const looks = node.self >= least && node.self > 0 ? looksAt(node.frame, stacks) : [];
    const ticks = sum([...node.lines.values()]);
    const lines = new Map<number, number>();
    const found: CallNode[] = [];
    for (const [line, count] of node.lines) {
      const weight = (node.self * count) / ticks;
      const moved =
        knownAt({ node, line, weight }) ??
        (weight < least ? [] : inlinedAt({ node, line, weight }, { looks, known }));
      const rest = weight - weightOf(moved);
      if (rest > 0) lines.set(line, rest);
      found.push(...moved);
    }
    return {
      ...node,
      self: Math.max(0, node.self - weightOf(found)),
      lines,
      children: [...children, ...found],
    };
  };
  return roots.map(visit);
}

function looksAt(frame: Frame, stacks: readonly InterruptedStack[]): readonly Look[] {
  return stacks.flatMap((stack) => {
    const index = stack.findLastIndex((other) => isSame(other, frame));
    // Native code is no function that V8 inlines, and what it takes is that of its caller.
    const end = stack.findLastIndex(({ url }) => url !== '') + 1;
    return index < 0 ? [] : [{ at: stack[index]?.at ?? 0, inner: stack.slice(index + 1, end) }];
  });
}

interface Measured {
  readonly node: CallNode;
  readonly line: number;
  readonly weight: number;
}

/** A line above a function is that of another one: of one that it calls elsewhere, where V8 told this line of it too. */
function knownAt({ node, line, weight }: Measured): readonly CallNode[] | undefined {
  if (line >= node.frame.line) return undefined;
  const callee = node.children.find(({ lines }) => lines.has(line));
  return callee && [{ frame: callee.frame, self: weight, lines: new Map([[line, weight]]), children: [] }];
}

function inlinedAt(
  { node, line, weight }: Measured,
  { looks, known }: { readonly looks: readonly Look[]; readonly known: KnownFrames },
): readonly CallNode[] {
  const here = looks.filter(({ at, inner }) => at === line || inner.some((frame) => frame.at === line));
  const told = (stacks: readonly InterruptedStack[]) =>
    weightOf(
      node.children.filter(({ frame }) => stacks.some((inner) => inner.some((one) => isSame(one, frame)))),
    );
  const all = weight + told(here.map(({ inner }) => inner));
  const callees = byCallee(here).flatMap((inners) => {
    const missing = (all * inners.length) / here.length - told(inners);
    return inners.length >= LEAST_LOOKS && missing > 0 ? [{ inners, missing }] : [];
  });
  const scale = Math.min(1, weight / sum(callees.map(({ missing }) => missing)));
  return callees.flatMap(({ inners, missing }) =>
    inners.flatMap((inner) => chain(inner, { weight: (missing * scale) / inners.length, known })),
  );
}

function byCallee(looks: readonly Look[]): readonly (readonly InterruptedStack[])[] {
  const groups = new Map<string, InterruptedStack[]>();
  for (const { inner } of looks) {
    const [callee] = inner;
    if (callee === undefined) continue;
    groups.set(anyLine(callee), [...(groups.get(anyLine(callee)) ?? []), inner]);
  }
  return [...groups.values()];
}

/** A profile knows a function by `exports.load` or by nothing that a stack calls `load`; both know where it begins. */
function isSame(seen: StackFrame, frame: Frame): boolean {
  if (seen.url !== frame.url || seen.line !== frame.line) return false;
  if (seen.name === frame.name) return true;
  return frame.url !== '' && (seen.name === '' || frame.name === '' || frame.name.endsWith(`.${seen.name}`));
}
