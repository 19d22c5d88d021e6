import type { StoredChannel } from '../state/records.ts';
import { BOT, TEAM } from '../state/seed.ts';

/** A conversation in the form of the Web API. */
export function toApiChannel(channel: StoredChannel): Record<string, unknown> {
  const { id, name, created, members, directWith } = channel;
  if (directWith !== undefined) {
    return {
      id,
      created,
      is_im: true,
      is_channel: false,
      is_archived: false,
      is_open: true,
      user: directWith,
    };
  }
  return {
    id,
    name,
    name_normalized: name,
    created,
    creator: BOT.id,
    context_team_id: TEAM.id,
    is_channel: true,
    is_group: false,
    is_im: false,
    is_mpim: false,
    is_private: false,
    is_archived: false,
    is_general: name === 'general',
    is_member: members.includes(BOT.id),
    num_members: members.length,
    topic: { value: '', creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
  };
}
