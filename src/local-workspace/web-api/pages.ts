import { SlackRefusal } from './refusal.ts';

export interface Paging {
  readonly limit: number;
  readonly cursor: string | undefined;
}

/** One page of a list, and the cursor of the next: `''` when there is none. @throws SlackRefusal */
export function pageOf<T>(
  items: readonly T[],
  { limit, cursor }: Paging,
  idOf: (item: T) => string,
): { page: readonly T[]; next: string } {
  if (limit < 1 || limit > 1000) throw new SlackRefusal('invalid_limit');
  const start = cursor === undefined ? 0 : items.findIndex((item) => toCursor(idOf(item)) === cursor) + 1;
  if (cursor !== undefined && start === 0) throw new SlackRefusal('invalid_cursor');
  const page = items.slice(start, start + limit);
  const last = page.at(-1);
  const more = start + page.length < items.length;
  return { page, next: more && last !== undefined ? toCursor(idOf(last)) : '' };
}

function toCursor(id: string): string {
  return Buffer.from(`next:${id}`).toString('base64');
}
