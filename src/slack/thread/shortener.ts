import { shortenSql } from '../../core/sql/shorten.ts';
import { cutText } from '../text/cut-text.ts';

/** Shortens, and remembers that it did: then the whole report is attached as a file. */
export interface Shortener {
  text(text: string, max: number): string;
  /** A statement, shortened by its structure. */
  sql(sql: string, max: number): string;
  /** The first `max` items and how many are left out. */
  list<T>(items: readonly T[], max: number): { readonly shown: readonly T[]; readonly hidden: number };
  shortened(): boolean;
  /** True when a statement was shortened: then all statements are attached as a file of their own. */
  statementsShortened(): boolean;
}

export function createShortener(): Shortener {
  let used = false;
  let usedOnSql = false;
  return {
    text(text, max) {
      if (text.length > max) used = true;
      return cutText(text, max);
    },
    sql(sql, max) {
      if (sql.length > max) {
        used = true;
        usedOnSql = true;
      }
      return shortenSql(sql, max);
    },
    list(items, max) {
      if (items.length > max) used = true;
      return { shown: items.slice(0, max), hidden: Math.max(0, items.length - max) };
    },
    shortened: () => used,
    statementsShortened: () => usedOnSql,
  };
}
