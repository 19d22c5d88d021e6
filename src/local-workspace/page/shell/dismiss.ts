import { createContext } from 'react';

/** Takes an ephemeral message off the page. */
export const DismissContext = createContext<(id: string) => void>(() => undefined);
