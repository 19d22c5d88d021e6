import { useState } from 'react';
import { firstChannel } from '../state/channel-choice.ts';
import { wantedMessage } from '../state/wanted-message.ts';
import { useWorkspaceState } from '../state/workspace-context.ts';
import { ChannelPane } from './channel-pane.tsx';
import { HomePane } from './home-pane.tsx';
import { Modal } from './modal.tsx';
import { Sidebar } from './sidebar.tsx';
import { ThreadPane } from './thread-pane.tsx';

/** Place of App Home among the channels. */
const HOME = 'home';

/** Sidebar, channel and thread, or App Home; above them the modal that is on top. */
export function Frame({ connected }: { readonly connected: boolean }) {
  const { channels, views } = useWorkspaceState();
  const [wanted, setWanted] = useState(() => wantedMessage(location.search));
  const [chosen, setChosen] = useState<string | undefined>(wanted?.channel);
  const [threadTs, setThreadTs] = useState<string>();
  const [sidebarOpen, setSidebarOpen] = useState(false);
  const home = chosen === HOME;
  const channel = home ? undefined : (channels.find(({ id }) => id === chosen) ?? firstChannel(channels));
  const choose = (id: string) => {
    setChosen(id);
    setWanted(undefined);
    setThreadTs(undefined);
    setSidebarOpen(false);
  };
  const top = views.findLast(({ view }) => view.type === 'modal');
  const sidebar = { connected, sidebarOpen, onSidebar: () => setSidebarOpen(!sidebarOpen) };
  return (
    <div className="frame" data-thread={threadTs !== undefined} data-sidebar={sidebarOpen}>
      <Sidebar
        chosen={home ? HOME : channel?.id}
        home={HOME}
        onChoose={choose}
        onClose={() => setSidebarOpen(false)}
      />
      {home && <HomePane {...sidebar} />}
      {channel && (
        <ChannelPane
          key={channel.id}
          channel={channel}
          startTs={channel.id === wanted?.channel ? wanted.ts : undefined}
          onThread={setThreadTs}
          {...sidebar}
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
