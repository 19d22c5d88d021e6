import { useEffect, useState } from 'react';
import type { Block, OpenView } from '../../protocol.ts';
import { BlockList } from '../blocks/block-list.tsx';
import { SurfaceContext } from '../blocks/surface.ts';
import { openHome } from '../state/requests.ts';
import { useLiveSurface } from '../state/use-live-surface.ts';
import { useWorkspaceState } from '../state/workspace-context.ts';
import { SidebarToggle } from './sidebar-toggle.tsx';

interface HomePaneProps {
  readonly connected: boolean;
  readonly sidebarOpen: boolean;
  readonly onSidebar: () => void;
}

const NO_BLOCKS: readonly Block[] = [];

/** The Home of the app, made anew by perfbot each time it is opened. */
export function HomePane({ connected, sidebarOpen, onSidebar }: HomePaneProps) {
  const { views } = useWorkspaceState();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    void openHome().then(({ ok, error }) => {
      if (!ok) setProblem(error ?? 'perfbot did not hear that its Home was opened.');
    });
  }, []);
  const home = views.find(({ view }) => view.type === 'home');
  return (
    <main className="pane home-pane" aria-label="App Home">
      <header className="pane-header">
        <SidebarToggle open={sidebarOpen} onToggle={onSidebar} />
        <h2>perfbot</h2>
      </header>
      <p className="connection" role="status">
        {connected ? '' : 'perfbot does not answer. Trying again …'}
      </p>
      <div className="home-content">
        {problem !== undefined && (
          <p className="field-error" role="alert">
            {problem}
          </p>
        )}
        {home === undefined ? (
          <p className="quiet">perfbot has not shown anything here yet.</p>
        ) : (
          <HomeView open={home} onAnswer={setProblem} />
        )}
      </div>
    </main>
  );
}

interface HomeViewProps {
  readonly open: OpenView;
  readonly onAnswer: (problem: string | undefined) => void;
}

function HomeView({ open, onAnswer }: HomeViewProps) {
  const blocks = Array.isArray(open.view.blocks) ? (open.view.blocks as readonly Block[]) : NO_BLOCKS;
  const surface = useLiveSurface({ blocks, origin: { viewId: open.id }, onAnswer });
  return (
    <SurfaceContext value={surface}>
      <BlockList blocks={blocks} />
    </SurfaceContext>
  );
}
