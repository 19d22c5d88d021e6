/** A function as V8 tells it: untrusted texts; `line` counts from 1 and is 0 where there is none. */
export interface Frame {
  readonly name: string;
  readonly url: string;
  readonly line: number;
}

/** A place in the call tree of a profile; its weight is time (ms) or memory (bytes). */
export interface CallNode {
  readonly frame: Frame;
  /** What was measured in this very function, called this way. */
  readonly self: number;
  /** Where in its file it was measured: line to ticks. */
  readonly lines: ReadonlyMap<number, number>;
  readonly children: readonly CallNode[];
}

/** A function in its callers, with all that was measured in it and in what it calls. */
export interface WeighedNode {
  readonly frame: Frame;
  readonly total: number;
  readonly children: readonly WeighedNode[];
}

/** One function of one file: V8 may tell it several times. */
export function frameKey({ name, url, line }: Frame): string {
  return `${name}\n${url}\n${line}`;
}

/** Joins what is the same function in the same callers, the heaviest first; what weighs nothing is left out. */
export function weigh(nodes: readonly CallNode[]): readonly WeighedNode[] {
  const groups = new Map<string, CallNode[]>();
  for (const node of nodes) {
    const key = frameKey(node.frame);
    groups.set(key, [...(groups.get(key) ?? []), node]);
  }
  return [...groups.values()]
    .flatMap((group): readonly WeighedNode[] => {
      const [first] = group;
      const children = weigh(group.flatMap((node) => node.children));
      const total = sum(group.map(({ self }) => self)) + sum(children.map((child) => child.total));
      return first === undefined || total <= 0 ? [] : [{ frame: first.frame, total, children }];
    })
    .toSorted((a, b) => b.total - a.total);
}

/** Calls `visit` for each node in which something was measured, with the frames that lead to it, the innermost last. */
export function visitStacks(
  nodes: readonly CallNode[],
  visit: (stack: readonly Frame[], node: CallNode) => void,
  above: readonly Frame[] = [],
): void {
  for (const node of nodes) {
    const stack = [...above, node.frame];
    if (node.self > 0) visit(stack, node);
    visitStacks(node.children, visit, stack);
  }
}

/** All that was measured in functions and in what they call. */
export function weightOf(nodes: readonly CallNode[]): number {
  return sum(nodes.map(({ self, children }) => self + weightOf(children)));
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
