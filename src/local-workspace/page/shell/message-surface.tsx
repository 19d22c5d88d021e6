import type { ReactNode } from 'react';
import type { Block } from '../../protocol.ts';
import { SurfaceContext } from '../blocks/surface.ts';
import { useNotify } from '../state/notices.ts';
import { useLiveSurface } from '../state/use-live-surface.ts';
import type { Entry } from '../state/workspace-state.ts';

const NO_BLOCKS: readonly Block[] = [];

/** Lets the elements of a message send their actions. What goes wrong is told below it. */
export function MessageSurface({ entry, children }: { readonly entry: Entry; readonly children: ReactNode }) {
  const notify = useNotify();
  const { channel, ts, id, threadTs, blocks = NO_BLOCKS } = entry;
  const surface = useLiveSurface({
    blocks,
    origin: id === undefined ? { channel, ts } : { channel, ephemeralId: id },
    onAnswer: (problem) => problem !== undefined && notify({ channel, threadTs, text: problem }),
  });
  return <SurfaceContext value={surface}>{children}</SurfaceContext>;
}
