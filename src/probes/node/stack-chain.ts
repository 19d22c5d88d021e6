import { type CallNode, type Frame, frameKey } from './call-tree.ts';
import type { InterruptedStack } from './interrupted-stack.ts';

/** The functions of a call tree by what `anyLine` says of them. */
export type KnownFrames = ReadonlyMap<string, Frame>;

export function knownFrames(roots: readonly CallNode[]): KnownFrames {
  return new Map(framesOf(roots).map((frame) => [anyLine(frame), frame]));
}

/** The line of a function is where it begins for a profile, and with some versions of Node where it stands for a stack. */
export function anyLine(frame: Frame): string {
  return frameKey({ name: frame.name, url: frame.url, line: 0 });
}

/** The functions of a stack as a branch of the call tree; all the weight is in the innermost, at the line that was at work. */
export function chain(
  stack: InterruptedStack,
  { weight, known }: { readonly weight: number; readonly known: KnownFrames },
): readonly CallNode[] {
  // Native code has no lines: the one that called it says where the time passes.
  const line = stack.findLast(({ url, at }) => url !== '' && at > 0)?.at;
  return stack.reduceRight<readonly CallNode[]>((children, { at: _, ...told }) => {
    const frame = (told.name !== '' && known.get(anyLine(told))) || told;
    const isInnermost = children.length === 0;
    const lines = new Map(isInnermost && line !== undefined ? [[line, weight]] : []);
    return [{ frame, self: isInnermost ? weight : 0, lines, children }];
  }, []);
}

function framesOf(nodes: readonly CallNode[]): readonly Frame[] {
  return nodes.flatMap(({ frame, children }) => [frame, ...framesOf(children)]);
}
