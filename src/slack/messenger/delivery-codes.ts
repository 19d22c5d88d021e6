import type { FailureReason } from '../../core/errors.ts';
import type { DeliveryOutcome } from '../../engine/delivery-error.ts';

/** What an answer of Slack means for us, and for people. */
export interface DeliveryCode {
  readonly outcome: DeliveryOutcome;
  readonly reason: FailureReason;
  readonly userMessage?: string;
  readonly mend?: string;
}

const REINSTALL = 'Install the app again and set SLACK_BOT_TOKEN to its new bot token.';
const INVITE = 'Write /invite @perfbot in the channel.';
const CHANNEL = 'Check the channel (PERFBOT_CHANNEL); in a private one write /invite @perfbot first.';

const later: DeliveryCode = { outcome: 'later', reason: 'overloaded' };
const ambiguous: DeliveryCode = { outcome: 'ambiguous', reason: 'unreachable' };
const refused = (
  userMessage: string,
  mend?: string,
  reason: FailureReason = 'invalid_input',
): DeliveryCode => ({
  outcome: 'permanent',
  reason,
  userMessage,
  ...(mend !== undefined && { mend }),
});
const unauthorized = refused('Slack does not accept the bot token.', REINSTALL, 'unauthorized');
const restricted = refused('A setting of the workspace forbids posting there.', undefined, 'permission');

/** Slack's error codes (source: docs.slack.dev, methods chat.postMessage, chat.update, files.*). Others are final. */
export const DELIVERY_CODES: Readonly<Record<string, DeliveryCode>> = {
  ratelimited: later,
  rate_limited: later,
  message_limit_exceeded: later,
  service_unavailable: later,
  team_added_to_org: later,
  internal_error: ambiguous,
  fatal_error: ambiguous,
  request_timeout: ambiguous,
  // Slack has seen this client_msg_id before: the message is there, only not in this answer.
  duplicate_message_not_found: ambiguous,
  duplicate_channel_not_found: ambiguous,
  not_in_channel: refused('perfbot is not a member of the channel.', INVITE, 'permission'),
  channel_not_found: refused(
    'Slack does not know the channel, or perfbot may not see it.',
    CHANNEL,
    'not_found',
  ),
  is_archived: refused('The channel is archived.', 'Unarchive it or choose another (PERFBOT_CHANNEL).'),
  missing_scope: refused(
    'The Slack app lacks a permission.',
    'Update the app with the manifest in slack-app/ and install it again.',
    'permission',
  ),
  not_authed: unauthorized,
  invalid_auth: unauthorized,
  account_inactive: unauthorized,
  token_revoked: unauthorized,
  token_expired: unauthorized,
  restricted_action: restricted,
  restricted_action_read_only_channel: restricted,
  restricted_action_thread_only_channel: restricted,
  restricted_action_non_threadable_channel: restricted,
  restricted_action_thread_locked: restricted,
  cannot_reply_to_message: refused('Slack does not let anybody reply to that message.'),
  messages_tab_disabled: refused('The app takes no direct messages.', 'Switch its Messages tab on.'),
  message_not_found: refused('The message is not there any more.', undefined, 'not_found'),
  thread_not_found: refused('The message of the thread is not there any more.', undefined, 'not_found'),
  cant_update_message: refused('Slack does not let perfbot edit that message.', undefined, 'permission'),
  edit_window_closed: refused('The workspace does not let anybody edit a message of that age.'),
};

/** For codes that are not listed: saying it again would change nothing. */
export const OTHER_CODE: DeliveryCode = refused('Slack refused the message.');
