import type { Table } from '../../core/evidence.ts';
import { rowsOutOf } from '../../core/top-rows.ts';
import { sum, type WeighedNode } from './call-tree.ts';
import { nameOf, placeOf } from './frame-words.ts';

/** More bars than this no picture can show. */
const MOST_ROWS = 400;

interface Bar {
  readonly depth: number;
  readonly start: number;
  readonly width: number;
  readonly node: WeighedNode;
}

/**
 * The call tree as bars: what calls at depth 0, what is called above it, within the width of its caller. `start` and
 * `width` are shares of all that was measured. The narrowest bars are left out and counted; no bar without its caller.
 */
export function flameTable(roots: readonly WeighedNode[], folder: string): Table {
  const all = sum(roots.map(({ total }) => total));
  const bars = all > 0 ? layOut(roots, { all, depth: 0, from: 0 }) : [];
  const kept = bars.toSorted((a, b) => b.width - a.width || a.depth - b.depth).slice(0, MOST_ROWS);
  return {
    name: 'flame',
    title: 'Call tree',
    columns: [
      { name: 'depth', title: 'Depth', unit: 'count' },
      { name: 'start', title: 'Start', unit: 'ratio' },
      { name: 'width', title: 'Width', unit: 'ratio' },
      { name: 'frame', title: 'Function' },
      { name: 'place', title: 'Place' },
    ],
    ...rowsOutOf(
      bars.length,
      kept
        .toSorted((a, b) => a.start - b.start || a.depth - b.depth)
        .map(({ depth, start, width, node: { frame } }) => [
          depth,
          rounded(start),
          rounded(width),
          nameOf(frame),
          placeOf(frame, folder),
        ]),
    ),
  };
}

function layOut(
  nodes: readonly WeighedNode[],
  { all, depth, from }: { readonly all: number; readonly depth: number; readonly from: number },
): readonly Bar[] {
  let start = from;
  return nodes.flatMap((node) => {
    const width = node.total / all;
    const bar = { depth, start, width, node };
    const above = layOut(node.children, { all, depth: depth + 1, from: start });
    start += width;
    return [bar, ...above];
  });
}

function rounded(share: number): number {
  return Math.min(1, Number(share.toFixed(6)));
}
