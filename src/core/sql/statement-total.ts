import { z } from 'zod';

/** What a statement has done since its counters began: a row of what `postgres.statement_totals` reads, and of its table. */
export const StatementTotal = z.object({
  queryid: z.string().nullable(),
  query: z.string().nullable(),
  database: z.string().nullable(),
  calls: z.number(),
  total_ms: z.number(),
  rows: z.number(),
});
export type StatementTotal = z.infer<typeof StatementTotal>;
