import { useEffect, useRef } from 'react';
import type { Channel } from '../../protocol.ts';
import { useWorkspaceState } from '../state/workspace-context.ts';
import { threadEntries } from '../state/workspace-state.ts';
import { Composer } from './composer.tsx';
import { MessageList } from './message-list.tsx';

interface ThreadPaneProps {
  readonly channel: Channel;
  readonly threadTs: string;
  readonly onClose: () => void;
}

/** A thread beside the channel, newest reply at the bottom. Esc closes it and gives the focus back. */
export function ThreadPane({ channel, threadTs, onClose }: ThreadPaneProps) {
  const entries = threadEntries(useWorkspaceState(), channel.id, threadTs);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    title.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <aside
      className="pane thread-pane"
      aria-label="Thread"
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) onClose();
      }}
    >
      <header className="pane-header">
        <h2 ref={title} tabIndex={-1}>
          Thread <span className="quiet">#{channel.name}</span>
        </h2>
        <button type="button" className="button close" aria-label="Close the thread" onClick={onClose}>
          ✕
        </button>
      </header>
      <MessageList label="Messages of the thread" entries={entries} threadTs={threadTs} live />
      <Composer channel={channel.id} threadTs={threadTs} placeholder="Reply …" />
    </aside>
  );
}
