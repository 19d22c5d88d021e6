import { expect } from 'vitest';

/** Clients whose reads are counted as they end: after the first, a look over a window has its first sample. */
export function watchReads<C extends object>(
  clients: C,
): { readonly clients: C; readonly ended: (count: number) => Promise<void> } {
  let ended = 0;
  const watched = new Proxy(clients, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      if (name !== 'read' || typeof value !== 'function') return value;
      return async (...call: unknown[]) => {
        try {
          return await Reflect.apply(value, target, call);
        } finally {
          ended += 1;
        }
      };
    },
  });
  const poll = { interval: 5, timeout: 10_000 };
  return {
    clients: watched,
    ended: (count) => expect.poll(() => ended, poll).toBeGreaterThanOrEqual(count),
  };
}
