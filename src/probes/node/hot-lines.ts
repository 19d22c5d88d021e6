import type { Table } from '../../core/evidence.ts';
import { topRows } from '../../core/top-rows.ts';
import { innermost } from './attribute.ts';
import { type CallNode, type Frame, frameKey, sum, visitStacks } from './call-tree.ts';
import { fileOf, kindOf, nameOf, placeOf, printable } from './frame-words.ts';
import type { SourceLine, WrittenLine } from './source-lines.ts';

/** Lines that are told. */
export const MOST_LINES = 6;
const SHOWN_CODE = 160;
/** Where V8 gives a line that the function does not have. */
const INLINED = 'code that V8 inlined into it';

/** A line of the application or of a package, and what was measured there. */
export interface HotLine {
  /** The function that it is in, as far as the profile knows. */
  readonly frame: Frame;
  readonly line: number;
  readonly weight: number;
}

/** The lines on which the time passes, the heaviest first. */
export function hotLines(roots: readonly CallNode[]): readonly HotLine[] {
  const found = new Map<string, { readonly frame: Frame; readonly line: number; weight: number }>();
  visitStacks(roots, (stack, { self, lines }) => {
    const frame = innermost(stack);
    if (!['application', 'library'].includes(kindOf(frame))) return;
    const ticks = sum([...lines.values()]);
    for (const [line, count] of lines) {
      const key = `${frameKey(frame)}\n${line}`;
      const entry = found.get(key) ?? { frame, line, weight: 0 };
      entry.weight += (self * count) / ticks;
      found.set(key, entry);
    }
  });
  return [...found.values()].filter(({ weight }) => weight > 0).toSorted((a, b) => b.weight - a.weight);
}

/** Where to read a line as it is written. */
export function sourceOf({ frame, line }: Pick<HotLine, 'frame' | 'line'>): SourceLine {
  return { file: fileOf(frame) ?? '', line, start: frame.line };
}

/** A line for people: `src/orders.js:12: return rows.sort(byPrice);` */
export function lineText(
  { frame, line }: Pick<HotLine, 'frame' | 'line'>,
  written: WrittenLine | undefined,
  folder: string,
): string {
  if (written?.isElsewhere) return INLINED;
  if (fileOf(frame) === undefined) return '';
  const place = placeOf({ ...frame, line }, folder);
  return written?.code === undefined ? place : `${place}: ${printable(written.code, SHOWN_CODE)}`;
}

export function hotLinesTable(
  lines: readonly HotLine[],
  {
    busyMs,
    folder,
    written,
  }: { readonly busyMs: number; readonly folder: string; readonly written: readonly WrittenLine[] },
): Table {
  return {
    name: 'hot_lines',
    title: 'Lines that take the time',
    columns: [
      { name: 'line', title: 'Line' },
      { name: 'share', title: 'Share', unit: 'ratio' },
      { name: 'function', title: 'Function' },
    ],
    ...topRows(lines, MOST_LINES, (line, index) => [
      lineText(line, written[index], folder),
      line.weight / busyMs,
      `${nameOf(line.frame)} (${placeOf(line.frame, folder)})`,
    ]),
  };
}
