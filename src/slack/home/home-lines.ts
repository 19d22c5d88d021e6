import type { HomeService, HomeState } from '../../engine/home/read-home.ts';
import { isWebLink } from '../blocks/buttons.ts';
import { mention, mentionOwner } from '../cards/mention.ts';
import { SEVERITY_WORDS, URGENCY_WORDS } from '../cards/severity-words.ts';
import { channelText } from '../checklist/channel-text.ts';
import { wallTime } from '../checklist/schedule-text.ts';
import { inline, joinMrkdwn, link, type Mrkdwn, mrkdwn } from '../text/mrkdwn.ts';
import { elapsed, renderTime } from '../text/times.ts';

/** How things are told: zone of times, and where the messages stand in the browser, by their channel and `ts`. */
export interface HomeWords {
  /** IANA zone. */
  readonly timezone: string;
  readonly links: ReadonlyMap<string, string>;
}

type Address = HomeState['alerts'][number]['address'];
const SEPARATOR = ' · ';

/** Key of a message among the links. */
export function linkKey({ channel, ts }: NonNullable<Address>): string {
  return `${channel} ${ts}`;
}

/** A service that is not fine, and the alerts that say so. */
export function serviceText(
  { service, severity, alerts, measuredAt }: HomeService,
  { timezone }: HomeWords,
): Mrkdwn {
  const head = mrkdwn`${SEVERITY_WORDS[severity]} *${inline(service, 80)}*`;
  if (alerts.length > 0) return mrkdwn`${head}: ${inline(alerts.join(', '), 200)}`;
  const last =
    measuredAt === undefined
      ? inline('never measured')
      : mrkdwn`last measured ${renderTime(measuredAt, timezone)}`;
  return joinMrkdwn([head, last], SEPARATOR);
}

export function alertText(
  { group, address }: HomeState['alerts'][number],
  words: HomeWords,
  now: number,
): Mrkdwn {
  const { severity, title, service, startedAt, acknowledgedBy } = group;
  return joinMrkdwn(
    [
      mrkdwn`${URGENCY_WORDS[severity]} *${inline(title, 120)}*`,
      inline(service ?? '', 80),
      mrkdwn`for ${elapsed(startedAt, now)}`,
      acknowledgedBy === undefined ? inline('') : mrkdwn`acknowledged by ${mention(acknowledgedBy)}`,
      jump(address, words),
    ],
    SEPARATOR,
  );
}

export function itemText({ round, item, address }: HomeState['open'][number], words: HomeWords): Mrkdwn {
  const { title, owner, openSince, fill, filling } = item;
  const looking = fill !== undefined && filling === undefined;
  return joinMrkdwn(
    [
      mrkdwn`${looking ? '⏳' : '☐'} *${inline(title, 75)}*`,
      owner === undefined ? inline('no owner') : mentionOwner(owner),
      mrkdwn`${inline(round.title, 60)} in ${channelText(round.channel)}`,
      mrkdwn`open since ${renderTime(openSince ?? round.dueAt, words.timezone)}`,
      jump(address, words),
    ],
    SEPARATOR,
  );
}

export function nextText({ title, channel, timezone, at }: HomeState['next'][number]): Mrkdwn {
  return mrkdwn`${wallTime(at, timezone)} · *${inline(title, 60)}* in ${channelText(channel)}`;
}

export function runText({ run, address }: HomeState['runs'][number], words: HomeWords): Mrkdwn {
  const { playbook, service, createdAt, severity, verdict, failure } = run;
  const unfinished = failure === undefined ? '⏳ Running' : '⚪ Failed';
  return joinMrkdwn(
    [
      mrkdwn`${severity === undefined ? unfinished : SEVERITY_WORDS[severity]} *${inline(playbook, 80)}*`,
      inline(service ?? '', 80),
      renderTime(createdAt, words.timezone),
      inline(verdict ?? failure ?? '', 160),
      jump(address, words),
    ],
    SEPARATOR,
  );
}

/** A link to the message; a channel when nobody knows the address of the workspace. */
function jump(address: Address, { links }: HomeWords): Mrkdwn {
  if (address === undefined) return inline('');
  const url = links.get(linkKey(address));
  if (url === undefined || !isWebLink(url)) return channelText(address.channel);
  return link(url, 'open');
}
