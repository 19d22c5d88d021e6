import { inline, type Mrkdwn } from '../text/mrkdwn.ts';

/** A person by Slack id; a name that is no id stays plain text. */
export function mention(user: string): Mrkdwn {
  return /^[UW][A-Z0-9]{2,20}$/.test(user) ? { mrkdwn: `<@${user}>` } : inline(user, 80);
}
