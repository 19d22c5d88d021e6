import { Fragment, type ReactNode } from 'react';
import { useNames } from '../state/workspace-context.ts';
import { showEmoji } from '../text/emoji.ts';
import { Mention, Moment, OutsideLink } from '../text/references.tsx';
import type { Leaf, RichTextPart } from './rich-text-shapes.ts';

function LeafContent({ leaf }: { readonly leaf: Leaf }): ReactNode {
  const names = useNames();
  switch (leaf.type) {
    case 'text':
      return leaf.text;
    case 'link':
      return <OutsideLink href={leaf.url}>{leaf.text ?? leaf.url}</OutsideLink>;
    case 'user':
      return <Mention>@{names.user(leaf.user_id) ?? leaf.user_id}</Mention>;
    case 'usergroup':
      return <Mention>@{leaf.usergroup_id}</Mention>;
    case 'channel':
      return <Mention>#{names.channel(leaf.channel_id) ?? leaf.channel_id}</Mention>;
    case 'emoji':
      return showEmoji(leaf.name);
    case 'broadcast':
      return <Mention>@{leaf.range}</Mention>;
    case 'color':
      return leaf.value;
    case 'date':
      return (
        <Moment
          date={{ seconds: leaf.timestamp, format: leaf.format, fallback: leaf.fallback }}
          href={leaf.url}
        />
      );
  }
}

function StyledLeaf({ leaf }: { readonly leaf: Leaf }) {
  const { bold, italic, strike, underline, code } = leaf.style ?? {};
  let shown: ReactNode = <LeafContent leaf={leaf} />;
  if (code) shown = <code>{shown}</code>;
  if (underline) shown = <u>{shown}</u>;
  if (strike) shown = <s>{shown}</s>;
  if (italic) shown = <em>{shown}</em>;
  if (bold) shown = <strong>{shown}</strong>;
  return shown;
}

function Leaves({ leaves }: { readonly leaves: readonly Leaf[] }) {
  return leaves.map((leaf, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a leaf has no other identity
    <Fragment key={index}>
      <StyledLeaf leaf={leaf} />
    </Fragment>
  ));
}

function Part({ part }: { readonly part: RichTextPart }) {
  switch (part.type) {
    case 'rich_text_section':
      return (
        <p>
          <Leaves leaves={part.elements} />
        </p>
      );
    case 'rich_text_preformatted':
      return (
        <pre>
          <Leaves leaves={part.elements} />
        </pre>
      );
    case 'rich_text_quote':
      return (
        <blockquote>
          <Leaves leaves={part.elements} />
        </blockquote>
      );
    case 'rich_text_list': {
      const List = part.style === 'ordered' ? 'ol' : 'ul';
      const start = part.style === 'ordered' ? { start: part.offset + 1 } : {};
      return (
        <List {...start} data-indent={part.indent} style={{ marginInlineStart: `${part.indent * 1.5}em` }}>
          {part.elements.map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line has no other identity
            <li key={index}>
              <Leaves leaves={line.elements} />
            </li>
          ))}
        </List>
      );
    }
  }
}

/** The parts of a rich text. Nothing in it is parsed. */
export function RichText({ parts }: { readonly parts: readonly RichTextPart[] }) {
  return (
    <div className="rich-text">
      {parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a part has no other identity
        <Part key={index} part={part} />
      ))}
    </div>
  );
}
