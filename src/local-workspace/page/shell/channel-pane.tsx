import type { Channel } from '../../protocol.ts';
import { useWorkspaceState } from '../state/workspace-context.ts';
import { channelEntries } from '../state/workspace-state.ts';
import { Composer } from './composer.tsx';
import { EmptyChannel } from './empty-channel.tsx';
import { MessageList } from './message-list.tsx';
import { SampleAlertButton } from './sample-alert-button.tsx';
import { SidebarToggle } from './sidebar-toggle.tsx';

interface ChannelPaneProps {
  readonly channel: Channel;
  /** The message to begin at; without it the last one. */
  readonly startTs?: string | undefined;
  readonly connected: boolean;
  readonly sidebarOpen: boolean;
  readonly onSidebar: () => void;
  readonly onThread: (ts: string) => void;
}

/** A channel: its name, its messages and the composer. */
export function ChannelPane({
  channel,
  startTs,
  connected,
  sidebarOpen,
  onSidebar,
  onThread,
}: ChannelPaneProps) {
  const state = useWorkspaceState();
  const entries = channelEntries(state, channel.id);
  const name = channel.isDirect === true ? channel.name : `#${channel.name}`;
  return (
    <main className="pane channel-pane" aria-label={name}>
      <header className="pane-header">
        <SidebarToggle open={sidebarOpen} onToggle={onSidebar} />
        <h2>{name}</h2>
        {!channel.botIsMember && <span className="quiet">perfbot is not in this channel</span>}
        <SampleAlertButton channel={channel.id} />
      </header>
      <p className="connection" role="status">
        {connected ? '' : 'perfbot does not answer. Trying again …'}
      </p>
      {entries.length === 0 ? (
        <EmptyChannel channel={channel} />
      ) : (
        <MessageList
          label={`Messages in ${name}`}
          entries={entries}
          startTs={startTs}
          onThread={onThread}
          live
        />
      )}
      <Composer channel={channel.id} placeholder={`Message ${name} or type /`} />
    </main>
  );
}
