import type { ReactNode } from 'react';
import { safeLink } from './safe-link.ts';
import { type SlackDate, showSlackDate } from './slack-date.ts';

/** A link that opens in a tab of its own, to a message of this workspace in this one; plain text when its address is neither http nor https. */
export function OutsideLink(props: { readonly href: string | undefined; readonly children: ReactNode }) {
  const href = safeLink(props.href);
  if (href === undefined) return props.children;
  if (new URL(href).origin === location.origin) return <a href={href}>{props.children}</a>;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {props.children}
    </a>
  );
}

/** The name of somebody or some channel. */
export function Mention({ children }: { readonly children: ReactNode }) {
  return <span className="mention">{children}</span>;
}

/** A moment in the reader's zone; the sender's wording is its tooltip. */
export function Moment(props: { readonly date: SlackDate; readonly href?: string | undefined }) {
  const { date, href } = props;
  const at = new Date(date.seconds * 1000);
  const shown = showSlackDate(date, Date.now());
  // Words that stand for no moment are only words.
  if (Number.isNaN(at.getTime()) || shown === date.fallback) return shown;
  const time = (
    <time dateTime={at.toISOString()} title={date.fallback}>
      {shown}
    </time>
  );
  return href === undefined ? time : <OutsideLink href={href}>{time}</OutsideLink>;
}
