import type { Cell, Column } from '../../core/evidence.ts';
import { NOTHING } from '../blocks/builders.ts';
import { cleanText } from '../text/clean-text.ts';
import { showValue } from '../text/times.ts';

/** A cell for people; a number without a unit stays as it is, for it may be an id. */
export function cellText(cell: Cell | undefined, column: Column, timezone: string): string {
  if (cell === null || cell === undefined) return NOTHING;
  if (typeof cell === 'string') return cleanText(cell).trim() || NOTHING;
  return column.unit === undefined ? String(cell) : showValue(cell, column.unit, timezone);
}

/** SQL and log lines are long and are never put in a cell. */
export function isLong({ format }: Column): boolean {
  return format === 'sql' || format === 'log';
}
