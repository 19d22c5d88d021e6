import { useState } from 'react';
import { firstChannel } from '../state/channel-choice.ts';
import { useWorkspaceState } from '../state/workspace-context.ts';
import { ChannelPane } from './channel-pane.tsx';
import { Modal } from './modal.tsx';
import { Sidebar } from './sidebar.tsx';
import { ThreadPane } from './thread-pane.tsx';

/** Sidebar, channel and thread; above them the modal that is on top. */
export function Frame({ connected }: { readonly connected: boolean }) {
  const { channels, views } = useWorkspaceState();
  const [chosen, setChosen] = useState<string>();
  const [threadTs, setThreadTs] = useState<string>();
  const [sidebarOpen, setSidebarOpen] = useState(false);
  const channel = channels.find(({ id }) => id === chosen) ?? firstChannel(channels);
  const choose = (id: string) => {
    setChosen(id);
    setThreadTs(undefined);
    setSidebarOpen(false);
  };
  const top = views.findLast(({ view }) => view.type === 'modal');
  return (
    <div className="frame" data-thread={threadTs !== undefined} data-sidebar={sidebarOpen}>
      <Sidebar chosen={channel?.id} onChoose={choose} onClose={() => setSidebarOpen(false)} />
      {channel && (
        <ChannelPane
          key={channel.id}
          channel={channel}
          connected={connected}
          sidebarOpen={sidebarOpen}
          onSidebar={() => setSidebarOpen(!sidebarOpen)}
          onThread={setThreadTs}
        />
      )}
      {channel && threadTs !== undefined && (
        <ThreadPane
          key={`${channel.id}/${threadTs}`}
          channel={channel}
          threadTs={threadTs}
          onClose={() => setThreadTs(undefined)}
        />
      )}
      {top && <Modal key={top.id} open={top} />}
    </div>
  );
}
