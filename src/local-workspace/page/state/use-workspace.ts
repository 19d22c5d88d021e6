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
const PROCESSING_MS = 1_000;

const hasUnreadyFile = (state: WorkspaceState | undefined) =>
  state?.messages.some(({ files = [] }) => files.some(({ ready }) => !ready)) === true;

/** The state of the workspace, kept up to date by the server's events and loaded anew after each reconnect. */
export function useWorkspace(): Workspace {
  const [state, apply] = useReducer(reduceWorkspace, undefined);
  const [connected, setConnected] = useState(true);
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each round listens anew
  useEffect(() => follow({ apply, setConnected, again: () => setRound((last) => last + 1) }), [round]);
  // Slack tells nobody when a file is ready; neither does the server.
  const waits = hasUnreadyFile(state);
  useEffect(() => {
    if (!waits) return;
    const abort = new AbortController();
    const timer = setInterval(() => {
      loadState(abort.signal).then(
        (loaded) => apply({ type: 'loaded', state: loaded }),
        () => undefined,
      );
    }, PROCESSING_MS);
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, [waits]);
  return { state, connected, apply };
}

interface Following {
  readonly apply: (change: WorkspaceChange) => void;
  readonly setConnected: (connected: boolean) => void;
  /** Asks for a new round, when the browser has given this one up. */
  readonly again: () => void;
}

/** Listens to the server until the returned function is called. */
function follow({ apply, setConnected, again }: Following): () => void {
  const abort = new AbortController();
  const events = new EventSource('/local/events');
  let timer: ReturnType<typeof setTimeout> | undefined;
  // Events that come while the state is on its way are newer than it.
  let early: WorkspaceEvent[] | undefined;
  const load = async () => {
    const arrived: WorkspaceEvent[] = [];
    early = arrived;
    try {
      apply({ type: 'loaded', state: await loadState(abort.signal) });
      for (const event of arrived) apply(event);
      early = undefined;
      setConnected(true);
    } catch {
      if (!abort.signal.aborted) lost();
    }
  };
  const lost = () => {
    setConnected(false);
    if (events.readyState !== EventSource.CONNECTING) timer ??= setTimeout(again, RETRY_MS);
  };
  events.onopen = () => void load();
  events.onerror = lost;
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
}
