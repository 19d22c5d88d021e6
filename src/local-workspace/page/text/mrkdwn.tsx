import { Fragment, type ReactNode } from 'react';
import { useNames } from '../state/workspace-context.ts';
import { showEmoji } from './emoji.ts';
import { type MrkdwnNode, parseMrkdwn } from './parse-mrkdwn.ts';
import { Mention, Moment, OutsideLink } from './references.tsx';

function Node({ node }: { readonly node: MrkdwnNode }): ReactNode {
  const names = useNames();
  switch (node.kind) {
    case 'text':
      return node.text;
    case 'bold':
      return <strong>{showNodes(node.children)}</strong>;
    case 'italic':
      return <em>{showNodes(node.children)}</em>;
    case 'strike':
      return <s>{showNodes(node.children)}</s>;
    case 'quote':
      return <blockquote>{showNodes(node.children)}</blockquote>;
    case 'code':
      return <code>{node.text}</code>;
    case 'pre':
      return <pre>{node.text}</pre>;
    case 'emoji':
      return showEmoji(node.name);
    case 'link':
      return <OutsideLink href={node.href}>{node.label}</OutsideLink>;
    case 'user':
      return <Mention>@{names.user(node.id) ?? node.label ?? node.id}</Mention>;
    case 'channel':
      return <Mention>#{names.channel(node.id) ?? node.label ?? node.id}</Mention>;
    case 'usergroup':
      return <Mention>{node.label ?? `@${node.id}`}</Mention>;
    case 'broadcast':
      return <Mention>@{node.range}</Mention>;
    case 'date':
      return <Moment date={node.date} href={node.href} />;
  }
}

function showNodes(nodes: readonly MrkdwnNode[]): ReactNode {
  return nodes.map((node, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text have no other identity
    <Fragment key={index}>
      <Node node={node} />
    </Fragment>
  ));
}

/** Slack's mrkdwn as elements. The text in it never becomes markup. */
export function Mrkdwn({
  text,
  verbatim,
}: {
  readonly text: string;
  readonly verbatim?: boolean | undefined;
}) {
  return showNodes(parseMrkdwn(text, { verbatim }));
}
