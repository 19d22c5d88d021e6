import type { FrameOrigin } from '../chart.ts';
import type { Table } from '../evidence.ts';
import { plainText } from './chart-words.ts';

/** A function in its callers, with what it calls from left to right. */
export interface FlameNode {
  readonly start: number;
  readonly width: number;
  readonly label: string;
  readonly place: string;
  readonly origin: FrameOrigin;
  readonly children: readonly FlameNode[];
  /** Frames below it that are told as one with it. */
  readonly folded: number;
}

type Growing = Omit<FlameNode, 'children'> & { readonly depth: number; readonly children: Growing[] };

/** A callee with this much of its caller is all that the caller does. */
const NEARLY_ALL = 0.9;
const MOST_NAME = 120;

/** The call tree of a table with the columns depth, start, width, frame and place; a frame without its caller is left out. */
export function readFlame({ columns, rows }: Table): readonly FlameNode[] {
  const at = (name: string) => columns.findIndex((column) => column.name === name);
  const [depthAt, startAt, widthAt, frameAt, placeAt] = ['depth', 'start', 'width', 'frame', 'place'].map(at);
  const frames = rows
    .map((row) => [depthAt, startAt, widthAt, frameAt, placeAt].map((index) => row[index ?? -1]))
    .flatMap(([depth, start, width, frame, place]): readonly Growing[] => {
      if (typeof depth !== 'number' || typeof start !== 'number' || typeof width !== 'number') return [];
      if (!(width > 0)) return [];
      const words = {
        label: plainText(`${frame ?? ''}`, MOST_NAME),
        place: plainText(`${place ?? ''}`, 200),
      };
      const origin = originOf(words.place);
      return [{ depth, start, width, ...words, origin, children: [], folded: 0 }];
    })
    .sort((a, b) => a.start - b.start || a.depth - b.depth);
  return withoutRoot(planted(frames));
}

function planted(frames: readonly Growing[]): readonly Growing[] {
  const roots: Growing[] = [];
  const above: Growing[] = [];
  for (const frame of frames) {
    above.length = Math.min(above.length, frame.depth);
    if (above.length < frame.depth) continue;
    (above.at(-1)?.children ?? roots).push(frame);
    above.push(frame);
  }
  return roots;
}

/** V8's own root is no function. */
function withoutRoot(roots: readonly FlameNode[]): readonly FlameNode[] {
  return roots.flatMap((root) => (root.label === '(root)' ? root.children : [root]));
}

/** Packages lie in `node_modules`, with Yarn also in archives; what is in no file is native. */
function originOf(place: string): FrameOrigin {
  if (place === '' || place.startsWith('node:')) return 'runtime';
  return /(^|[\\/])(node_modules|\.yarn)[\\/]/.test(place) ? 'package' : 'own';
}

/**
 * Foreign functions that only call each other told as one: the layers of a framework or of Node say nothing to people
 * who look for their own code. The outermost keeps its name: it is what was called.
 */
export function folded(node: FlameNode): FlameNode {
  let current = node;
  for (;;) {
    const only = current.children.find(
      ({ origin, width }) => origin === node.origin && width >= current.width * NEARLY_ALL,
    );
    if (node.origin === 'own' || only === undefined)
      return { ...current, children: current.children.map(folded) };
    current = {
      ...current,
      folded: current.folded + 1 + only.folded,
      children: current.children
        .flatMap((child) => (child === only ? only.children : [child]))
        .toSorted((a, b) => a.start - b.start),
    };
  }
}

/** What was measured in the function itself. */
export function selfOf({ width, children }: FlameNode): number {
  return Math.max(0, width - children.reduce((total, child) => total + child.width, 0));
}
