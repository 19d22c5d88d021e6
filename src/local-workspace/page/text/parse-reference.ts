import { safeLink } from './safe-link.ts';
import type { SlackDate } from './slack-date.ts';

/** What stands between `<` and `>` in mrkdwn. */
export type ParsedReference =
  | { readonly kind: 'link'; readonly href: string; readonly label: string }
  | { readonly kind: 'user' | 'channel' | 'usergroup'; readonly id: string; readonly label?: string }
  | { readonly kind: 'broadcast'; readonly range: string }
  | { readonly kind: 'date'; readonly date: SlackDate; readonly href?: string }
  | { readonly kind: 'text'; readonly text: string };

function named(kind: 'user' | 'channel' | 'usergroup', id: string, label: string | undefined) {
  return { kind, id, ...(label !== undefined && { label }) };
}

function parseCommand(body: string, label: string | undefined): ParsedReference {
  const [word = '', first = '', second = '', third] = body.split('^');
  if (word === 'date') {
    const date = { seconds: Number(first), format: second, fallback: label ?? '' };
    const href = safeLink(third);
    return { kind: 'date', date, ...(href !== undefined && { href }) };
  }
  if (word === 'subteam') return named('usergroup', first, label);
  return ['here', 'channel', 'everyone'].includes(word)
    ? { kind: 'broadcast', range: word }
    : { kind: 'text', text: label ?? `<!${body}>` };
}

/** Parses a mention, date or link. Whatever is none of them, a link elsewhere than http too, is text. */
export function parseReference(reference: string): ParsedReference {
  const bar = reference.indexOf('|');
  const body = bar < 0 ? reference : reference.slice(0, bar);
  const label = bar < 0 ? undefined : reference.slice(bar + 1);
  if (body.startsWith('@')) return named('user', body.slice(1), label);
  if (body.startsWith('#')) return named('channel', body.slice(1), label);
  if (body.startsWith('!')) return parseCommand(body.slice(1), label);
  const href = safeLink(body);
  return href === undefined
    ? { kind: 'text', text: label ?? `<${reference}>` }
    : { kind: 'link', href, label: label || body };
}
