import { useEffect, useReducer, useState } from 'react';
import type { WorkspaceEvent, WorkspaceState } from '../../protocol.ts';
import { loadState } from './requests.ts';
import { reduceWorkspace, type WorkspaceChange } from './workspace-state.ts';

export interface Workspace {
  readonly state: WorkspaceState | undefined;
  /** False while nothing comes from the server; the page tries again by itself. */
  readonly connected: boolean;
  readonly apply: (change: WorkspaceChange) => void;
}

const RETRY_MS = 2_000;

/** The state of the workspace, kept up to date by the server's events. Loads it anew after each reconnect. */
export function useWorkspace(): Workspace {
  const [state, apply] = useReducer(reduceWorkspace, undefined);
  const [connected, setConnected] = useState(true);
  useEffect(() => {
    const abort = new AbortController();
    const events = new EventSource('/local/events');
    let early: WorkspaceEvent[] | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    // Events that come while the state is on its way are newer than it.
    const load = async () => {
      clearTimeout(timer);
      early = [];
      try {
        apply({ type: 'loaded', state: await loadState(abort.signal) });
        setConnected(true);
        for (const event of early) apply(event);
        early = undefined;
      } catch {
        if (abort.signal.aborted) return;
        setConnected(false);
        timer = setTimeout(load, RETRY_MS);
      }
    };
    events.onopen = () => void load();
    events.onerror = () => setConnected(false);
    events.onmessage = ({ data }) => {
      const event = JSON.parse(data) as WorkspaceEvent;
      if (early === undefined) apply(event);
      else early.push(event);
    };
    return () => {
      clearTimeout(timer);
      abort.abort();
      events.close();
    };
  }, []);
  return { state, connected, apply };
}
