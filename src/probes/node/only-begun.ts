/** Where a function of a stack stands: where it is at work, and where it starts; all from 1, 0 where V8 does not tell. */
export interface WorkingAt {
  readonly name: string;
  readonly line: number;
  readonly column: number;
  readonly start: number;
  readonly startColumn: number;
}

/** From the start of a function to its parameters, in what stands before its name: `function `, `async function* `, nothing. */
const BEFORE_NAME = [0, 1, 9, 10, 15, 16];
/** The same for a function without a name, which V8 may still give one; an arrow function starts with its parameters. */
const WITHOUT_NAME = [0, 8, 9, 10, 14, 15, 16];

/**
 * V8 heeds an interruption where a loop turns, or where a function begins: then the place is that of its parameters
 * (seen with Node 20, 22 and 24).
 */
export function hasOnlyBegun({ name, line, column, start, startColumn }: WorkingAt): boolean {
  if (start === 0 || line !== start) return false;
  const offset = column - startColumn;
  return WITHOUT_NAME.includes(offset) || BEFORE_NAME.includes(offset - name.length);
}
