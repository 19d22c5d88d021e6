import { inline, type Mrkdwn, reference } from '../text/mrkdwn.ts';

/** A channel for people: an id as a link, a name as it was written. */
export function channelText(channel: string): Mrkdwn {
  return /^[CG][A-Z0-9]{5,20}$/.test(channel) ? reference(`#${channel}`) : inline(channel, 80);
}
