/** How Slack reaches perfbot: over a socket that perfbot opens, or over HTTP at a public address. */
export type ManifestMode =
  | { readonly mode: 'socket' }
  | { readonly mode: 'http'; readonly requestUrl: string };

/** Each permission with what it is needed for. Nothing is asked for that this version does not use. */
const BOT_SCOPES: Readonly<Record<string, string>> = {
  'channels:history': 'find a message again after a lost answer',
  'channels:join': 'join a public channel that it is told to post in',
  'channels:read': 'find a channel by its name',
  'chat:write': 'post and edit messages',
  commands: 'the slash command',
  'files:read': 'see whether a chart is shared yet',
  'files:write': 'upload charts and long texts',
  'groups:history': 'the same in private channels',
  'groups:read': 'the same in private channels',
  'im:history': 'the same where somebody writes to perfbot directly',
};

const COMMAND = {
  command: '/perf',
  description: 'Find out why a system is slow',
  usage_hint: 'status | run <playbook> [service] | alerts | help',
  should_escape: true,
};

/** The manifest that makes the Slack app (source: docs.slack.dev, "App manifest reference", version 2). */
export function buildManifest(target: ManifestMode): Readonly<Record<string, unknown>> {
  const url = target.mode === 'http' ? target.requestUrl : undefined;
  return {
    _metadata: { major_version: 2, minor_version: 1 },
    display_information: {
      name: 'perfbot',
      description: 'Finds out why a system is slow: containers, HTTP, PostgreSQL, Redis and hosts',
      background_color: '#1a2b3c',
    },
    features: {
      // Without the messages tab Slack refuses what perfbot answers to a command typed there.
      app_home: {
        home_tab_enabled: true,
        messages_tab_enabled: true,
        messages_tab_read_only_enabled: false,
      },
      bot_user: { display_name: 'perfbot', always_online: true },
      slash_commands: [{ ...COMMAND, ...(url !== undefined && { url }) }],
    },
    oauth_config: { scopes: { bot: Object.keys(BOT_SCOPES).sort() } },
    settings: {
      event_subscriptions: {
        bot_events: ['app_home_opened'],
        ...(url !== undefined && { request_url: url }),
      },
      interactivity: { is_enabled: true, ...(url !== undefined && { request_url: url }) },
      org_deploy_enabled: false,
      socket_mode_enabled: target.mode === 'socket',
      token_rotation_enabled: false,
    },
  };
}
