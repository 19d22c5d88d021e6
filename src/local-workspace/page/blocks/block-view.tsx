import type { ReactNode } from 'react';
import { Mrkdwn } from '../text/mrkdwn.tsx';
import type { ShownBlock } from './block-shapes.ts';
import { Element } from './element.tsx';
import { actionIdOf } from './ids.ts';
import { InputField } from './input-field.tsx';
import { BlockPicture } from './picture.tsx';
import { Plan, TaskLine } from './plan.tsx';
import { RichText } from './rich-text.tsx';
import { Section } from './section.tsx';
import { TableView } from './table-view.tsx';
import { plainOf, TextContent } from './text-object.tsx';

interface BlockProps {
  readonly block: ShownBlock;
  readonly blockId: string;
}

/** One block, as Slack shows it. */
export function BlockView({ block, blockId }: BlockProps): ReactNode {
  switch (block.type) {
    case 'header':
      return <h3 className="block-header">{plainOf(block.text)}</h3>;
    case 'section':
      return <Section block={block} blockId={blockId} />;
    case 'divider':
      return <hr />;
    case 'context':
      return <ContextLine elements={block.elements} />;
    case 'actions':
      return (
        <div className="block-actions">
          {block.elements.map((element, index) => (
            <Element
              // biome-ignore lint/suspicious/noArrayIndexKey: without an action id the position is the identity
              key={index}
              element={element}
              slot={{ blockId, actionId: actionIdOf(element, index) }}
            />
          ))}
        </div>
      );
    case 'image':
      return <BlockPicture image={block} title={block.title && plainOf(block.title)} />;
    case 'rich_text':
      return <RichText parts={block.elements} />;
    case 'markdown':
      return <p className="block-text">{block.text}</p>;
    case 'table':
      return <TableView table={block} />;
    case 'input':
      return <InputField block={block} blockId={blockId} />;
    case 'plan':
      return <Plan title={block.title} tasks={block.tasks} />;
    case 'task_card':
      return <TaskLine task={block} />;
    case 'alert':
      return (
        <p className={`block-alert level-${block.level.replace(/\W/g, '')}`} role="note">
          <TextContent text={block.text} />
        </p>
      );
  }
}

function ContextLine({
  elements,
}: {
  readonly elements: Extract<ShownBlock, { type: 'context' }>['elements'];
}) {
  return (
    <div className="block-context">
      {elements.map((element, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the elements of a context have no other identity
        <span key={index}>
          {element.type === 'image' ? (
            <BlockPicture image={element} small />
          ) : element.type === 'mrkdwn' ? (
            <Mrkdwn text={element.text} verbatim={element.verbatim} />
          ) : (
            plainOf(element)
          )}
        </span>
      ))}
    </div>
  );
}
