import type { Logger } from '../../engine/ports/runtime.ts';

export interface AddressesOptions {
  /** Target id to secret address, as the inventory says now. */
  readonly first: ReadonlyMap<string, string>;
  /** Ids of the targets that runs under way have still to look at. */
  awaited(): Promise<ReadonlySet<string>>;
  /** Called when an address counts no more, or is another one. */
  onChange(): void;
  readonly log: Logger;
  /** Pause between two questions whether a removed target is still awaited, milliseconds. Default 2 s. */
  readonly askEveryMs?: number;
}

/** Addresses of targets that hold passwords, so that only their ids travel. */
export interface Addresses {
  of(targetId: string): string | undefined;
  /** Takes what the inventory says now. */
  change(connections: ReadonlyMap<string, string>): void;
  close(): void;
}

const ASK_EVERY_MS = 2000;

/** The addresses of the inventory. That of a removed target counts until the runs that were planned with it have ended. */
export function createAddresses(options: AddressesOptions): Addresses {
  const { first, awaited, onChange, log, askEveryMs = ASK_EVERY_MS } = options;
  let current = first;
  const removed = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  async function forgetUnused(): Promise<void> {
    // Those that are removed while it is asked have their own turn.
    const asked = [...removed.keys()];
    try {
      const still = await awaited();
      for (const targetId of asked) if (!still.has(targetId)) removed.delete(targetId);
      onChange();
    } catch (error) {
      log.warn({ err: error }, 'connections of removed targets stay open a little longer');
    }
    if (removed.size > 0) askAgain(askEveryMs);
  }
  function askAgain(inMs: number): void {
    clearTimeout(timer);
    if (!closed) timer = setTimeout(() => void forgetUnused(), inMs);
  }

  return {
    of: (targetId) => current.get(targetId) ?? removed.get(targetId),
    change(connections) {
      for (const [targetId, address] of current)
        if (!connections.has(targetId)) removed.set(targetId, address);
      for (const targetId of connections.keys()) removed.delete(targetId);
      current = connections;
      onChange();
      if (removed.size > 0) askAgain(0);
    },
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
