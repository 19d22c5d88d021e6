import { formatValue } from '../unit.ts';
import type { CauseAdvice } from './cause.ts';
import { numberIn, type Row, textIn } from './cells.ts';

/** From so many rows on a share of 20 % is too many rows to wait for. */
const LARGE_ROWS = 500_000;
const THRESHOLD = 1000;

const SETTINGS = {
  vacuum: {
    factor: { large: 0.02, other: 0.05 },
    word: 'vacuum',
    counted: 'dead rows',
    present: 'vacuum_threshold',
  },
  analyze: {
    factor: { large: 0.01, other: 0.02 },
    word: 'analyze',
    counted: 'changed rows',
    present: 'analyze_threshold',
  },
} as const;

/** Settings of one table with which autovacuum comes sooner, with the numbers that follow; nothing where it is off. */
export function soonerAutovacuum(row: Row, kind: 'vacuum' | 'analyze'): readonly CauseAdvice[] {
  const { factor, word, counted, present } = SETTINGS[kind];
  const rows = numberIn(row, 'rows_estimate') ?? 0;
  const chosen = rows >= LARGE_ROWS ? factor.large : factor.other;
  const then = Math.round(THRESHOLD + chosen * rows);
  // Without a deep look, PostgreSQL's defaults: 50 rows and 20 % (vacuum) or 10 % (analyze).
  const now = numberIn(row, present) ?? 50 + (kind === 'vacuum' ? 0.2 : 0.1) * rows;
  if (textIn(row, 'autovacuum') === 'off' || then >= now) return [];
  const table = textIn(row, 'table');
  const names = [`autovacuum_${word}_scale_factor`, `autovacuum_${word}_threshold`] as const;
  return [
    {
      title: `Let autovacuum ${word} ${table} sooner`,
      why: `It waits for ${formatValue(Math.round(now), 'count')} ${counted} now; with these values it comes at ${formatValue(then, 'count')}.`,
      effect: 'changes',
      command: `ALTER TABLE ${table} SET (${names[0]} = ${chosen}, ${names[1]} = ${THRESHOLD});`,
      risk: 'More, but shorter, runs of autovacuum. The command waits for schema changes and running vacuums of the table, not for reads or writes.',
      undo: `ALTER TABLE ${table} RESET (${names.join(', ')});`,
      source: 'https://www.postgresql.org/docs/current/routine-vacuuming.html#AUTOVACUUM',
    },
  ];
}
