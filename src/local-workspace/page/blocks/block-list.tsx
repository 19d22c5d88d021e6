import { z } from 'zod';
import type { Block } from '../../protocol.ts';
import { ShownBlock } from './block-shapes.ts';
import { BlockView } from './block-view.tsx';
import { blockIdOf } from './ids.ts';

const Kind = z.object({ type: z.string() });

function OneBlock({ block, index }: { readonly block: Block; readonly index: number }) {
  const shown = ShownBlock.safeParse(block);
  if (shown.success) return <BlockView block={shown.data} blockId={blockIdOf(shown.data, index)} />;
  const kind = Kind.safeParse(block);
  return (
    <p className="block-unknown">
      {kind.success ? `A block of the kind “${kind.data.type}”` : 'A block'} that this page cannot show.
    </p>
  );
}

/** The blocks of a message or view. A block that cannot be shown says so; the others are shown. */
export function BlockList({ blocks }: { readonly blocks: readonly Block[] }) {
  return (
    <div className="blocks">
      {blocks.map((block, index) => (
        <OneBlock key={blockIdOf(block, index)} block={block} index={index} />
      ))}
    </div>
  );
}
