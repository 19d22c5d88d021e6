import { inline, type Mrkdwn, reference } from '../text/mrkdwn.ts';

/** A person by Slack id; a name that is no id stays plain text. */
export function mention(user: string): Mrkdwn {
  return /^[UW][A-Z0-9]{2,20}$/.test(user) ? reference(`@${user}`) : inline(user, 80);
}

/** Who takes care of something: a person or user group by Slack id. A shorter word in capitals is a name, not an id. */
export function mentionOwner(owner: string): Mrkdwn {
  if (/^S[A-Z0-9]{8,20}$/.test(owner)) return reference(`!subteam^${owner}`);
  return /^[UW][A-Z0-9]{8,20}$/.test(owner) ? mention(owner) : inline(owner, 80);
}
