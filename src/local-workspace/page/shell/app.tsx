import { useCallback, useEffect, useRef } from 'react';
import { ConfirmProvider } from '../overlays/confirm.tsx';
import { LOCAL_ID, NoticeContext, type Notify, PAGE_USER } from '../state/notices.ts';
import { useWorkspace } from '../state/use-workspace.ts';
import { WorkspaceContext } from '../state/workspace-context.ts';
import { DismissContext } from './dismiss.ts';
import { Frame } from './frame.tsx';

/** The page: loads the workspace and keeps it up to date. */
export function App() {
  const { state, connected, apply } = useWorkspace();
  const notices = useRef(0);
  const me = state?.me.id ?? '';
  const notify = useCallback<Notify>(
    ({ channel, threadTs, text }) => {
      notices.current += 1;
      const ts = (Date.now() / 1000).toFixed(6);
      const id = `${LOCAL_ID}${notices.current}`;
      const where = { channel, ts, ...(threadTs !== undefined && { threadTs }) };
      apply({ type: 'ephemeral', ephemeral: { id, ...where, user: PAGE_USER, forUser: me, text } });
    },
    [apply, me],
  );
  const dismiss = useCallback((id: string) => apply({ type: 'dismissed', id }), [apply]);
  const team = state?.team.name;
  useEffect(() => {
    if (team !== undefined) document.title = `${team} · perfbot`;
  }, [team]);
  if (state === undefined) {
    return (
      <p className="page-note" role="status">
        {connected ? 'Loading …' : 'perfbot does not answer. Trying again …'}
      </p>
    );
  }
  return (
    <WorkspaceContext value={state}>
      <NoticeContext value={notify}>
        <DismissContext value={dismiss}>
          <ConfirmProvider>
            <Frame connected={connected} />
          </ConfirmProvider>
        </DismissContext>
      </NoticeContext>
    </WorkspaceContext>
  );
}
