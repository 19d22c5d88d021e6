import type { StoredChannel, StoredMessage } from '../state/records.ts';
import { APP_ID, BOT, BOT_ID, ME, TEAM } from '../state/seed.ts';
import type { Workspace } from '../state/workspace.ts';

/** Deprecated by Slack and still sent; nothing may rely on it. */
const TOKEN = 'local-workspace';

/** Fields that every interaction carries. Each one may open a view. */
export function sender(workspace: Workspace, viewId?: string): Record<string, unknown> {
  return {
    token: TOKEN,
    api_app_id: APP_ID,
    team: { id: TEAM.id, domain: TEAM.domain },
    user: { id: ME.id, username: ME.name, name: ME.name, team_id: TEAM.id },
    enterprise: null,
    is_enterprise_install: false,
    trigger_id: workspace.triggers.issue({ user: ME.id, ...(viewId !== undefined && { viewId }) }),
  };
}

/** The form of a slash command. */
export function commandFields(
  workspace: Workspace,
  typed: { command: string; text: string; channel: StoredChannel; responseUrl: string },
): Record<string, unknown> {
  const { command, text, channel, responseUrl } = typed;
  return {
    token: TOKEN,
    team_id: TEAM.id,
    team_domain: TEAM.domain,
    channel_id: channel.id,
    channel_name: channel.directWith === undefined ? channel.name : 'directmessage',
    user_id: ME.id,
    user_name: ME.name,
    command,
    text,
    api_app_id: APP_ID,
    is_enterprise_install: 'false',
    response_url: responseUrl,
    trigger_id: workspace.triggers.issue({ user: ME.id }),
  };
}

/** What somebody wrote, as an event of the Events API. */
export function eventPayload(
  { channel, ts, user, text, thread_ts }: StoredMessage,
  { type, now }: { type: 'app_mention' | 'message'; now: number },
): Record<string, unknown> {
  const event = {
    type,
    ...(type === 'message' && { channel_type: 'im' }),
    team: TEAM.id,
    channel,
    user,
    text,
    ts,
    event_ts: ts,
    ...(thread_ts !== undefined && { thread_ts }),
  };
  return outerEvent(event, { id: `Ev${channel.slice(-4)}${ts.replace('.', '')}`, now });
}

/** Somebody opened the Home tab of the app; `view` is what was published for them last. */
export function homeOpenedPayload(
  { channel, view, ts }: { channel: string; view: Record<string, unknown> | undefined; ts: string },
  now: number,
): Record<string, unknown> {
  const event = {
    type: 'app_home_opened',
    user: ME.id,
    channel,
    tab: 'home',
    event_ts: ts,
    ...(view && { view }),
  };
  return outerEvent(event, { id: `EvHome${ts.replace('.', '')}`, now });
}

function outerEvent(
  event: Record<string, unknown>,
  { id, now }: { id: string; now: number },
): Record<string, unknown> {
  return {
    token: TOKEN,
    type: 'event_callback',
    team_id: TEAM.id,
    api_app_id: APP_ID,
    event_id: id,
    event_time: Math.floor(now / 1000),
    authorizations: [
      {
        enterprise_id: null,
        team_id: TEAM.id,
        user_id: BOT.id,
        is_bot: true,
        is_enterprise_install: false,
        bot_id: BOT_ID,
      },
    ],
    is_ext_shared_channel: false,
    event,
  };
}
