import type { Config } from '../../config.ts';
import { PerfbotError } from '../../core/errors.ts';
import type { Logger } from '../../engine/ports/runtime.ts';
import { createSlackClient } from '../../slack/slack-client.ts';
import { slackAccess } from '../slack.ts';
import type { Diagnosis } from './diagnosis.ts';

/** Scopes that perfbot cannot do without; the app manifests ask for them. */
const NEEDED_SCOPES = [
  'chat:write',
  'commands',
  'files:read',
  'files:write',
  'channels:history',
  'channels:read',
];
/** Whether Slack takes the token, the app has its scopes, and the channel can be written to. */
export async function examineSlack(config: Config, log: Logger): Promise<readonly Diagnosis[]> {
  const access = slackAccess(config);
  if (access === undefined)
    return [{ subject: 'Slack', state: 'ok', detail: 'not configured: the local workspace stands in' }];
  const client = createSlackClient({ ...access, log });
  const identity = await client.auth.test().catch((cause: unknown) => {
    throw new PerfbotError('unauthorized', 'auth.test', {
      userMessage: `Slack refuses SLACK_BOT_TOKEN: ${cause instanceof Error ? cause.message : cause}`,
      mend: 'Install the app with the manifest in slack-app/ and copy its bot token.',
      cause,
    });
  });
  const granted = identity.response_metadata?.scopes;
  const missing = granted === undefined ? [] : NEEDED_SCOPES.filter((scope) => !granted.includes(scope));
  const diagnosis: Diagnosis[] = [
    { subject: 'Slack', state: 'ok', detail: `${identity.user} in ${identity.team}` },
  ];
  if (missing.length > 0)
    diagnosis.push({
      subject: 'Slack scopes',
      state: 'failed',
      detail: `missing: ${missing.join(', ')}`,
      mend: 'Update the app with the manifest in slack-app/ and install it again.',
    });
  return [...diagnosis, ...(await examineChannel(client, config.channel))];
}

async function examineChannel(
  client: ReturnType<typeof createSlackClient>,
  channel: string,
): Promise<readonly Diagnosis[]> {
  const list = await client.conversations.list({
    limit: 1000,
    types: 'public_channel,private_channel',
    exclude_archived: true,
  });
  const found = list.channels?.find(
    ({ id, name }) => id === channel || `#${name}` === channel || name === channel,
  );
  if (found === undefined)
    return [
      {
        subject: `channel ${channel}`,
        state: 'failed',
        detail: 'not found, or private and perfbot is not in it',
        mend: `Check PERFBOT_CHANNEL, or type /invite @perfbot in ${channel}.`,
      },
    ];
  if (!found.is_member)
    return [
      {
        subject: `channel ${channel}`,
        state: 'warning',
        detail: 'perfbot is not in it',
        mend: `Type /invite @perfbot in ${channel}.`,
      },
    ];
  return [{ subject: `channel ${channel}`, state: 'ok', detail: 'perfbot is a member' }];
}
