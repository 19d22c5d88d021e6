import type { Clock, Logger } from '../../engine/ports/runtime.ts';
import type { WorkspaceEvent } from '../protocol.ts';
import type { Blobs } from './blobs.ts';
import type { Store } from './store.ts';
import type { Triggers } from './triggers.ts';

/** What every part of the local workspace works on. */
export interface Workspace {
  readonly store: Store;
  readonly blobs: Blobs;
  readonly triggers: Triggers;
  readonly feed: Feed;
  readonly now: Clock;
  readonly log: Logger;
  /** Runs something later, unless the workspace is closed before. */
  later(ms: number, run: () => void): void;
}

/** Tells the open pages what has changed. */
export interface Feed {
  publish(event: WorkspaceEvent): void;
  /** Answers how to stop listening. */
  subscribe(listener: (event: WorkspaceEvent) => void): () => void;
}

export function createFeed(): Feed {
  const listeners = new Set<(event: WorkspaceEvent) => void>();
  return {
    publish: (event) => listeners.forEach((listener) => void listener(event)),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
