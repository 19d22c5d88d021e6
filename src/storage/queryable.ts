import type { QueryResult, QueryResultRow } from 'pg';

/** What a store needs of `pg`: a pool, or the client of a transaction. */
export interface Queryable {
  query<R extends QueryResultRow>(text: string, values?: readonly unknown[]): Promise<QueryResult<R>>;
}
