import { createContext, use } from 'react';

/** Tells the person something as an ephemeral message in a channel or thread. */
export type Notify = (notice: {
  readonly channel: string;
  readonly threadTs?: string | undefined;
  readonly text: string;
}) => void;

export const NoticeContext = createContext<Notify>(() => undefined);

/** Tells the person what went wrong. */
export const useNotify = (): Notify => use(NoticeContext);

/** Author of what the page itself says. */
export const PAGE_USER = 'page';

/** Ids of what the page itself says begin so; they are not the server's. */
export const LOCAL_ID = 'local-';
